"""Dashboards for others over HTTP: links that open one for some days, and what comes by itself at some hours."""

import re
from datetime import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, model_validator

from onebook.engines.dashboard.refusals import UnknownShare
from onebook.engines.dashboard.shares import MOST_DAYS, SharedBoard
from onebook.engines.dashboard.subscriptions import SubscriptionGiven
from onebook.engines.process.refusals import NotPublished
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
ThingName = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]


class NewShare(Shape):
    """A dashboard to be shared for some days, with the parameters that are chosen; others follow their defaults."""

    dashboard: ThingName
    parameters: Given = Field(default_factory=dict)
    days: int = Field(default=7, ge=1, le=MOST_DAYS)


class Subscription(Shape):
    """What is to come by itself: exactly one of dashboard and report; `at` by the company's clock; `day` of the week (1
    is Monday) or of the month."""

    dashboard: ThingName | None = None
    report: ThingName | None = None
    parameters: Given = Field(default_factory=dict)
    every: Literal["day", "week", "month"]
    day: int | None = Field(default=None, ge=1, le=31)
    at: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    format: Literal["xlsx", "pdf", "link"] = "xlsx"
    channel: Literal["mail", "inbox"] = "mail"
    paused: bool = False

    @model_validator(mode="after")
    def _one_thing(self) -> "Subscription":
        if (self.dashboard is None) == (self.report is None):
            raise ValueError("exactly one of dashboard and report")
        return self

    def given(self) -> SubscriptionGiven:
        """As the engine takes it."""
        return SubscriptionGiven(
            self.dashboard, self.report, self.parameters, self.every, self.day, time.fromisoformat(self.at),
            self.format, self.channel, self.paused,
        )  # fmt: skip


@router.get("/shares")
def list_shares(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """The dashboards that I share by link."""
    return answered(application.shares(visitor.schema, visitor.speaking).all())


@router.post("/shares", status_code=201)
def make_share(
    visitor: CurrentVisitor, application: TheApplication, body: Annotated[NewShare, Depends(reading(NewShare))]
) -> Response:
    """Share a dashboard: the token of its link is told here and nowhere else."""
    shares = application.shares(visitor.schema, visitor.speaking)
    made = shares.make(body.dashboard, body.parameters, body.days)
    return answered({**made, "token": f"{visitor.company.id}-{made['token']}"}, 201)


@router.delete("/shares/{number}")
def revoke_share(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """Take a link back: it opens nothing any more."""
    application.shares(visitor.schema, visitor.speaking).revoke(number)
    return nothing()


def shared_board(request: Request, application: TheApplication, token: Annotated[str, Path()]) -> SharedBoard:
    """The dashboard that a link opens; whoever has it needs no session. Raises UnknownShare."""
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
    """A shared dashboard: what a page needs to draw it."""
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
