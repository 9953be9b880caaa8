"""Messages over HTTP: channels and the log for administrators, what each user prefers for everybody."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from onebook.engines.message.channels import Given
from onebook.entrypoints.http.addresses import Number, name_in_address
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.shapes import GREATEST_ID, NothingBody, Shape

router = APIRouter(prefix="/api")

MOST_FIELDS = 100
#: What a channel is called in addresses and rules.
CHANNEL = r"^[a-z][a-z0-9_]{0,63}$"

AskedChannel = Annotated[str | None, Query(pattern=CHANNEL)]
State = Annotated[Literal["waiting", "sent", "failed", "dead", "held", "dropped"] | None, Query()]
Cursor = Annotated[int | None, Query(ge=1, le=GREATEST_ID)]
Limit = Annotated[int, Query(ge=1, le=200)]


class ChannelGiven(Shape):
    """A channel as it is to be. Secrets that are not named stay as they are; null takes one away."""

    name: str = Field(pattern=CHANNEL)
    kind: str = Field(min_length=1, max_length=64)
    label: str = Field(min_length=1, max_length=60, pattern=r"^[^\r\n]*\S[^\r\n]*$")
    active: bool = True
    settings: dict[str, Any] = Field(default_factory=dict, max_length=MOST_FIELDS)
    secrets: dict[str, Any] = Field(default_factory=dict, max_length=MOST_FIELDS, repr=False)


class Test(Shape):
    """To whom a test goes, where a channel needs an address or a number."""

    to: str | None = Field(default=None, min_length=1, max_length=254)


class Replay(Shape):
    """Which channel's messages are sent again; without it all that were given up."""

    channel: str | None = Field(default=None, pattern=CHANNEL)


class Preferred(Shape):
    """What a user prefers of messages; what is not given is as usual. The values are checked where they are kept."""

    ways: dict[str, Any] = Field(default_factory=dict)
    quiet: dict[str, Any] | None = None
    bundle: str | None = None


async def channel_of(name: Annotated[str, Path()]) -> str:
    """The name of a channel."""
    return name_in_address(name)


ChannelName = Annotated[str, Depends(channel_of)]
ChannelBody = Annotated[ChannelGiven, Depends(reading(ChannelGiven))]
TestBody = Annotated[Test, Depends(reading(Test))]
ReplayBody = Annotated[Replay, Depends(reading(Replay))]
PreferredBody = Annotated[Preferred, Depends(reading(Preferred))]


@router.get("/channels")
def channels(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """The channels of the company, and the kinds that there are."""
    return answered(application.all_messages(visitor.schema, visitor.speaking).channels())


@router.put("/channels")
def put_channel(visitor: CurrentVisitor, application: TheApplication, body: ChannelBody) -> Response:
    """Enter a channel, or change it."""
    given = Given(body.name, body.kind, body.label.strip(), body.active, body.settings, body.secrets)
    return answered(application.all_messages(visitor.schema, visitor.speaking).put_channel(given))


@router.delete("/channels/{name}")
def remove_channel(visitor: CurrentVisitor, application: TheApplication, name: ChannelName) -> Response:
    """Take a channel away."""
    application.all_messages(visitor.schema, visitor.speaking).remove_channel(name)
    return nothing()


@router.post("/channels/{name}/test")
def test_channel(visitor: CurrentVisitor, application: TheApplication, name: ChannelName, body: TestBody) -> Response:
    """Send a few words by a channel, now."""
    return answered(application.all_messages(visitor.schema, visitor.speaking).test_channel(name, body.to))


@router.get("/messages")
def log(
    visitor: CurrentVisitor,
    application: TheApplication,
    state: State = None,
    channel: AskedChannel = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What was sent, what waits and what did not leave, the latest first."""
    messages = application.all_messages(visitor.schema, visitor.speaking)
    return answered(messages.log(state=state, channel=channel, cursor=cursor, limit=limit))


@router.post("/messages/replay")
def replay_all(visitor: CurrentVisitor, application: TheApplication, body: ReplayBody) -> Response:
    """Send again everything that was given up."""
    return answered({"replayed": application.all_messages(visitor.schema, visitor.speaking).replay_all(body.channel)})


@router.post("/messages/{number}/replay")
def replay(visitor: CurrentVisitor, application: TheApplication, number: Number, body: NothingBody) -> Response:
    """Send a message again that was given up or dropped."""
    del body
    return answered(application.all_messages(visitor.schema, visitor.speaking).replay(number))


@router.get("/preferences/messages")
def preferences(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """What I prefer of messages, and what can be chosen from."""
    return answered(application.messages(visitor.schema, visitor.speaking).preferences())


@router.put("/preferences/messages")
def prefer(visitor: CurrentVisitor, application: TheApplication, body: PreferredBody) -> Response:
    """Prefer something else."""
    return answered(application.messages(visitor.schema, visitor.speaking).prefer(body.model_dump(exclude_unset=True)))
