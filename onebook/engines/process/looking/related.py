"""The documents around a record: those that it points at, those that point at it; as far as the actor may read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, literal, select
from sqlalchemy.types import Text

from onebook.access.actor import Actor
from onebook.definition.field import FieldKind
from onebook.engines.form.forms import title_of
from onebook.engines.form.plan import places
from onebook.engines.form.pointing import pointing
from onebook.engines.process.ground import Ground
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import target_of
from onebook.engines.table.predicate import permitted
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Statement

#: How many documents of one form are named.
_MOST: Final = 50


class Related:
    """Wants the documents before and after a record in its chain."""

    def __init__(self, ground: Ground, form: str, record: int, actor: Actor, context: Context) -> None:
        """Around one record, for one actor."""
        self._catalog = ground.catalog
        self._parameters = {**context_parameters(context), "record": record}
        key = ("related", form, actor.id == 0, actor.roles)
        self._texts: Sequence[CompiledText] = ground.kept(key, lambda: list(_texts(ground, form, actor)))
        self._found: dict[tuple[str, int], tuple[bool, str | None, str | None]] = {}
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """One statement for each link between documents."""
        return () if self._is_asked else [text.bound(self._parameters) for text in self._texts]

    def take(self, results: Sequence[Rows]) -> None:
        """The documents, each once."""
        self._is_asked = True
        for rows in results:
            for form, record, title, state, is_before in rows:
                self._found.setdefault((form, record), (is_before, title, state))

    def told(self, language: str) -> dict[str, list[dict[str, Any]]]:
        """Both sides, as pages show them."""
        told: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
        for (name, record), (is_before, title, state) in sorted(self._found.items()):
            form = self._catalog.forms[name]
            label = form.states[state].label.in_language(language) if state in form.states else None
            told["before" if is_before else "after"].append(
                {
                    "form": name,
                    "id": record,
                    "label": form.label.in_language(language),
                    "title": title,
                    "state": state,
                    "state_label": label,
                }
            )
        return told


def _texts(ground: Ground, form: str, actor: Actor) -> Iterator[CompiledText]:
    forms: Mapping[str, Any] = ground.catalog.forms
    for lines, name, field in places(forms[form]):
        target = (field.to or "").partition(".")[0]
        if field.kind is FieldKind.LINK and "." not in (field.to or "") and forms[target].kind == "document":
            own = ground.tables.of(target_of(form, lines))
            holder = own.c.parent if lines else own.c.id
            yield from _query(ground, target, actor, select(own.c[name]).where(holder == bindparam("record")), True)
    for source, lines, name, via in pointing(ground.forms, form):
        if forms[source].kind == "document" and via is None:
            own = ground.tables.of(target_of(source, lines))
            holder = own.c.parent if lines else own.c.id
            yield from _query(ground, source, actor, select(holder).where(own.c[name] == bindparam("record")), False)


def _query(ground: Ground, form: str, actor: Actor, ids: Any, is_before: bool) -> Iterator[CompiledText]:
    granted = rights(ground.catalog, actor, form)
    if granted.read is None:
        return
    joins = Joins(ground.tables, form)
    declared = ground.catalog.forms[form]
    title = title_of(declared)
    name = joins.root.c[title].cast(Text) if title else literal(None).cast(Text)
    state = joins.root.c.state if declared.states else literal(None).cast(Text)
    readable = permitted(granted, joins)
    query = select(literal(form).cast(Text), joins.root.c.id, name, state, literal(is_before))
    query = query.select_from(joins.from_clause()).where(joins.root.c.id.in_(ids), readable)
    yield compiled(query.order_by(joins.root.c.id).limit(_MOST))
