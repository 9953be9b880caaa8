"""Rules over HTTP: what each says and did, sleeping and waking, pilots, rehearsals, and the buttons on records."""

from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

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


@router.get("/rules")
def rules(desk: TheDesk) -> Response:
    """Every rule in words, with what it did in the last 30 days."""
    return answered({"rules": desk.rules()})


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
def pause(desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """Let a rule sleep."""
    return answered(desk.pause(rule, is_paused=True))


@router.post("/rules/{rule}/resume")
def resume(desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """Wake a rule."""
    return answered(desk.pause(rule, is_paused=False))


@router.post("/rules/{rule}/pilot")
def pilot(desk: TheDesk, rule: RuleName, body: PilotBody) -> Response:
    """Limit a rule to what some do, or open it to everybody."""
    return answered(desk.pilot(rule, body.users, body.departments))


@router.post("/rules/{rule}/rehearse")
def rehearse(desk: TheDesk, rule: RuleName, _: NothingBody) -> Response:
    """What a rule would have done over the last 90 days; nothing is done."""
    return answered(desk.rehearse(rule))


@router.post("/rules/{rule}/secret")
def secret(
    visitor: CurrentVisitor, application: TheApplication, desk: TheDesk, rule: RuleName, _: NothingBody
) -> Response:
    """A new secret for whoever sends to the rule's webhook; it is told this once."""
    webhook = desk.webhook(rule)
    told = application.outside(visitor.schema).made_secret(visitor.actor, webhook)
    address = f"/api/hooks/{webhook}?company={visitor.company.id}"
    return answered({"webhook": webhook, "address": address, "secret": told})


@router.post("/firings/{number}/replay")
def replay(desk: TheDesk, number: Number, _: NothingBody) -> Response:
    """Do what was given up once more."""
    return answered(desk.replay(number))


@router.post("/{form}/{record_id}/buttons/{rule}")
def press(desk: TheDesk, record: Record, rule: RuleName, _: NothingBody, key: IdempotencyKey) -> Response:
    """Press the button of a rule."""
    text = desk.press(record, rule, key or uuid4().hex)
    return answered({"text": text}, 202 if text is None else 200)
