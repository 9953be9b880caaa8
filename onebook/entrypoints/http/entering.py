"""What a page asks while somebody types: what lies behind links, and figures beside a record; nothing is written."""

from fastapi import APIRouter, Response

from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.refusals import BadParameter
from onebook.entrypoints.http.shapes import LinksBody, TypedBody

router = APIRouter(prefix="/api")

#: More records than the rows of any document point at.
MOST_RECORDS = 20_000


@router.post("/{form}/linked")
def linked(visitor: CurrentVisitor, application: TheApplication, form: FormName, body: LinksBody) -> Response:
    """What formulas, conditions and defaults of a form read behind links that I am just choosing."""
    if sum(map(len, body.links.values())) > MOST_RECORDS:
        raise BadParameter(reason=f"links: at most {MOST_RECORDS} records")
    return answered(application.linked(visitor.schema, visitor.actor, form, body.links))


@router.post("/{form}/beside")
def beside(visitor: CurrentVisitor, application: TheApplication, form: FormName, body: TypedBody) -> Response:
    """The figures beside a record and its rows, for the values as they are typed."""
    return answered(application.beside(visitor.schema, visitor.actor, form, body.values, body.of))
