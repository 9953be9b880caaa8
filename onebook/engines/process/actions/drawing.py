"""Steps that draw: rows and figures of reports become the record's own, and then the step is done with them.

What is drawn is the book's, whoever draws it: the right to the step is the right to what it puts into the record.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from onebook.access.actor import SYSTEM
from onebook.definition.drawing import Draw
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.form.load import RecordLoad
from onebook.engines.process.actions.edit import update
from onebook.engines.process.actions.leg import leg_of
from onebook.engines.process.command import Create, Run, Update
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.engines.report.report import PAGE_LIMIT, ReportRequest, Reports
from onebook.engines.report.request import Page
from onebook.expression.python import evaluate
from onebook.expression.types import Kind
from onebook.values.reference import RecordRef

Travel = Callable[[Road], Outcome]


def draw(road: Road, ready: ReadyTransition, travel: Travel) -> Outcome:
    """Draw, and do the step. Refuses with what a change of the record and the step refuse with."""
    earlier = road.begin()
    if earlier is not None:
        return earlier
    record, version, is_changed = _before(road, travel)
    values = _Drawing(road, ready, record).values()
    asked = road.command.action
    accepts = isinstance(asked, Create | Update) and asked.accept_warnings
    given = version if version is not None else values.pop("version")
    values.pop("version", None)
    changing = Update(record, given, values, accepts, ready.name)
    if is_changed and road.is_preview:
        # What was changed on the way is not there for a preview that reads without writing.
        return update(leg_of(road, changing), changing)
    return update(road, changing)


def _before(road: Road, travel: Travel) -> tuple[RecordRef, int | None, bool]:
    """The record as it is when it draws: made or changed first, where that is asked in the same breath."""
    action = road.command.action
    if isinstance(action, Run):
        return action.record, action.version, False
    assert isinstance(action, Create | Update)
    alone = replace(action, then=None)
    outcome = travel(leg_of(road, alone))
    return outcome.record, outcome.version, True


class _Drawing:
    """The values that one record takes from its reports."""

    def __init__(self, road: Road, ready: ReadyTransition, record: RecordRef) -> None:
        self._road = road
        self._record = record
        self._catalog = road.ground.catalog
        self._draws = ready.declaration.draws
        self._reports: Reports = road.ground.kept("reports", lambda: Reports(self._catalog, road.ground.tables))

    def values(self) -> dict[str, Any]:
        """Lines and figures, as JSON has them, with the `version` of the record that they were drawn for."""
        row = self._row()
        values: dict[str, Any] = {"version": row["version"]}
        for one in self._draws:
            if one.lines is not None:
                values.setdefault(one.lines, [])
            if not self._happens(one, row):
                continue
            pages = list(self._pages(one, row))
            if one.lines is not None:
                declared = self._catalog.fields(self._record.form, one.lines)
                drawn = [line for page in pages for line in self._lines(one, page, declared)]
                values[one.lines] += drawn
            for name, figure in one.sets.items():
                extra = pages[0].extra
                values[name] = extra.get(figure) or (extra.get("totals") or {}).get(figure)
        return values

    def _row(self) -> Mapping[str, Any]:
        formulas = [self._formula(one, name) for one in self._draws for name in one.parameters]
        formulas += [self._when(one.when) for one in self._draws if one.when is not None]
        keys = {path for formula in formulas for path in formula.paths} | {"version"}
        load = RecordLoad(
            self._road.ground.forms, self._record.form, [self._record.id], keys, self._road.actor, self._road.context
        )
        self._road.gather(load)
        return load.row(self._record.id)

    def _formula(self, one: Draw, name: str) -> Any:
        kind: Kind = VALUE_KINDS[self._catalog.reports[one.report].parameters[name].kind]
        return self._catalog.formula(one.parameters[name], self._record.form, None, kind)

    def _when(self, text: str) -> Any:
        return self._catalog.formula(text, self._record.form, None, Kind.FLAG)

    def _happens(self, one: Draw, row: Mapping[str, Any]) -> bool:
        return one.when is None or evaluate(self._when(one.when), row, self._road.context) is True

    def _pages(self, one: Draw, row: Mapping[str, Any]) -> Iterator[Page]:
        context = self._road.context
        given = {name: _plain(evaluate(self._formula(one, name), row, context)) for name in one.parameters}
        offset = 0
        while True:
            request = ReportRequest(one.report, given, None, PAGE_LIMIT, offset)
            page = self._reports.page(self._road.transaction, request, SYSTEM, context)
            yield page
            offset += len(page.rows)
            if not page.rows or offset >= page.extra["total_rows"]:
                return

    def _lines(self, one: Draw, page: Page, declared: Mapping[str, FieldDeclaration]) -> Iterator[dict[str, Any]]:
        names = {
            heading.key: {code: label.in_language(self._road.actor.language) for code, label in heading.options}
            for heading in page.headings
        }
        for row in page.rows:
            if not row.get("is_balance"):
                yield {
                    field: _cell(row.get(column), declared[field], names.get(column, {}))
                    for field, column in one.fields.items()
                }


def _cell(value: Any, field: FieldDeclaration, names: Mapping[str, str]) -> Any:
    """A cell of a page as a field takes it: of links the id, of choices what they are called."""
    if isinstance(value, Mapping):
        return value["id"] if field.kind is FieldKind.LINK else value["title"]
    if field.kind is not FieldKind.CHOICE and isinstance(value, str):
        return names.get(value, value)
    return _plain(value)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
