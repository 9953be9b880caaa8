"""The recycle bin: records go in unless something still points at them, and come back as they were."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.field import FieldKind
from onebook.engines.form.duplicates import DuplicateCheck
from onebook.engines.form.forms import Forms
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.plan import places
from onebook.engines.form.pointing import look, pointing
from onebook.engines.form.refusals import Duplicated, LinkBinned, NotBinnable, StillUsed
from onebook.engines.form.rows import Row
from onebook.engines.form.save import Saved, change_statement
from onebook.engines.table.ddl import quoted
from onebook.engines.table.names import table_name, target_of
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem


class Binning:
    """Wants a record under lock and everything that points at it."""

    def __init__(
        self, forms: Forms, form: str, record: int, actor: Actor, context: Context, *, preview: bool = False
    ) -> None:
        """Begin to put a record into the bin."""
        self._forms, self._form, self._record, self._actor = forms, forms.form(form), record, actor
        self._load = RecordLoad(
            forms, form, [record], (), actor, context, lock=not preview, alone=True, asks=("delete",)
        )
        self._sources = list(pointing(forms, form))
        self._found: Sequence[Rows] | None = None

    def statements(self) -> Sequence[Statement]:
        """The record, then one statement for each link that could point at it."""
        if self._found is not None:
            return ()
        looks = [Statement(look(self._forms, form, lines, field, via), {"record": self._record})
                 for form, lines, field, via in self._sources]  # fmt: skip
        return [*self._load.statements(), *looks]

    def take(self, results: Sequence[Rows]) -> None:
        """The record and who points at it."""
        count = len(results) - len(self._sources)
        self._load.take(results[:count])
        self._found = results[count:]

    def finish(self) -> Row:
        """The record. Refuses with form.not_found, form.forbidden, form.not_binnable, form.still_used."""
        row, form = self._load.row(self._record), self._form.declaration
        self._load.require("delete", self._record)
        if form.singleton or row.get("state") != form.first_state:
            state = form.states[row["state"]].label if form.states else None
            raise NotBinnable(form=form.label, state=state)
        problems = list(self._problems())
        if problems:
            raise StillUsed(problems, form=form.label, id=self._record)
        return row

    def saved(self, now: datetime) -> Saved:
        """What puts it into the bin."""
        return _moved(self._form.name, self.finish(), self._actor, now, "bin")

    def _problems(self) -> Iterator[Problem]:
        """Those that point at it, form by form; titles only of records that the actor may read at all."""
        for (name, lines, field, _), rows in zip(self._sources, self._found or (), strict=True):
            if not rows:
                continue
            form = self._forms.catalog.forms[name]
            may_read = rights(self._forms.catalog, self._actor, name).read == "all"
            fields = self._forms.tables.fields(target_of(name, lines))
            data = {
                "form": form.label, "label": fields[field].label, "count": rows[0][2],
                "others": [title for _, title, _ in rows if title] if may_read else [],
                "ids": [number for number, _, _ in rows] if may_read else [],
            }  # fmt: skip
            yield Problem("form.used_by", field if lines is None else f"{lines}.{field}", None, data)


class Restoring:
    """Wants a record of the bin, what it points at, and others that took its unique values meanwhile."""

    def __init__(
        self, forms: Forms, form: str, record: int, actor: Actor, context: Context, *, preview: bool = False
    ) -> None:
        """Begin to take a record out of the bin."""
        self._forms, self._form, self._record, self._actor = forms, forms.form(form), record, actor
        keys = self._form.stored | frozenset(_deletions(forms, form))
        self._load = RecordLoad(
            forms, form, [record], keys, actor, context, lock=not preview, asks=("delete",), binned=True
        )
        self._duplicates = DuplicateCheck(forms, form, actor, context, record=record, preview=preview)
        self._asked = False

    def statements(self) -> Sequence[Statement]:
        """The record first; then, knowing its values, others with the same."""
        return self._duplicates.statements() if self._asked else self._load.statements()

    def take(self, results: Sequence[Rows]) -> None:
        """The record, or who is like it."""
        if self._asked:
            self._duplicates.take(results)
            return
        self._load.take(results)
        self._asked = True
        self._duplicates.ask(self._load.row(self._record))

    def finish(self) -> Row:
        """The record. Refuses with form.not_found, form.forbidden, form.link_binned, form.duplicated."""
        row, form = self._load.row(self._record), self._form.declaration
        self._load.require("delete", self._record)
        gone = list(_gone(self._forms, self._form.name, row))
        if gone:
            raise LinkBinned(gone, form=form.label, id=self._record)
        others = [one for one in self._duplicates.problems() if one.code != "form.duplicate_warning"]
        if others:
            raise Duplicated(others, form=form.label)
        return row

    def saved(self, now: datetime) -> Saved:
        """What takes it out of the bin."""
        return _moved(self._form.name, self.finish(), self._actor, now, "restore")


def _deletions(forms: Forms, form: str) -> Iterator[str]:
    """Keys that tell whether what a link points at lies in the bin; rows lie where their record lies."""
    for lines, name, field in places(forms.catalog.forms[form]):
        if field.kind is FieldKind.LINK:
            key = f"{lines}.{name}" if lines else name
            yield f"{key}.parent.deleted_at" if "." in (field.to or "") else f"{key}.deleted_at"


def _gone(forms: Forms, form: str, row: Row) -> Iterator[Problem]:
    for lines, name, field in places(forms.catalog.forms[form]):
        if field.kind is not FieldKind.LINK:
            continue
        ending = ".parent.deleted_at" if "." in (field.to or "") else ".deleted_at"
        rows: list[Row] = [row] if lines is None else row[lines]
        for place, own in enumerate(rows, 1):
            if own[name] is not None and own[name] != row["id"] and own[f"{name}{ending}"] is not None:
                key = f"{lines}.{name}" if lines else name
                yield Problem("form.link_in_bin", key, place if lines else None, {"label": field.label})


def _moved(form: str, row: Row, actor: Actor, now: datetime, action: str) -> Saved:
    into = action == "bin"
    values: dict[str, Any] = {
        "id": row["id"], "now": now, "by": actor.id, "at": now if into else None, "who": actor.id if into else None,
    }  # fmt: skip
    update = Statement(
        f"UPDATE {quoted(table_name(form))} SET deleted_at = %(at)s::timestamptz, deleted_by = %(who)s::bigint,"
        " version = version + 1, updated_at = %(now)s, updated_by = %(by)s WHERE id = %(id)s",
        values,
    )
    version = row["version"] + 1
    return Saved((update, change_statement(form, row["id"], actor, now, action, version, {})), version)
