"""Dashboards and metrics over HTTP: which there are, what stands on them, what each tile shows."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from onebook.engines.dashboard.boards import Boards
from onebook.engines.dashboard.tables import FileKind, TakenOut
from onebook.engines.report.request import PAGE_LIMIT
from onebook.engines.report.span import Span
from onebook.entrypoints.http.addresses import name_in_address
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.exports import file_of
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.refusals import BadParameter
from onebook.values.month import Month

router = APIRouter(prefix="/api")

#: What of an address is not a parameter of the dashboard.
OWN = frozenset({"language", "format"})


def name(text: Annotated[str, Path(alias="name")]) -> str:
    """The name of a dashboard or metric."""
    return name_in_address(text)


def tile_name(tile: Annotated[str, Path()]) -> str:
    """The name of a tile."""
    return name_in_address(tile)


def given(request: Request) -> Mapping[str, Any]:
    """The parameters of a dashboard: every other name in the address is one."""
    return {key: value for key, value in request.query_params.items() if key not in OWN}


def boards(visitor: CurrentVisitor, application: TheApplication) -> Boards:
    """Dashboards as the visitor sees them."""
    return application.boards(visitor.schema, visitor.speaking)


#: A dashboard has several tables, for which csv has no place.
BoardFormat = Literal["xlsx", "pdf"]
Name = Annotated[str, Depends(name)]
TileName = Annotated[str, Depends(tile_name)]
Given = Annotated[Mapping[str, Any], Depends(given)]
TheBoards = Annotated[Boards, Depends(boards)]


@router.get("/dashboards")
def list_dashboards(boards: TheBoards) -> Response:
    """The dashboards that I find."""
    return answered(boards.all())


@router.get("/dashboards/{name}")
def read_dashboard(boards: TheBoards, name: Name, given: Given) -> Response:
    """What a page needs to draw a dashboard: its parameters as they stand, and the tiles that I may see."""
    return answered(boards.described(name, given))


@router.get("/dashboards/{name}/tiles/{tile}")
def read_tile(boards: TheBoards, name: Name, tile: TileName, given: Given) -> Response:
    """What a tile shows, for values of the dashboard's parameters."""
    return answered(boards.tile(name, tile, given))


@router.get("/dashboards/{name}/export")
def export_dashboard(boards: TheBoards, name: Name, given: Given, format: BoardFormat = "xlsx") -> Response:
    """Every tile that I may take out, as a file: each on a sheet or page of its own."""
    return _file(boards.taken_out(name, None, given), boards.language, format)


@router.get("/dashboards/{name}/tiles/{tile}/export")
def export_tile(boards: TheBoards, name: Name, tile: TileName, given: Given, format: FileKind = "xlsx") -> Response:
    """A tile as a file, with the figures that it shows."""
    return _file(boards.taken_out(name, tile, given), boards.language, format)


@router.get("/metrics")
def list_metrics(boards: TheBoards) -> Response:
    """The metrics that I may see, with the rule by which each is counted."""
    return answered(boards.metrics())


@router.get("/metrics/{name}")
def read_metric(
    request: Request,
    boards: TheBoards,
    name: Name,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    compare: Literal["previous", "year"] | None = None,
    trend: Literal["day", "month", "quarter", "year"] | None = None,
) -> Response:
    """A metric from one day to another, by default in this month so far; every other name is a report's parameter."""
    own = {*OWN, "from", "to", "compare", "trend"}
    further = {key: value for key, value in request.query_params.items() if key not in own}
    return answered(boards.metric(name, _span(boards, first, last), further, compare, trend))


@router.get("/metrics/{name}/rows")
def read_metric_rows(
    request: Request,
    boards: TheBoards,
    name: Name,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """The rows that a metric counts, or sums a column of, for the same days and parameters: a page of its report."""
    own = {*OWN, "from", "to", "limit", "offset"}
    further = {key: value for key, value in request.query_params.items() if key not in own}
    return answered(boards.counted(name, _span(boards, first, last), further, limit, offset))


def _file(taken: TakenOut, language: str, kind: FileKind) -> Response:
    return file_of(lambda target: taken.write(target, kind), taken.label.in_language(language), kind)


def _span(boards: Boards, first: date | None, last: date | None) -> Span:
    last = last or max(boards.today, first or boards.today)
    span = Span(first or Month.of(last).first, last)
    if span.last < span.first:
        raise BadParameter(reason="from, to: the last day comes before the first")
    return span
