"""Ways to look at the records of a form besides the table: in groups, and as somebody set it up and kept it."""

from fastapi import APIRouter, Response

from onebook.engines.view.saved import ViewGiven
from onebook.entrypoints.http.addresses import FormName, Number
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.questions import GroupQuestion, ListQuestion
from onebook.entrypoints.http.shapes import ChangedView, ChangedViewBody, NewView, NewViewBody

router = APIRouter(prefix="/api")


@router.get("/{form}/groups")
def list_groups(
    visitor: CurrentVisitor, application: TheApplication, question: ListQuestion, by: GroupQuestion
) -> Response:
    """How the rows of a list fall into groups, with sums; the list's own conditions and rights apply."""
    return answered(application.groups(visitor.schema, visitor.actor, question, by).encoded(visitor.language))


@router.get("/{form}/views")
def list_views(visitor: CurrentVisitor, application: TheApplication, form: FormName) -> Response:
    """My saved views of a form, and those that others share."""
    with application.saved_views(visitor.schema, visitor.actor, form) as views:
        return answered(views.all())


@router.post("/{form}/views", status_code=201)
def make_view(visitor: CurrentVisitor, application: TheApplication, form: FormName, body: NewViewBody) -> Response:
    """Keep a view under a name."""
    with application.saved_views(visitor.schema, visitor.actor, form) as views:
        return answered(views.read(views.make(_given(body))), 201)


@router.put("/{form}/views/{number}")
def change_view(
    visitor: CurrentVisitor, application: TheApplication, form: FormName, number: Number, body: ChangedViewBody
) -> Response:
    """Change a view of mine; of a shared one everybody may say whether they begin with it."""
    with application.saved_views(visitor.schema, visitor.actor, form) as views:
        views.change(number, _given(body))
        return answered(views.read(number))


@router.delete("/{form}/views/{number}")
def drop_view(visitor: CurrentVisitor, application: TheApplication, form: FormName, number: Number) -> Response:
    """Away with a view of mine."""
    with application.saved_views(visitor.schema, visitor.actor, form) as views:
        views.drop(number)
        return nothing()


def _given(body: NewView | ChangedView) -> ViewGiven:
    """What the body says; what it leaves out of the settings is not kept."""
    settings = None if body.settings is None else body.settings.model_dump(exclude_none=True)
    return ViewGiven(body.name, body.kind, body.shared, settings, body.default)
