"""Doors without a login: webhooks that are signed, and forms that are open to the public; both count who knocks."""

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from onebook.engines.rule.refusals import TooManyKnocks, UnknownWebhook
from onebook.entrypoints.http.addresses import FormName, name_in_address
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import parsed, reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import IdempotencyKey, address_of, check_origin
from onebook.entrypoints.http.refusals import NotAnObject
from onebook.entrypoints.http.shapes import GREATEST_ID, Shape
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.storage.transaction import Statement
from onebook.values.label import CHINESE

router = APIRouter(prefix="/api")

#: How often one address may knock within a minute: a machine that sends what happens, a person who looks at a form and
#: fills it in; and how often a form is filled in by everybody together.
HOOKS: Final = 300
LOOKS: Final = 120
FORMS: Final = 10
FORMS_TOGETHER: Final = 300
MINUTE_S: Final = 60.0
#: So many addresses are remembered; should more come, the longest silent are forgotten.
_MOST_ADDRESSES: Final = 10_000
_DEPTH: Final = 10

CompanyId = Annotated[int, Query(ge=1, le=GREATEST_ID)]


class Knocks:
    """How often each address knocked within the last minute, at one door."""

    def __init__(self, most: int) -> None:
        """So many are let in."""
        self._most = most
        self._lock = threading.Lock()
        self._known: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, address: str, now: float | None = None) -> None:
        """One more. Raises TooManyKnocks."""
        at = time.monotonic() if now is None else now
        with self._lock:
            knocks = self._known.pop(address, deque())
            while knocks and knocks[0] <= at - MINUTE_S:
                knocks.popleft()
            self._known[address] = knocks
            if len(self._known) > _MOST_ADDRESSES:
                del self._known[next(iter(self._known))]
            if len(knocks) >= self._most:
                raise TooManyKnocks(seconds=int(knocks[0] + MINUTE_S - at) + 1)
            knocks.append(at)


class Submitted(Shape):
    """What somebody fills in; `website` no person sees, so only machines fill it in."""

    values: dict[str, Any] = Field(max_length=100)
    website: str = Field("", max_length=1000)


@dataclass(frozen=True, slots=True)
class House:
    """The company at whose door somebody knocks."""

    name: str
    schema: str


_hooks: Final = Knocks(HOOKS)
_looks: Final = Knocks(LOOKS)
_forms: Final = Knocks(FORMS)
_crowds: Final = Knocks(FORMS_TOGETHER)
SubmittedBody = Annotated[Submitted, Depends(reading(Submitted))]


def house_of(request: Request, company: CompanyId) -> House:
    """A company by its id. What is no company has no doors. Raises UnknownWebhook."""
    database: Database = request.app.state.database
    with database.transaction(PLATFORM, read_only=True) as transaction:
        [rows] = transaction.commit(Statement("SELECT name, schema FROM company WHERE id = %s", (company,)))
    if not rows:
        raise UnknownWebhook
    return House(*rows[0])


TheHouse = Annotated[House, Depends(house_of)]


async def hook_of(webhook: str) -> str:
    """The name of a webhook."""
    return name_in_address(webhook)


async def raw_body(request: Request) -> bytes:
    """The body as it came: that is what was signed."""
    return await request.body()


def knock_at_hook(request: Request) -> None:
    """Count who sends."""
    _hooks.count(address_of(request))


def look_at_form(request: Request) -> None:
    """Count who looks."""
    _looks.count(address_of(request))


def knock_at_form(request: Request) -> None:
    """Count who submits."""
    _forms.count(address_of(request))


@router.post("/hooks/{webhook}", status_code=201, dependencies=[Depends(knock_at_hook)])
def hook(
    request: Request,
    application: TheApplication,
    house: TheHouse,
    webhook: Annotated[str, Depends(hook_of)],
    body: Annotated[bytes, Depends(raw_body)],
) -> Response:
    """What another system sends: a JSON object of fields, signed as the Standard Webhooks specification says. What came
    before is answered as it was then."""
    message = application.outside(house.schema, lambda door: door.verify(webhook, request.headers, body))
    values = parsed(body, _DEPTH)
    if not isinstance(values, dict):
        raise NotAnObject
    taken = application.outside(house.schema, lambda door: door.take(message, values))
    return answered({"id": taken.id, "number": taken.number}, 201 if taken.is_new else 200)


@router.get("/open/{form}", dependencies=[Depends(look_at_form)])
def describe(application: TheApplication, house: TheHouse, form: FormName, language: str = CHINESE) -> Response:
    """What a page for the public needs to draw a form."""
    described = application.outside(house.schema, lambda door: door.described(form, language))
    return answered({"company": house.name, **described})


@router.post("/open/{form}", status_code=201, dependencies=[Depends(check_origin), Depends(knock_at_form)])
def submit(
    application: TheApplication, house: TheHouse, form: FormName, body: SubmittedBody, key: IdempotencyKey
) -> Response:
    """What somebody of the public sends in; the same key sends it once."""
    if body.website:
        application.outside(house.schema, lambda door: door.trapped(form))
        return answered({"number": None}, 201)
    _crowds.count(f"{house.schema} {form}")
    taken = application.outside(house.schema, lambda door: door.submit(form, body.values, key))
    return answered({"number": taken.number}, 201 if taken.is_new else 200)
