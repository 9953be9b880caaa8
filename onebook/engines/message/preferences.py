"""What people prefer of messages: which ways they take for whom, when they are quiet, and the day's bundle."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Key

from onebook.engines.message.message import KINDS
from onebook.engines.message.provider import Reach
from onebook.engines.message.refusals import PreferenceWrong
from onebook.storage.transaction import Statement, Transaction
from onebook.values.refusal import Problem

Time = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Kind = Annotated[str, StringConstraints(pattern=f"^({'|'.join(KINDS)})$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

#: What also goes by mail unless people say otherwise: what somebody waits for, and what must not be overlooked.
_ALSO_BY_MAIL: Final = frozenset({"task", "alarm"})
_PREFERENCES: Final = "SELECT settings FROM onebook_message_preference WHERE actor = %(user)s::bigint"


class Quiet(BaseModel):
    """From when until when nothing rings that can wait."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    begins: Annotated[Time, Key(alias="from")] = "22:00"
    ends: Annotated[Time, Key(alias="to")] = "07:30"


class Preferences(BaseModel):
    """What one user prefers. Their inbox gets everything at once, always."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    #: By kind and channel, as far as they ever said.
    ways: Annotated[dict[Kind, Annotated[dict[Channel, bool], Key(max_length=100)]], Key(max_length=len(KINDS))] = Key(
        default_factory=dict
    )
    quiet: Quiet | None = Quiet()
    #: When everything of a day that can wait is sent in one mail; None: each at once.
    bundle: Time | None = None

    def takes(self, kind: str, channel: str, reach: Reach, *, named: bool) -> bool:
        """Whether a message of a kind goes by a channel; `named`: whoever wrote it asks for that channel."""
        said = self.ways.get(kind, {}).get(channel)
        return (named or (reach == "mail" and kind in _ALSO_BY_MAIL)) if said is None else said

    def held_until(self, now: datetime, zone: tzinfo, reach: Reach) -> tuple[datetime | None, bool]:
        """Until when what can wait is held, and whether in a bundle; None: it goes at once."""
        if reach == "mail" and self.bundle is not None:
            return _next(now, zone, self.bundle), True
        return quiet_until(self.quiet, now, zone), False


def preferences(transaction: Transaction, user: int) -> Preferences:
    """What a user prefers, or what everybody begins with."""
    [rows] = transaction.run(Statement(_PREFERENCES, {"user": user}))
    return preferences_of(rows[0][0]) if rows else Preferences()


def quiet_until(quiet: Quiet | None, now: datetime, zone: tzinfo) -> datetime | None:
    """The end of the quiet hours that `now` is in, if it is in any; they may pass midnight."""
    if quiet is None or quiet.begins == quiet.ends:
        return None
    clock, begins, ends = now.astimezone(zone).time(), time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends)
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    return _next(now, zone, quiet.ends) if is_quiet else None


def preferences_of(given: Mapping[str, Any]) -> Preferences:
    """Preferences as they are said. Refuses with PreferenceWrong, naming each field."""
    try:
        return Preferences.model_validate(dict(given))
    except ValidationError as error:
        problems = [
            Problem("message.wrong_value", ".".join(map(str, one["loc"])) or None, data={"reason": one["msg"]})
            for one in error.errors()
        ]
        raise PreferenceWrong(problems) from None


def _next(now: datetime, zone: tzinfo, at: str) -> datetime:
    """The next instant at which clocks in the zone show a time."""
    local = now.astimezone(zone)
    then = datetime.combine(local.date(), time.fromisoformat(at), zone)
    return then if then > local else datetime.combine(local.date() + timedelta(days=1), time.fromisoformat(at), zone)
