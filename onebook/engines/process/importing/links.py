"""Names become records: links of a file found by number, code or title, one query per form, in the actor's scope."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Text, cast, false, null, select, union_all

from onebook.access.actor import Actor
from onebook.definition.form import Form
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.gather import gather
from onebook.engines.form.save import inserting, number_day
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.cells import shown
from onebook.engines.process.importing.items import LinkColumn
from onebook.engines.process.importing.keys_table import keys_table
from onebook.engines.process.importing.mapping import NUMBER
from onebook.engines.table.compiled import compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.planning import planned_for_values
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem, Refusal


def naming_fields(form: Form) -> tuple[str, ...]:
    """The fields by which people name records of a form, the surest first."""
    unique = [name for name, field in form.fields.items() if field.unique]
    title = [form.title] if form.title and form.title not in unique and form.title != NUMBER else []
    return (*([NUMBER] if form.number else []), *unique, *title)


class Links:
    """The links of one file, on their way from text to id."""

    def __init__(self, ground: Ground, actor: Actor, context: Context, columns: Sequence[LinkColumn]) -> None:
        """All columns that name records."""
        self._ground = ground
        self._actor = actor
        self._context = context
        self._columns: dict[tuple[str, str | None], list[LinkColumn]] = defaultdict(list)
        for column in columns:
            assert column.target.field is not None
            self._columns[column.target.field.to or "", column.target.by].append(column)
        self.created: list[RecordRef] = []

    def resolve(self, transaction: Transaction, create: frozenset[str], now: Any) -> None:
        """Put ids where texts stood; what is not found, or found twice, is noted as a problem of its row."""
        asked = [
            (key, columns, {text for column in columns for text, *_ in column.cells})
            for key, columns in self._columns.items()
        ]
        answers = planned_for_values(
            transaction, *(self._statement(target, by, texts) for (target, by), _, texts in asked)
        )
        for ((target, by), columns, texts), rows in zip(asked, answers, strict=True):
            known = _by_text(rows, texts)
            makes = {text for column in columns if column.target.key in create for text, *_ in column.cells}
            refused: dict[str, Refusal] = {}
            for text in sorted(makes - known.keys()):
                try:
                    known[text] = [self._create(transaction, target, by, text, now)]
                except Refusal as refusal:
                    refused[text] = refusal
            for column in columns:
                self._put(column, known, refused)

    def _put(self, column: LinkColumn, known: Mapping[str, list[int]], refused: Mapping[str, Refusal]) -> None:
        target = column.target
        sure = {text: ids[0] for text, ids in known.items() if len(ids) == 1}
        for text, holder, item, number in column.cells:
            found = sure.get(text)
            if found is not None:
                holder[target.name] = found
                continue
            del holder[target.name]
            assert target.field is not None
            form = self._ground.catalog.forms[(target.field.to or "").partition(".")[0]]
            code = "importing.link_ambiguous" if text in known else "importing.link_unknown"
            data: dict[str, object] = {"value": shown(text), "form": form.label}
            if text in refused:
                code, data = "importing.link_not_created", {**data, "reason": refused[text].code}
            item.problems.append(Problem(code, target.key, number, data))

    def _statement(self, target: str, by: str | None, texts: set[str]) -> Statement:
        form = self._ground.catalog.forms[target]
        names = (by,) if by else naming_fields(form)
        # Field by field, each through its index if it has one; `_by_text` forgives records that are found twice.
        found = [self._named(target, names, place) for place in range(len(names))]
        query = union_all(*found) if found else select(null()).where(false())
        return compiled(query).bound({**context_parameters(self._context), "texts": sorted(texts)})

    def _named(self, target: str, names: Sequence[str], place: int) -> Select[Any]:
        """The records of a form whose field at this place is one of the texts."""
        joins = Joins(self._ground.tables, target)
        granted = rights(self._ground.catalog, self._actor, target)
        columns = [joins.column(name) for name in names]
        shown_as = [cast(column, Text) for column in columns]
        given = keys_table([Text()], "texts")
        # Compared as the column is, so that its index serves.
        own = columns[place] if isinstance(columns[place].type, Text) else shown_as[place]
        condition = permitted(granted, joins)
        clause = joins.from_clause().join(given, own == given.c[0])
        return select(joins.root.c.id, *shown_as).select_from(clause).where(condition)

    def _create(self, transaction: Transaction, target: str, by: str | None, text: str, now: Any) -> int:
        """A record of the linked form that has nothing but its name."""
        compiled_form = self._ground.forms.form(target)
        form = compiled_form.declaration
        names = {by} if by else {name for name in naming_fields(form) if name != NUMBER}
        names |= {name for name in naming_fields(form) if name != NUMBER and form.fields[name].required is not None}
        values = dict.fromkeys(sorted(filter(None, names)), text)
        record = NewRecord(self._ground.forms, target, values, self._actor, self._context, accept_warnings=True)
        gather(transaction, record)
        row = record.finish()
        is_numbered = form.number is not None and form.numbered_at == "create"
        day = number_day(compiled_form, row, self._context.today) if is_numbered else None
        saved = inserting(self._ground.forms, target, row, self._actor, now, action="import", number_on=day)
        transaction.run(*saved.statements)
        self.created.append(RecordRef(target, record.id))
        return record.id


def _by_text(rows: Iterable[tuple[Any, ...]], texts: set[str]) -> dict[str, list[int]]:
    """The ids that each text names; a surer field wins over a weaker one."""
    found: dict[str, tuple[int, list[int]]] = {}
    for number, *named in rows:
        for rank, text in enumerate(named):
            if text not in texts:
                continue
            best, ids = found.get(text, (rank, []))
            if rank < best:
                found[text] = (rank, [number])
            elif rank == best and number not in ids:
                found[text] = (best, [*ids, number])
    return {text: ids for text, (_, ids) in found.items()}
