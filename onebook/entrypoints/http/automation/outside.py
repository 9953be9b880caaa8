"""Doors without a login: webhooks that are signed, and forms that are open to the public; both count who knocks."""

import threading
import time
from collections import defaultdict, deque
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field

from onebook.engines.rule.refusals import TooManyKnocks, UnknownWebhook
from onebook.entrypoints.http.addresses import FormName, name_in_address
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import parsed, reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import address_of, check_origin
from onebook.entrypoints.http.refusals import NotAnObject
from onebook.entrypoints.http.shapes import GREATEST_ID, Shape
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.storage.transaction import Statement
from onebook.values.label import CHINESE

router = APIRouter(prefix="/api")

#: How often one address may knock within a minute: a machine that sends what happens, a person who fills in a form.
HOOKS: Final = 300
FORMS: Final = 10
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
    """What somebody fills in."""

    values: dict[str, Any] = Field(max_length=100)


_hooks: Final = Knocks(HOOKS)
_forms: Final = Knocks(FORMS)
SubmittedBody = Annotated[Submitted, Depends(reading(Submitted))]


def schema_of(request: Request, company: CompanyId) -> str:
    """Where the tables of a company lie. What is no company has no doors. Raises UnknownWebhook."""
    database: Database = request.app.state.database
    with database.transaction(PLATFORM, read_only=True) as transaction:
        [rows] = transaction.commit(Statement("SELECT schema FROM company WHERE id = %s", (company,)))
    if not rows:
        raise UnknownWebhook
    return str(rows[0][0])


Schema = Annotated[str, Depends(schema_of)]


async def hook_of(webhook: str) -> str:
    """The name of a webhook."""
    return name_in_address(webhook)


async def raw_body(request: Request) -> bytes:
    """The body as it came: that is what was signed."""
    return await request.body()


def knock_at_hook(request: Request) -> None:
    """Count who sends."""
    _hooks.count(address_of(request))


def knock_at_form(request: Request) -> None:
    """Count who submits."""
    _forms.count(address_of(request))


@router.post("/hooks/{webhook}", status_code=201, dependencies=[Depends(knock_at_hook)])
def hook(
    application: TheApplication,
    schema: Schema,
    webhook: Annotated[str, Depends(hook_of)],
    body: Annotated[bytes, Depends(raw_body)],
    second: Annotated[str, Header(alias="X-Onebook-Timestamp", max_length=20)] = "",
    signature: Annotated[str, Header(alias="X-Onebook-Signature", max_length=200)] = "",
) -> Response:
    """What another system sends: a JSON object of fields, signed over `timestamp.body`."""
    door = application.outside(schema)
    door.verify(webhook, second, signature, body)
    values = parsed(body, _DEPTH)
    if not isinstance(values, dict):
        raise NotAnObject
    taken = door.take(webhook, signature, values)
    return answered({"id": taken.record.id, "number": taken.number}, 201)


@router.get("/open/{form}")
def describe(application: TheApplication, schema: Schema, form: FormName, language: str = CHINESE) -> Response:
    """What a page for the public needs to draw a form."""
    return answered(application.outside(schema).described(form, language))


@router.post("/open/{form}", status_code=201, dependencies=[Depends(check_origin), Depends(knock_at_form)])
def submit(application: TheApplication, schema: Schema, form: FormName, body: SubmittedBody) -> Response:
    """What somebody of the public sends in."""
    made = application.outside(schema).submit(form, body.values)
    return answered({"number": made.number}, 201)
