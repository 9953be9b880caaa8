"""Documents made of the rows of a report: read anew, put together, and made like any that their user would type."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onebook.definition.field import FieldDeclaration
from onebook.definition.form import Form
from onebook.definition.report_create import ReportCreate
from onebook.engines.form.compute import settled
from onebook.engines.form.refusals import Invalid
from onebook.engines.process.actions.create import create
from onebook.engines.process.actions.leg import leg_of
from onebook.engines.process.command import Create, CreateFromRows
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import DocumentRefused, TooManyDocuments
from onebook.engines.process.road import Road
from onebook.engines.report.creating import CreateAsked, MadeRow
from onebook.engines.report.refusals import NothingToCreate
from onebook.engines.report.report import Reports

#: More drafts than anybody looks through; all of them are made in one transaction.
MOST_DOCUMENTS: Final = 200


@dataclass(slots=True)
class _Document:
    """What one document takes from the rows that share it."""

    fields: Mapping[str, Any]
    lines: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)


def create_from_rows(road: Road, action: CreateFromRows) -> Outcome:
    """Make the drafts: all or none. Refuses with what the report refuses, and with everything that is wrong with the
    first document that cannot be made."""
    earlier = road.begin()
    if earlier is not None:
        return earlier
    catalog = road.ground.catalog
    reports: Reports = road.ground.kept("reports", lambda: Reports(catalog, road.ground.tables))
    asked = CreateAsked(action.report, action.name, action.parameters, action.rows, action.sort)
    rows = reports.made(road.transaction, asked, road.actor, road.context)
    declared = next(one for one in catalog.reports[action.report].creates if one.name == action.name)
    documents = list(_documents(declared, rows))
    if not documents:
        raise NothingToCreate(name=declared.label)
    if len(documents) > MOST_DOCUMENTS:
        raise TooManyDocuments(documents=len(documents), most=MOST_DOCUMENTS)
    form = catalog.forms[declared.form]
    made: list[Outcome] = []
    for place, document in enumerate(documents, 1):
        creating = Create(form.form, _values(form, document), then=action.then, accept_warnings=action.accept_warnings)
        try:
            made.append(create(leg_of(road, creating), creating))
        except Invalid as refusal:
            if len(documents) == 1:
                raise
            raise DocumentRefused(refusal.problems, form=form.label, place=place, count=len(documents)) from refusal
    first = made[0]
    outcome = Outcome(
        first.record, first.version, first.state, first.number, flow=first.flow,
        created=tuple(one.record for one in made[1:]),
    )  # fmt: skip
    return road.end(outcome, ())


def _documents(declared: ReportCreate, rows: Sequence[MadeRow]) -> Iterator[_Document]:
    """Rows put together, in the order in which the first of each came."""
    found: dict[Any, _Document] = {}
    for place, row in enumerate(rows):
        key: Any = place
        if declared.by is not None:
            key = row.by
        elif declared.lines:
            key = tuple(row.fields.values())
        document = found.setdefault(key, _Document(row.fields))
        for lines, values in row.lines.items():
            document.lines.setdefault(lines, []).append(values)
    yield from (one for one in found.values() if one.lines or not declared.lines)


def _values(form: Form, document: _Document) -> dict[str, Any]:
    """The document as somebody would type it."""
    values = _given(form.fields, document.fields)
    for name, rows in document.lines.items():
        columns = form.fields[name].fields or {}
        values[name] = [_given(columns, row) for row in rows]
    return values


def _given(fields: Mapping[str, FieldDeclaration], values: Mapping[str, Any]) -> dict[str, Any]:
    """What is not blank, as the fields keep it; what is blank is left to their defaults."""
    return {name: settled(fields[name], value) for name, value in values.items() if value is not None}
