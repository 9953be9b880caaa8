"""Dashboards and reports for others over HTTP: links that open one for some days, what comes at some hours."""

import re
from datetime import time
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, model_validator

from onebook.definition.dashboard import Draw
from onebook.engines.dashboard.handing import Handed
from onebook.engines.dashboard.refusals import UnknownShare
from onebook.engines.dashboard.shares import MOST_DAYS, SharedBoard
from onebook.engines.dashboard.subscriptions import SubscriptionGiven
from onebook.engines.process.refusals import NotPublished
from onebook.engines.report.request import PAGE_LIMIT
from onebook.entrypoints.http.addresses import Number, name_in_address
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, sessions_of
from onebook.entrypoints.http.reports import Scalar
from onebook.entrypoints.http.shapes import Shape

router = APIRouter(prefix="/api")

#: A token names its company first, so that nobody searches for it in all of them.
_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([A-Za-z0-9_-]{20,100})")

Given = Annotated[dict[str, Scalar], Field(max_length=50)]
Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)]
ThingName = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]


class Look(Shape):
    """How a report is looked at: drawn as what, grouped by which of its keys, with which of its columns, in which
    order, how many rows with the others as one, a key across; beside its totals their running sums, their shares, what
    they were before."""

    draw: Draw | None = None
    rows: Names = Field(default_factory=list)
    columns: Names = Field(default_factory=list)
    sort: Names = Field(default_factory=list)
    pivot: Annotated[str, Field(max_length=200)] | None = None
    top: int | None = Field(default=None, ge=1, le=PAGE_LIMIT)
    running: bool = False
    share: bool = False
    compare: Literal["previous", "year"] | None = None


class Thing(Shape):
    """What is handed on: exactly one of dashboard and report, with the parameters that are chosen (others follow their
    defaults); of a report how it is looked at."""

    dashboard: ThingName | None = None
    report: ThingName | None = None
    parameters: Given = Field(default_factory=dict)
    look: Look = Field(default_factory=Look)

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.dashboard is None) == (self.report is None):
            raise ValueError("exactly one of dashboard and report")
        if self.dashboard is not None and self.look != Look():
            raise ValueError("look: only of a report")
        return self

    def handed(self) -> Handed:
        """As the engine takes it."""
        look = self.look.model_dump(mode="json", exclude_defaults=True)
        return Handed(self.dashboard, self.report, self.parameters, look)


class NewShare(Thing):
    """What is to be shared, and for how many days."""

    days: int = Field(default=7, ge=1, le=MOST_DAYS)


class Subscription(Thing):
    """What is to come by itself: `at` by the company's clock; `day` of the week (1 is Monday) or of the month."""

    every: Literal["day", "week", "month"]
    day: int | None = Field(default=None, ge=1, le=31)
    at: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    format: Literal["xlsx", "pdf", "link"] = "xlsx"
    channel: Literal["mail", "inbox"] = "mail"
    paused: bool = False

    def given(self) -> SubscriptionGiven:
        """As the engine takes it."""
        return SubscriptionGiven(
            self.handed(), self.every, self.day, time.fromisoformat(self.at), self.format, self.channel, self.paused
        )


@router.get("/shares")
def list_shares(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """What I share by link."""
    return answered(application.shares(visitor.schema, visitor.speaking).all())


@router.post("/shares", status_code=201)
def make_share(
    visitor: CurrentVisitor, application: TheApplication, body: Annotated[NewShare, Depends(reading(NewShare))]
) -> Response:
    """Share a dashboard or report: the token of its link is told here and nowhere else."""
    shares = application.shares(visitor.schema, visitor.speaking)
    made = shares.make(body.handed(), body.days)
    return answered({**made, "token": f"{visitor.company.id}-{made['token']}"}, 201)


@router.delete("/shares/{number}")
def revoke_share(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """Take a link back: it opens nothing any more."""
    application.shares(visitor.schema, visitor.speaking).revoke(number)
    return nothing()


def shared_board(request: Request, application: TheApplication, token: Annotated[str, Path()]) -> SharedBoard:
    """What a link opens; whoever has it needs no session. Raises UnknownShare."""
    found = _TOKEN.fullmatch(token)
    company = sessions_of(request).company(int(found[1])) if found else None
    if found is None or company is None:
        raise UnknownShare
    try:
        return application.shared(company.schema, found[2])
    except NotPublished:
        raise UnknownShare from None


TheSharedBoard = Annotated[SharedBoard, Depends(shared_board)]


@router.get("/shared/{token}")
def read_shared(board: TheSharedBoard) -> Response:
    """What was shared: what a page needs to draw it, a report as a dashboard of one tile."""
    return answered(board.described())


@router.get("/shared/{token}/tiles/{tile}")
def read_shared_tile(board: TheSharedBoard, tile: Annotated[str, Path()]) -> Response:
    """What a tile of a shared dashboard shows."""
    return answered(board.tile(name_in_address(tile)))


@router.get("/subscriptions")
def list_subscriptions(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """What comes to me by itself."""
    return answered(application.subscriptions(visitor.schema, visitor.speaking).all())


SubscriptionBody = Annotated[Subscription, Depends(reading(Subscription))]


@router.post("/subscriptions", status_code=201)
def make_subscription(visitor: CurrentVisitor, application: TheApplication, body: SubscriptionBody) -> Response:
    """Subscribe a dashboard or report."""
    return answered(application.subscriptions(visitor.schema, visitor.speaking).make(body.given()), 201)


@router.put("/subscriptions/{number}")
def change_subscription(
    visitor: CurrentVisitor, application: TheApplication, number: Number, body: SubscriptionBody
) -> Response:
    """Change a subscription of mine; it is given whole."""
    return answered(application.subscriptions(visitor.schema, visitor.speaking).change(number, body.given()))


@router.delete("/subscriptions/{number}")
def drop_subscription(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """Away with a subscription of mine."""
    application.subscriptions(visitor.schema, visitor.speaking).drop(number)
    return nothing()


@router.post("/subscriptions/{number}/send")
def send_subscription(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """Send it to me now, beside its own hours."""
    application.subscriptions(visitor.schema, visitor.speaking).send(number)
    return nothing()
