"""Paper over HTTP: records and reports as PDF, to look at and to send to the printer."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from onebook.entrypoints.http.addresses import GREATEST_ID, FormName, Record, name_in_address
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.exports import attachment
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.questions import LONGEST
from onebook.entrypoints.http.refusals import BadParameter
from onebook.entrypoints.http.reports import ReportQuestion

router = APIRouter(prefix="/api")


async def print_of(name: Annotated[str, Path()]) -> str:
    """The name of a print."""
    return name_in_address(name)


PrintName = Annotated[str, Depends(print_of)]


@router.get("/reports/{report}/print/{name}")
def print_report(
    visitor: CurrentVisitor, application: TheApplication, question: ReportQuestion, name: PrintName
) -> Response:
    """A report on paper, all of its rows."""
    return _pdf(*application.print_report(visitor.schema, visitor.speaking, question, name))


@router.get("/{form}/print/{name}")
def print_records(
    visitor: CurrentVisitor,
    application: TheApplication,
    form: FormName,
    name: PrintName,
    ids: Annotated[str, Query(min_length=1, max_length=LONGEST)],
) -> Response:
    """Several records on paper, one after the other: `ids=7,8,9`."""
    return _pdf(*application.print(visitor.schema, visitor.speaking, form, _ids(ids), name))


@router.get("/{form}/{record_id}/print/{name}")
def print_record(visitor: CurrentVisitor, application: TheApplication, record: Record, name: PrintName) -> Response:
    """A record on paper."""
    return _pdf(*application.print(visitor.schema, visitor.speaking, record.form, [record.id], name))


def _ids(text: str) -> list[int]:
    found = [int(one) if one.isascii() and one.isdecimal() else 0 for one in text.split(",")]
    if not found or not all(0 < one <= GREATEST_ID for one in found):
        raise BadParameter(reason="ids: 7,8,9")
    return found


def _pdf(label: str, pages: bytes) -> Response:
    disposition = attachment(f"{label}.pdf")["Content-Disposition"].replace("attachment", "inline", 1)
    return Response(
        pages, media_type="application/pdf", headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )
