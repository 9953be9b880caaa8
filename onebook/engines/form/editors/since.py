"""What others did to a record since the version that a user saw: asked of the trail, and told field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import USERS
from onebook.engines.form.forms import Forms
from onebook.engines.form.refusals import Stale
from onebook.engines.table.ddl import quoted
from onebook.engines.table.system_fields import system_field
from onebook.storage.transaction import Rows, Statement
from onebook.values.label import Label
from onebook.values.refusal import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the trail since the version that the user saw, oldest first."""

    version: int
    at: datetime
    by: int
    #: The name of who did it, if they are a user of the company.
    name: str | None
    told: Mapping[str, Any]

    @property
    def who(self) -> str:
        """Who did it, in words."""
        return self.name or str(self.by)


class Trail:
    """Wants what others changed since a version."""

    def __init__(self, forms: Forms, record: int, version: int | None) -> None:
        """Of one record; nothing without a version."""
        self.changes: list[Change] = []
        self._record, self._version = record, version
        self._asked = version is None
        users = forms.tables.all().get(USERS)
        title = forms.catalog.forms[USERS].title if users is not None else None
        name = f"u.{quoted(title)}" if title else "NULL::text"
        join = f"LEFT JOIN {quoted(users.name)} AS u ON u.id = c.by" if users is not None else ""
        self._sql = (
            f"SELECT c.version, c.at, c.by, {name}, c.changes FROM onebook_change AS c {join}"
            " WHERE c.record = %(record)s AND c.version > %(version)s ORDER BY c.id"
        )

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        if self._asked:
            return ()
        return (Statement(self._sql, {"record": self._record, "version": self._version}),)

    def take(self, results: Sequence[Rows]) -> None:
        """The changes, oldest first."""
        self._asked = True
        self.changes = [Change(*row) for row in results[0]]


def stale(form: Form, record: int, version: int, changes: Sequence[Change], hidden: frozenset[str]) -> Stale:
    """The refusal of an act on a version that is not the latest (`version`) any more: a problem for each field that
    was changed since (`form.changed_since`: what it is called, who changed it last, when), as far as the reader may
    see it. Values are left out: the record as it is now has them."""
    last = {key: (label, change) for change in changes for key, label in _fields(form, change.told)}
    problems = [
        Problem("form.changed_since", key, None, {"label": label, "by": change.who, "at": change.at})
        for key, (label, change) in last.items()
        if key not in hidden and key.partition(".")[0] not in hidden
    ]
    return Stale(problems, form=form.label, id=record, version=version)


def _fields(form: Form, told: Mapping[str, Any]) -> Iterator[tuple[str, Label]]:
    """What a row of the trail names: fields, fields of rows, and lines whose rows came, went or stand otherwise."""
    for name, what in told.items():
        field = form.fields.get(name) or system_field(form, None, name)
        if field is None:
            continue
        if field.kind is not FieldKind.LINES:
            yield name, field.label
            continue
        columns = field.fields or {}
        changed = {column for pairs in what.get("changed", {}).values() for column in pairs}
        if set(what) - {"changed"}:
            yield name, field.label
        yield from ((f"{name}.{column}", columns[column].label) for column in sorted(changed) if column in columns)
