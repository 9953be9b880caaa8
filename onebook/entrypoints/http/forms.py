"""What pages are drawn from: menus, home page, forms described, the API described; and the search over all forms."""

from contextlib import suppress
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from onebook.access.refusals import NoCompany, NotAMember, NotSignedIn
from onebook.definition.catalog import Catalog
from onebook.engines.report.refusals import HiddenField
from onebook.engines.report.request import Page
from onebook.engines.table.rights import rights
from onebook.engines.view.describe import abilities
from onebook.entrypoints.http.addresses import FormName, TransitionName
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, Visitor, current_visitor
from onebook.entrypoints.http.openapi.document import document

router = APIRouter(prefix="/api")

NAME = "^[a-z][a-z0-9_]*$"


@router.get("/menus")
def read_menus(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """The places I may go to."""
    return answered(application.menus(visitor.schema, visitor.actor, visitor.language))


@router.get("/home")
def read_home(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """What waits for me, what I may begin, and where I may go."""
    return answered(application.home(visitor.schema, visitor.actor, visitor.language))


@router.get("/forms")
def list_forms(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """The forms of which I may read at least something."""
    catalog = application.ground(visitor.schema).catalog
    granted = {name: rights(catalog, visitor.actor, name) for name in catalog.forms}
    return answered(
        [
            {
                "form": name,
                "label": form.label.in_language(visitor.language),
                "kind": form.kind,
                "rights": abilities(granted[name]),
            }
            for name, form in catalog.forms.items()
            if granted[name].read is not None or granted[name].create is not None
        ]
    )


@router.get("/forms/{form}")
def describe_form(visitor: CurrentVisitor, application: TheApplication, form: FormName) -> Response:
    """What a page needs to draw a form for me."""
    return answered(application.describe(visitor.schema, visitor.actor, form, visitor.language))


@router.get("/forms/{form}/{transition}")
def explain_transition(
    visitor: CurrentVisitor, application: TheApplication, form: FormName, transition: TransitionName
) -> Response:
    """What a transition does, in words and in the order in which it works."""
    return answered(application.explain(visitor.schema, form, transition, visitor.language))


@router.get("/search")
def search(
    visitor: CurrentVisitor,
    application: TheApplication,
    q: Annotated[str, Query(max_length=200)] = "",
    form: Annotated[str | None, Query(max_length=64, pattern=NAME)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> Response:
    """Records by name, number or pinyin initials: of one form, or of each that I may read."""
    words = q.strip()
    if form is not None:
        return answered(_found(application.search(visitor.schema, visitor.actor, form, words, limit), visitor))
    pages = []
    for name in _searched(application.ground(visitor.schema).catalog, visitor) if words else ():
        # Where all that is searched is hidden from this user, there is nothing to find.
        with suppress(HiddenField):
            pages.append(application.search(visitor.schema, visitor.actor, name, words, limit))
    return answered([_found(page, visitor) for page in pages if page.rows])


def _searched(catalog: Catalog, visitor: Visitor) -> list[str]:
    """The forms that can be searched and read."""
    return [
        name
        for name, form in catalog.forms.items()
        if (form.search or form.number) and rights(catalog, visitor.actor, name).read is not None
    ]


def _found(page: Page, visitor: Visitor) -> orjson.Fragment:
    return orjson.Fragment(page.encoded(visitor.language))


@router.get("/openapi.json")
def describe_api(request: Request, application: TheApplication) -> Response:
    """The API for machines: typed for the forms that I may use; without a session, how to get one."""
    try:
        visitor = current_visitor(request)
    except (NotSignedIn, NoCompany, NotAMember):
        return answered(document())
    return answered(document(application.ground(visitor.schema).catalog, visitor.actor))
