"""Reports over HTTP: which there are, their figures, what stands behind a figure; and whether the books are right."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from onebook.engines.dashboard.tables import FileKind
from onebook.engines.process.command import CreateFromRows
from onebook.engines.process.looking.opening import Asked
from onebook.engines.process.looking.opening_meter import AskedMeter
from onebook.engines.process.looking.tracing import LotAsked
from onebook.engines.report.creating import MOST_ROWS
from onebook.engines.report.cut import Cut
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import UnknownCreation
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import PAGE_LIMIT
from onebook.engines.report.variant import Variant
from onebook.engines.view.discretion import opens, opens_amounts
from onebook.engines.view.menus import may_do_everything, may_read_report
from onebook.engines.view.reports import creations, described
from onebook.entrypoints.http.addresses import CreationName, ReportName
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.commands import done
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.exports import file_of
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey
from onebook.entrypoints.http.questions import Text, names
from onebook.entrypoints.http.refusals import BadParameter, Forbidden
from onebook.entrypoints.http.shapes import GREATEST_ID, Shape

router = APIRouter(prefix="/api")

#: One value of a key or parameter, as JSON has it.
Scalar = Annotated[str, Field(max_length=1000)] | int | Decimal | bool | None

#: What of the address is not a parameter of the report.
OWN = frozenset(
    {
        *("sort", "limit", "offset", "format", "language", "row", "column"),
        *("rows", "columns", "pivot", "top", "running", "share", "compare"),
    }
)


@router.get("/reports")
def list_reports(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """The reports that I may read, with the parameters that each asks for."""
    catalog = application.ground(visitor.schema).catalog
    return answered(
        [
            described(catalog, report, visitor.language)
            | {"creates": creations(catalog, report, visitor.actor, visitor.language)}
            for report in catalog.reports.values()
            if may_read_report(catalog, visitor.actor, report.report)
        ]
    )


@router.get("/check")
def check(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """Recompute the books and name every drift; for who may everything."""
    if not may_do_everything(application.ground(visitor.schema).catalog, visitor.actor):
        raise Forbidden
    return answered(application.check(visitor.schema))


async def report_request(
    request: Request,
    report: ReportName,
    sort: Text = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    rows: Text = None,
    columns: Text = None,
    running: bool = False,
    share: bool = False,
) -> ReportRequest:
    """A page of a report: every other name in the address is one of its parameters. `rows`: its keys, or some of them,
    days at another grain (`ordered_on:year`); `columns`: some of its columns; `running`, `share`: beside each total its
    sum down the rows, and its part of the whole."""
    given = {name: value for name, value in request.query_params.items() if name not in OWN}
    variant = Variant(names(rows) or None, names(columns) or None, None, running, share)
    return ReportRequest(report, given, names(sort), limit, offset, variant)


async def report_cut(
    pivot: Annotated[str | None, Query(max_length=200)] = None,
    top: Annotated[int | None, Query(ge=1, le=PAGE_LIMIT)] = None,
    compare: Literal["previous", "year"] | None = None,
) -> Cut:
    """`top`: so many rows, and the others as one; `pivot`: a key whose values become columns; `compare`: beside each
    total what it was before."""
    return Cut(top, pivot or None, compare)


ReportCut = Annotated[Cut, Depends(report_cut)]


ReportQuestion = Annotated[ReportRequest, Depends(report_request)]


@router.get("/reports/{report}")
def run_report(
    visitor: CurrentVisitor, application: TheApplication, question: ReportQuestion, cut: ReportCut
) -> Response:
    """A page of a report, with the totals over all of it."""
    return answered(application.report(visitor.schema, visitor.actor, question, cut).encoded(visitor.language))


class ReportFigure(Shape):
    """Which figure of a report over records: a measure in the row that has these keys, as the report shows them (of
    links the id); keys that are left out are summed over. `parameters`: what the report is asked; `rows`: how it was
    grouped there; `metric`: only what this metric counts."""

    column: str = Field(max_length=64)
    at: dict[str, Scalar] = Field(default_factory=dict, max_length=50)
    parameters: dict[str, Scalar] = Field(default_factory=dict, max_length=50)
    limit: int = Field(default=200, ge=1, le=PAGE_LIMIT)
    offset: int = Field(default=0, ge=0, le=10_000_000)
    rows: list[Annotated[str, Field(max_length=200)]] | None = Field(default=None, min_length=1, max_length=20)
    metric: str | None = Field(default=None, max_length=64)


@router.post("/reports/{report}/rows")
def open_report_figure(
    visitor: CurrentVisitor,
    application: TheApplication,
    report: ReportName,
    figure: Annotated[ReportFigure, Depends(reading(ReportFigure))],
) -> Response:
    """The rows that sum to a measure of a report over records, and the list of the form that shows their records; of a
    report over subjects the accounts (`parts`) and lines that a figure is made of."""
    rows = None if figure.rows is None else tuple(figure.rows)
    asked = RowsRequest(
        report, figure.column, figure.at, figure.parameters, figure.limit, figure.offset, rows, figure.metric
    )
    found = application.report_rows(visitor.schema, visitor.actor, asked)
    heading = found.pop("heading").described(visitor.language)
    for one in (*found.get("parts", ()), *found.get("lines", ())) if found.get("form") is None else ():
        one["label"] = one["label"].in_language(visitor.language)
    return answered({**found, "column": heading})


class ReportRows(Shape):
    """Which rows of a report become documents: those with these keys, as the report shows them (of links the id); null:
    all that qualify. `parameters` and `sort`: what the report was asked."""

    parameters: dict[str, Scalar] = Field(default_factory=dict, max_length=50)
    rows: list[dict[str, Scalar]] | None = Field(default=None, min_length=1, max_length=MOST_ROWS)
    sort: str | None = Field(default=None, max_length=4096)
    accept_warnings: bool = False


@router.post("/reports/{report}/creates/{name}", status_code=201)
def create_from_report(
    visitor: CurrentVisitor,
    application: TheApplication,
    report: ReportName,
    name: CreationName,
    chosen: Annotated[ReportRows, Depends(reading(ReportRows))],
    key: IdempotencyKey,
) -> Response:
    """Drafts made of the chosen rows of a report, as the report declares it: the figures are read anew."""
    declared = application.ground(visitor.schema).catalog.reports.get(report)
    forms = {one.name: one.form for one in declared.creates} if declared is not None else {}
    if name not in forms:
        raise UnknownCreation(report=report, name=name)
    rows = None if chosen.rows is None else tuple(chosen.rows)
    action = CreateFromRows(
        report, name, forms[name], chosen.parameters, rows, names(chosen.sort), chosen.accept_warnings
    )
    return done(application, visitor, action, key, status=201)


@router.get("/reports/{report}/export")
def export_report(
    visitor: CurrentVisitor, application: TheApplication, question: ReportQuestion, cut: ReportCut,
    format: FileKind = "xlsx",
) -> Response:  # fmt: skip
    """The whole report as a file, or as it is cut."""
    label = application.ground(visitor.schema).catalog.reports
    name = label[question.report].label.in_language(visitor.language) if question.report in label else question.report

    def write(target: BinaryIO) -> None:
        application.export_report(visitor.schema, visitor.speaking, question, target, format, cut)

    return file_of(write, name, format)


class Figure(Shape):
    """Which figure: an account role at dimensions (ids), or at what lies behind them (`item.category`); those left out
    are summed over. `until`: as of a day; with `since`: what moved from that day on. `known_at`: what was written into
    the book after this instant does not count."""

    account: str = Field(max_length=64)
    at: dict[str, Annotated[int, Field(ge=0, le=GREATEST_ID)]] = Field(default_factory=dict)
    until: str | None = Field(default=None, max_length=10)
    since: str | None = Field(default=None, max_length=10)
    known_at: str | None = Field(default=None, max_length=40)


@router.post("/figures")
def open_figure(
    visitor: CurrentVisitor, application: TheApplication, figure: Annotated[Figure, Depends(reading(Figure))]
) -> Response:
    """Why a figure is what it is: exactly the entries and promises that sum to it.

    For who may read a report over the role; amounts only for who may read one that shows amounts."""
    catalog = application.ground(visitor.schema).catalog
    if figure.account in catalog.accounts and not opens(catalog, visitor.actor, figure.account):
        raise Forbidden
    opened = application.opened(visitor.schema, visitor.actor, _asked(figure), visitor.language)
    if not opens_amounts(catalog, visitor.actor, figure.account):
        opened = _without_amounts(opened)
    return answered(opened)


class MeterFigure(Shape):
    """Which figure: a meter of promises of a record; of a row of its lines, `lines.field` with the id of the row."""

    form: str = Field(max_length=64)
    id: int = Field(ge=1, le=GREATEST_ID)
    field: str = Field(max_length=129)
    row: int | None = Field(default=None, ge=1, le=GREATEST_ID)


@router.post("/figures/meter")
def open_meter(
    visitor: CurrentVisitor, application: TheApplication, figure: Annotated[MeterFigure, Depends(reading(MeterFigure))]
) -> Response:
    """Why a meter of promises shows what it shows: what was promised, and every step that it took since.

    For who may read the record and the field; the line that it waits in for who may read a report over the account."""
    asked = AskedMeter(figure.form, figure.id, figure.field, figure.row)
    return answered(application.opened_meter(visitor.schema, visitor.actor, asked, visitor.language))


class LotFigure(Shape):
    """Which lot: a record of a form that is told to be one (`is_lot`)."""

    form: str = Field(max_length=64)
    id: int = Field(ge=1, le=GREATEST_ID)


@router.post("/figures/lot")
def trace_lot(
    visitor: CurrentVisitor, application: TheApplication, lot: Annotated[LotFigure, Depends(reading(LotFigure))]
) -> Response:
    """The way of a lot: every step of it, from whom it came, who got pieces of it, what it was made of and became.

    For who may read the lot and a report over an account on which it lies."""
    return answered(application.traced(visitor.schema, visitor.actor, LotAsked(lot.form, lot.id), visitor.language))


def _asked(figure: Figure) -> Asked:
    try:
        until, since = (date.fromisoformat(day) if day else None for day in (figure.until, figure.since))
    except ValueError:
        raise BadParameter(reason="until, since: YYYY-MM-DD") from None
    return Asked(figure.account, figure.at, until, since, _instant(figure.known_at))


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        found = None
    if text and (found is None or found.tzinfo is None):
        raise BadParameter(reason="known_at: YYYY-MM-DDThh:mm:ss+hh:mm")
    return found


def _without_amounts(opened: Mapping[str, Any]) -> dict[str, Any]:
    withheld = {name: opened[name] and {**opened[name], "amount": None} for name in ("withheld", "withheld_holds")}
    return {
        **opened,
        **dict.fromkeys(("amount", "incoming_amount", "outgoing_amount")),
        **withheld,
        "entries": [{**one, "amount": None} for one in opened["entries"]],
        "holds": [{**one, "amount": None} for one in opened["holds"]],
    }
