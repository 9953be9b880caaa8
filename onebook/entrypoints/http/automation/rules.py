"""Rules over HTTP: what each says and did, sleeping and waking, pilots, rehearsals, and the buttons on records."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from onebook.engines.print.codes import qr
from onebook.engines.process.ruling.desk import RuleDesk
from onebook.entrypoints.http.addresses import Number, Record, name_in_address
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey
from onebook.entrypoints.http.shapes import GREATEST_ID, NothingBody, Shape

router = APIRouter(prefix="/api")

PAGE_LIMIT = 200
MOST_OF_A_PILOT = 200

Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]
State = Annotated[Literal["waiting", "running", "done", "failed", "dead", "skipped"] | None, Query()]
Cursor = Annotated[int | None, Query(ge=1, le=GREATEST_ID)]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Words = Annotated[str, Query(max_length=200)]
#: Where the pages are found: what people type before the first slash.
Origin = Annotated[str, Query(pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,200}$")]


class Pilot(Shape):
    """Whom a rule is tried out with; nobody named: it is for everybody."""

    users: list[Id] = Field(default_factory=list, max_length=MOST_OF_A_PILOT)
    departments: list[Id] = Field(default_factory=list, max_length=MOST_OF_A_PILOT)


async def rule_of(rule: Annotated[str, Path()]) -> str:
    """The name of a rule."""
    return name_in_address(rule)


RuleName = Annotated[str, Depends(rule_of)]
PilotBody = Annotated[Pilot, Depends(reading(Pilot))]


def desk_of(visitor: CurrentVisitor, application: TheApplication) -> RuleDesk:
    """The rules of the visitor's company."""
    return application.rules(visitor.schema, visitor.actor, visitor.language)


TheDesk = Annotated[RuleDesk, Depends(desk_of)]


def addressed(visitor: CurrentVisitor, told: dict[str, Any]) -> dict[str, Any]:
    """A rule with the address of its door, if others reach it."""
    door = told["door"]
    if door is None:
        return told
    company = visitor.company.id
    at = f"/open/{company}/{door['name']}" if door["kind"] == "form" else _hook_address(company, door["name"])
    return {**told, "door": {**door, "address": at}}


def _hook_address(company: int, webhook: str) -> str:
    return f"/api/hooks/{webhook}?company={company}"


@router.get("/rules")
def rules(visitor: CurrentVisitor, desk: TheDesk) -> Response:
    """Every rule in words, with what it did in the last 30 days."""
    return answered({"rules": [addressed(visitor, one) for one in desk.rules()]})


@router.get("/rules/runs")
def all_runs(desk: TheDesk, state: State = None, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """The runs of all rules, the latest first."""
    return answered(desk.runs(None, state=state, cursor=cursor, limit=limit))


@router.get("/rules/departments")
def departments(desk: TheDesk, q: Words = "") -> Response:
    """Departments by name, for pilots."""
    return answered({"items": desk.departments(q.strip())})


@router.get("/rules/{rule}/runs")
def runs(desk: TheDesk, rule: RuleName, state: State = None, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """The runs of a rule, the latest first: why it fired, what it did."""
    return answered(desk.runs(rule, state=state, cursor=cursor, limit=limit))


@router.post("/rules/{rule}/pause")
def pause(visitor: CurrentVisitor, desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """Let a rule sleep."""
    return answered(addressed(visitor, desk.pause(rule, is_paused=True)))


@router.post("/rules/{rule}/resume")
def resume(visitor: CurrentVisitor, desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """Wake a rule."""
    return answered(addressed(visitor, desk.pause(rule, is_paused=False)))


@router.post("/rules/{rule}/pilot")
def pilot(visitor: CurrentVisitor, desk: TheDesk, rule: RuleName, body: PilotBody) -> Response:
    """Limit a rule to what some do, or open it to everybody."""
    return answered(addressed(visitor, desk.pilot(rule, body.users, body.departments)))


@router.post("/rules/{rule}/rehearse")
def rehearse(desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """What a rule would have done over the last 90 days; nothing is done."""
    return answered(desk.rehearse(rule))


@router.post("/rules/{rule}/secret")
def secret(
    visitor: CurrentVisitor, application: TheApplication, desk: TheDesk, rule: RuleName, _: NothingBody
) -> Response:
    """A new secret for whoever sends to the rule's webhook, told this once, with a message that it signs."""
    webhook = desk.webhook(rule)
    made = application.outside(visitor.schema, lambda door: door.made_secret(visitor.actor, webhook))
    example = {"headers": made.headers, "body": made.body}
    address = _hook_address(visitor.company.id, webhook)
    return answered({"webhook": webhook, "address": address, "secret": made.secret, "example": example})


@router.get("/rules/{rule}/code")
def code(visitor: CurrentVisitor, desk: TheDesk, rule: RuleName, origin: Origin) -> Response:
    """The address of the form that a rule opens to the public as a QR code, for paper and shop windows."""
    drawing = qr(f"{origin}/open/{visitor.company.id}/{desk.open_form(rule)}")
    assert drawing is not None, "an origin and a name are short"
    return Response(drawing, media_type="image/svg+xml")


@router.post("/firings/{number}/replay")
def replay(desk: TheDesk, number: Number, _: NothingBody) -> Response:
    """Do what was given up once more."""
    return answered(desk.replay(number))


@router.post("/{form}/{record_id}/buttons/{rule}")
def press(desk: TheDesk, record: Record, rule: RuleName, _: NothingBody, key: IdempotencyKey) -> Response:
    """Press the button of a rule."""
    text = desk.press(record, rule, key or uuid4().hex)
    return answered({"text": text}, 202 if text is None else 200)
