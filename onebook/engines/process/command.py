"""Commands: everything that can be asked of a company's records, as plain data."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from onebook.access.actor import Actor
from onebook.values.reference import RecordRef


@dataclass(frozen=True, slots=True)
class Create:
    """A new record with the values that are given (as JSON has them); `then` runs a transition in the same breath.

    `accept_warnings`: the user has seen that there are others like it and wants it all the same."""

    form: str
    values: Mapping[str, Any] = field(default_factory=dict)
    then: str | None = None
    accept_warnings: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Other values for a record as it stood at `version`; fields that are not named stay. `then` runs a transition of
    the changed record in the same breath. Without a version: whatever the record is now."""

    record: RecordRef
    version: int | None
    values: Mapping[str, Any]
    accept_warnings: bool = False
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One step of a record's life. Without a version: whatever the record is now."""

    record: RecordRef
    transition: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Reverse:
    """The exact inverse of a step: `step`, or the latest that stands. `followers`: of all that stands on it too.
    Without a version: whatever the record is now."""

    record: RecordRef
    step: int | None = None
    followers: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """A record goes to the recycle bin."""

    record: RecordRef
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """A record comes back out of the recycle bin."""

    record: RecordRef


@dataclass(frozen=True, slots=True)
class CreateFromRows:
    """Drafts of a form, made as a report declares under `name` of its rows: of those with these keys, as its page shows
    them (of links the id), or of all that qualify. `parameters` and `sort` are those of the report; `then` is a step
    that every one of them takes at once."""

    report: str
    name: str
    form: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] | None = None
    sort: tuple[str, ...] | None = None
    accept_warnings: bool = False
    then: str | None = None


Action = Create | Update | Run | Reverse | Bin | Restore | CreateFromRows


@dataclass(frozen=True, slots=True)
class Command:
    """An action, who asks for it, and the key under which asking again gives the same answer.

    `granted`: the approval that agreed to it. `anew`: submitted again after it was returned, all are asked anew."""

    action: Action
    actor: Actor
    key: str | None = None
    granted: int | None = None
    anew: bool = False

    @property
    def form(self) -> str:
        """The form it is about."""
        if isinstance(self.action, Create | CreateFromRows):
            return self.action.form
        return self.action.record.form

    @property
    def fingerprint(self) -> str:
        """The same for the same request, and different for any other."""
        asked = {"kind": type(self.action).__name__, "action": asdict(self.action)}
        return hashlib.sha256(orjson.dumps(asked, default=_plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Decimal() | date() | datetime():
            return str(value)
        case Mapping():
            return dict(value)
        case set() | frozenset() | tuple():
            return list(value)
    raise TypeError(f"{type(value).__name__} is not a value of JSON")
