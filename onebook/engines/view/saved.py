"""Saved views: how somebody set up a list, kept under a name, for themselves or for all who read the form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.scope import USERS
from onebook.engines.table.names import table_name
from onebook.engines.table.rights import rights
from onebook.engines.view.menus import may_do_everything
from onebook.engines.view.refusals import FormNotReadable, NotYourView, TooManyViews, UnknownView, ViewTooLarge
from onebook.engines.view.sight import Sight
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.storage.transaction import Statement, Transaction

ViewKind = Literal["table", "board", "calendar"]

#: Settings are what a person set up, not a place to keep data.
MOST_BYTES: Final = 16 * 1024
MOST_VIEWS: Final = 100
#: Columns of every record that are no names in formulas.
_BESIDE: Final = frozenset({"version", "deleted_at", "deleted_by"})


@dataclass(frozen=True, slots=True)
class ViewGiven:
    """What a view is to be; None: as it was, or as a new one begins. `default`: whether the actor begins with it."""

    name: str | None = None
    kind: ViewKind | None = None
    shared: bool | None = None
    settings: Mapping[str, Any] | None = None
    default: bool | None = None

    @property
    def is_only_default(self) -> bool:
        """Whether it says nothing about the view itself."""
        return self.name is None and self.kind is None and self.shared is None and self.settings is None


class SavedViews:
    """The saved views of one form, as one actor may use them."""

    def __init__(self, transaction: Transaction, catalog: Catalog, actor: Actor, form: str) -> None:
        """Refuses with view.form_not_readable whoever may read nothing of the form."""
        if rights(catalog, actor, form).read is None:
            raise FormNotReadable(name=catalog.forms[form].label)
        self._transaction = transaction
        self._catalog = catalog
        self._actor = actor
        self._form = form
        self._sight = Sight(catalog, actor)

    def all(self) -> list[dict[str, Any]]:
        """The actor's own views, then those that others share, by name."""
        return [self._told(*row) for row in self._rows(None)]

    def make(self, given: ViewGiven) -> int:
        """A new view; its id. Refuses with view.too_many, view.too_large."""
        settings = _packed(given.settings or {})
        values = {**self._known, "name": given.name, "kind": given.kind or "table", "shared": bool(given.shared)}
        [[[count]]] = self._transaction.run(Statement(_COUNT, self._known))
        if count >= MOST_VIEWS:
            raise TooManyViews(most=MOST_VIEWS)
        [[[view]]] = self._transaction.run(Statement(_MAKE, {**values, "settings": settings}))
        self._prefer(view, given.default)
        return int(view)

    def change(self, view: int, given: ViewGiven) -> None:
        """Change what is given; only the owner, or an administrator, changes more than where they begin themselves.
        Refuses with view.unknown, view.not_yours, view.too_large."""
        self.read(view)
        if not given.is_only_default:
            self._require_owner(view)
            settings = None if given.settings is None else _packed(given.settings)
            values = {"name": given.name, "kind": given.kind, "shared": given.shared, "settings": settings}
            self._transaction.run(Statement(_CHANGE, {**values, "view": view}))
        self._prefer(view, given.default)

    def drop(self, view: int) -> None:
        """Away with it, for everybody. Refuses with view.unknown, view.not_yours."""
        self.read(view)
        self._require_owner(view)
        self._transaction.run(Statement("DELETE FROM onebook_view WHERE id = %(view)s", {"view": view}))

    def read(self, view: int) -> dict[str, Any]:
        """One view. Refuses with view.unknown: what is not there, and what others keep to themselves."""
        for row in self._rows(view):
            return self._told(*row)
        raise UnknownView(id=view)

    @property
    def _known(self) -> dict[str, Any]:
        return {"form": self._form, "actor": self._actor.id}

    def _rows(self, view: int | None) -> Any:
        title = self._catalog.forms[USERS].title
        name = f'u."{title}"::text' if title and self._sight.sees(USERS, title) else "NULL::text"
        text = _READ.format(name=name, users=table_name(USERS))
        [rows] = self._transaction.run(Statement(text, {**self._known, "view": view}))
        return rows

    def _told(
        self, number: int, name: str, kind: str, shared: bool, owner: int, author: str | None, default: bool,
        settings: Mapping[str, Any],
    ) -> dict[str, Any]:  # fmt: skip
        shown = self._shown(settings)
        return {
            "id": number,
            "name": name,
            "kind": kind,
            "shared": shared,
            "mine": owner == self._actor.id,
            "may_change": self._may_change(owner),
            "by": {"id": owner, "title": author},
            "default": default,
            "settings": shown,
            # Something of it is not for this reader to see, so they do not get what its author sees.
            "reduced": shown != settings,
        }

    def _may_change(self, owner: int) -> bool:
        return owner == self._actor.id or may_do_everything(self._catalog, self._actor)

    def _require_owner(self, view: int) -> None:
        statement = Statement("SELECT owner, name FROM onebook_view WHERE id = %(view)s FOR UPDATE", {"view": view})
        [rows] = self._transaction.run(statement)
        for owner, name in rows:
            if not self._may_change(owner):
                raise NotYourView(name=name)

    def _prefer(self, view: int, default: bool | None) -> None:
        if default is not None:
            self._transaction.run(Statement(_PREFER if default else _FORGET, {**self._known, "view": view}))

    def _shown(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings without fields that the actor may not see, and without what is asked of them."""
        shown = dict(settings)
        for part in ("columns", "sort"):
            if part in shown:
                keep = self._names if part == "columns" else self._reads
                shown[part] = [key for key in shown[part] if keep(key.removeprefix("-"))]
        if "widths" in shown:
            shown["widths"] = {key: width for key, width in shown["widths"].items() if self._names(key)}
        if "where" in shown:
            shown["where"] = [one for one in shown["where"] if all(map(self._reads, _fields(one)))]
        if shown.get("group") and not self._reads(shown["group"].partition(":")[0]):
            del shown["group"]
        if shown.get("filter") and not self._reads(shown["filter"], Kind.FLAG):
            del shown["filter"]
        return shown

    def _names(self, key: str) -> bool:
        """Whether there is still such a field, and the actor may know of it."""
        return key in _BESIDE or (self._checked(key, None) is not None and self._sight.sees(self._form, key))

    def _reads(self, text: str, kind: Kind | None = None) -> bool:
        """Whether a formula or key is still understood and reads nothing that the actor may not see whole."""
        expression = self._checked(text, kind)
        return text in _BESIDE or (expression is not None and self._sight.sees_all(self._form, expression))

    def _checked(self, text: str, kind: Kind | None) -> Expression | None:
        try:
            return self._catalog.formula(text, self._form, None, kind)
        except ExpressionRefusal:
            return None


def _fields(condition: Mapping[str, Any]) -> Iterator[str]:
    """The fields that a condition, or several that count as one, ask."""
    if "field" in condition:
        yield condition["field"]
    for part in (*condition.get("any", ()), *condition.get("all", ())):
        yield from _fields(part)


def _packed(settings: Mapping[str, Any]) -> str:
    text = orjson.dumps(settings)
    if len(text) > MOST_BYTES:
        raise ViewTooLarge(size=len(text), limit=MOST_BYTES)
    return text.decode()


_READ: Final = """
SELECT v.id, v.name, v.kind, v.shared, v.owner, {name}, d.view IS NOT NULL, v.settings
FROM onebook_view v
LEFT JOIN onebook_view_default d ON d.view = v.id AND d.actor = %(actor)s
LEFT JOIN "{users}" u ON u.id = v.owner
WHERE v.form = %(form)s AND (v.owner = %(actor)s OR v.shared) AND (%(view)s::bigint IS NULL OR v.id = %(view)s)
ORDER BY v.owner <> %(actor)s, lower(v.name), v.id
"""
_COUNT: Final = "SELECT count(*) FROM onebook_view WHERE form = %(form)s AND owner = %(actor)s"
_MAKE: Final = """
INSERT INTO onebook_view (form, owner, name, kind, shared, settings)
VALUES (%(form)s, %(actor)s, %(name)s, %(kind)s, %(shared)s, %(settings)s::jsonb) RETURNING id
"""
_CHANGE: Final = """
UPDATE onebook_view SET name = coalesce(%(name)s::text, name), kind = coalesce(%(kind)s::text, kind),
    shared = coalesce(%(shared)s::boolean, shared), settings = coalesce(%(settings)s::jsonb, settings), at = now()
WHERE id = %(view)s
"""
_PREFER: Final = """
INSERT INTO onebook_view_default (actor, form, view) VALUES (%(actor)s, %(form)s, %(view)s)
ON CONFLICT (actor, form) DO UPDATE SET view = excluded.view
"""
_FORGET: Final = "DELETE FROM onebook_view_default WHERE actor = %(actor)s AND form = %(form)s AND view = %(view)s"
