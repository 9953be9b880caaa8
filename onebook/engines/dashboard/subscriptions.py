"""Subscriptions: a dashboard or report that comes by itself, made with its reader's rights when it is due."""

import calendar
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from io import BytesIO
from typing import Any, Final, Literal
from urllib.parse import urlencode

import orjson

from onebook.access.actor import Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.dashboards import Dashboards, Told
from onebook.engines.dashboard.handing import Handed, require_figures
from onebook.engines.dashboard.refusals import TooManySubscriptions, UnknownSubscription, WrongSchedule
from onebook.engines.dashboard.tables import FileKind, taken_out
from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.expression.context import Context
from onebook.locale.texts import text, text_of
from onebook.storage.database import Database
from onebook.storage.transaction import Statement
from onebook.values.refusal import Refusal, Status

Every = Literal["day", "week", "month"]
Form = Literal["xlsx", "pdf", "link"]
Channel = Literal["mail", "inbox"]

_log = logging.getLogger(__name__)

MOST_SUBSCRIPTIONS: Final = 50
_WEEKDAYS: Final = range(1, 8)
_MONTH_DAYS: Final = range(1, 32)


@dataclass(frozen=True, slots=True)
class SubscriptionGiven:
    """What is to come, and when: every day, on a day of the week (1 is Monday) or of the month (its last, if it is
    shorter), at a time of the company's clock."""

    handed: Handed
    every: Every
    day: int | None
    at: time
    format: Form
    channel: Channel
    paused: bool = False


class Subscriptions:
    """The subscriptions of one actor."""

    def __init__(self, database: Database, schema: str, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        """Over the dashboards of a published catalog."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._actor = actor
        self._context = context

    def all(self) -> list[Told]:
        """The actor's own, in the order in which they were made."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_ALL, {"by": self._actor.id}))
        return [self._told(row) for row in rows]

    def make(self, given: SubscriptionGiven) -> Told:
        """A new one. Raises WrongSchedule, TooManySubscriptions, and what opening what is subscribed refuses."""
        values = self._values(given)
        with self._database.transaction(self._schema) as transaction:
            [[[count]]] = transaction.run(Statement(_COUNT, values))
            if count >= MOST_SUBSCRIPTIONS:
                raise TooManySubscriptions(most=MOST_SUBSCRIPTIONS)
            [[row]] = transaction.commit(Statement(f"{_MAKE} RETURNING {_COLUMNS}", values))
        return self._told(row)

    def change(self, number: int, given: SubscriptionGiven) -> Told:
        """Make one of them otherwise. Raises UnknownSubscription, and what `make` raises."""
        values = {**self._values(given), "id": number}
        with self._database.transaction(self._schema) as transaction:
            [rows] = transaction.run(Statement(f"{_CHANGE} RETURNING {_COLUMNS}", values))
            if not rows:
                raise UnknownSubscription
            transaction.commit()
        return self._told(rows[0])

    def drop(self, number: int) -> None:
        """Away with one of them. Raises UnknownSubscription."""
        statement = Statement(_DROP, {"id": number, "by": self._actor.id})
        with self._database.transaction(self._schema) as transaction:
            [rows] = transaction.run(statement)
            if not rows:
                raise UnknownSubscription
            transaction.commit()

    def send(self, number: int) -> None:
        """Send one of them now; when it comes by itself stays as it is. Raises UnknownSubscription, and whatever
        refuses to make it."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_MINE, {"id": number, "by": self._actor.id}))
        if not rows:
            raise UnknownSubscription
        making = _Making(self._database, self._schema, self._dashboards, self._actor, self._context)
        made = making.made(_due(rows[0]), f"subscription:{number}:{self._context.now.isoformat()}")
        with self._database.transaction(self._schema) as transaction:
            files = [int(found[0][0]) for found in transaction.run(*made.files)] if made.files else []
            transaction.commit(*made.posted(files))

    def _values(self, given: SubscriptionGiven) -> dict[str, Any]:
        days = {"day": (None,), "week": _WEEKDAYS, "month": _MONTH_DAYS}[given.every]
        if given.day not in days:
            raise WrongSchedule
        dashboard, asked = given.handed.asked(self._dashboards, self._actor, self._context)
        if given.format != "link":
            require_figures(self._dashboards, dashboard, self._actor, self._context)
        return {
            **given.handed.values({name: asked.told.get(name) for name in given.handed.parameters}),
            "by": self._actor.id,
            "every": given.every,
            "day": given.day,
            "at_time": given.at,
            "format": given.format,
            "channel": given.channel,
            "paused": given.paused,
            "next_at": following(given.every, given.day, given.at, self._context.now, self._context.zone),
        }

    def _told(self, row: tuple[Any, ...]) -> Told:
        number, every, day, at, form, channel, paused, next_at, last_at, error, *kept = row
        handed = Handed(*kept)
        return {
            "id": number,
            "dashboard": handed.dashboard,
            "report": handed.report,
            "look": handed.look,
            "label": handed.label(self._dashboards, self._actor.language),
            "parameters": handed.parameters,
            "every": every,
            "day": day,
            "at": f"{at:%H:%M}",
            "format": form,
            "channel": channel,
            "paused": paused,
            "next_at": next_at.astimezone(self._context.zone),
            "last": None if last_at is None else {"at": last_at, "error": error},
        }


@dataclass(frozen=True, slots=True)
class _Due:
    """A subscription whose time has come."""

    id: int
    by: int
    every: Every
    day: int | None
    at: time
    format: Form
    channel: Channel
    next_at: datetime
    handed: Handed


@dataclass(frozen=True, slots=True)
class _Made:
    """What is sent: a message, and the statements that keep its files and answer with their ids."""

    message: Message
    files: Sequence[Statement] = ()

    def posted(self, files: Sequence[int]) -> list[Statement]:
        """The statements that post it, its files kept as these."""
        return posted([replace(self.message, files=tuple(files))])


class _Making:
    """Making what was subscribed, as its reader may see it: read in a transaction, set when none is held."""

    def __init__(self, database: Database, schema: str, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._actor = actor
        self._context = context

    def made(self, due: _Due, key: str) -> _Made:
        """The message with its file. Raises what refuses to make it."""
        dashboard, asked = due.handed.asked(self._dashboards, self._actor, self._context)
        message = self._message(due, asked, key)
        if due.format == "link":
            return _Made(message)
        tiles = self._dashboards.seen_of(dashboard, self._actor, self._context)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            taken = taken_out(
                transaction, self._dashboards, dashboard, tiles, due.handed.parameters, self._actor, self._context
            )
        content = BytesIO()
        kind: FileKind = "pdf" if due.format == "pdf" else "xlsx"
        taken.write(content, kind)
        name = f"{dashboard.label.in_language(self._actor.language)}.{kind}"
        return _Made(message, (_file(name, content.getvalue(), self._actor.id),))

    def failed(self, due: _Due, refusal: Refusal, key: str) -> _Made:
        """The message that says that it could not be made."""
        label = due.handed.label(self._dashboards, self._actor.language)
        words = text("dashboard.not_sent", {"label": label}, self._actor.language)
        told = text_of(refusal, self._actor.language)
        return _Made(Message("report", due.by, title=words, text=told, by=due.by, key=key))

    def _message(self, due: _Due, asked: Asked, key: str) -> Message:
        handed = due.handed
        chosen = {**_address(handed.look), **{name: value for name, value in asked.told.items() if value is not None}}
        place = f"/dashboards/{handed.dashboard}" if handed.dashboard else f"/reports/{handed.report}"
        words = {
            "label": handed.label(self._dashboards, self._actor.language),
            "day": self._context.today.isoformat(),
        }
        title = text("dashboard.subscribed", words, self._actor.language)
        via = ("mail",) if due.channel == "mail" else ()
        return Message(
            "report", due.by, via=via, title=title, text=title, by=due.by, key=key,
            link=f"{place}?{urlencode(chosen)}" if chosen else place,
        )  # fmt: skip


class Sender:
    """What is due in a company is sent, each subscription exactly once: whoever takes it is the one who moves its next
    time, in the transaction that posts the message."""

    def __init__(
        self, database: Database, schema: str, dashboards: Dashboards, now: datetime, zone: tzinfo,
        contexts: Callable[[Actor, datetime], Context],
    ) -> None:  # fmt: skip
        """`contexts`: what formulas know, of an actor at an instant."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._now = now
        self._zone = zone
        self._contexts = contexts

    def run(self) -> int:
        """Send all that is due; how many were. What cannot be made for the moment stays due, and holds nothing else
        up."""
        sent = 0
        put_off: list[int] = []
        while (found := self._next(put_off)) is not None:
            due, reader = found
            try:
                sent += self._sent(due, reader)
            except Refusal as refusal:
                _log.warning("subscription %s: put off, %s", due.id, refusal)
                put_off.append(due.id)
            except Exception:
                # A mistake of ours in one of them: the others come nevertheless.
                _log.exception("subscription %s: put off", due.id)
                put_off.append(due.id)
        return sent

    def _next(self, put_off: Sequence[int]) -> tuple[_Due, Actor | Refusal] | None:
        """What is due longest but for what is put off, with its reader, or why there is none any more."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_NEXT, {"now": self._now, "put_off": list(put_off)}))
            if not rows:
                return None
            due = _due(rows[0])
            [users] = transaction.run(user_statement(self._schema, due.by))
        try:
            return due, actor_of(users)
        except NotAMember as refusal:
            return due, refusal

    def _sent(self, due: _Due, reader: Actor | Refusal) -> bool:
        then = {
            "id": due.id, "due": due.next_at, "now": self._now, "error": None, "paused": False,
            "next_at": following(due.every, due.day, due.at, self._now, self._zone),
        }  # fmt: skip
        made = None
        if isinstance(reader, Refusal):
            # Nobody is there to read it any more.
            then |= {"paused": True, "error": orjson.dumps({"code": reader.code}).decode()}
        else:
            context = self._contexts(reader, self._now)
            making = _Making(self._database, self._schema, self._dashboards, reader, context)
            key = f"subscription:{due.id}:{due.next_at.isoformat()}"
            try:
                made = making.made(due, key)
            except Refusal as refusal:
                if refusal.status == Status.UNAVAILABLE:
                    raise
                then["error"] = orjson.dumps({"code": refusal.code}).decode()
                made = making.failed(due, refusal, key)
        with self._database.transaction(self._schema) as transaction:
            [taken] = transaction.run(Statement(_TAKE, then))
            if not taken:
                # Sent by somebody else meanwhile, or changed: it is not this one any more.
                return False
            files = [int(found[0][0]) for found in transaction.run(*made.files)] if made and made.files else []
            transaction.commit(*(made.posted(files) if made else ()), Statement(_DONE, then))
        return made is not None


def following(every: Every, day: int | None, at: time, now: datetime, zone: tzinfo) -> datetime:
    """The next instant after now at which a subscription comes."""
    today = now.astimezone(zone).date()
    candidates = (today + timedelta(days=n) for n in range(63))
    found = (datetime.combine(one, at, zone) for one in candidates if _is_day(one, every, day))
    return next(instant for instant in found if instant > now)


def _is_day(one: date, every: Every, day: int | None) -> bool:
    match every:
        case "day":
            return True
        case "week":
            return one.isoweekday() == day
        case _:
            return one.day == min(day or 1, calendar.monthrange(one.year, one.month)[1])


def _due(row: Sequence[Any]) -> _Due:
    number, by, every, day, at, form, channel, next_at, *handed = row
    return _Due(number, by, every, day, at, form, channel, next_at, Handed(*handed))


def _address(look: Mapping[str, Any]) -> dict[str, str]:
    """How a report is looked at, as the address of its page says it."""
    found = {}
    for name, value in look.items():
        if name == "draw":
            found["chart"] = str(value)
        elif isinstance(value, bool):
            found |= {name: "1"} if value else {}
        else:
            found[name] = ",".join(value) if isinstance(value, list | tuple) else str(value)
    return found


def _file(name: str, content: bytes, by: int) -> Statement:
    values = {"name": name, "content": content, "by": by, "size": len(content)}
    return Statement(_FILE, values)


_COLUMNS: Final = """id, every, day, at_time, format, channel, paused, next_at, last_at, last_error,
    dashboard, report, parameters, look"""
_DUE: Final = "id, by, every, day, at_time, format, channel, next_at, dashboard, report, parameters, look"
_ALL: Final = f"SELECT {_COLUMNS} FROM onebook_subscription WHERE by = %(by)s ORDER BY id"
_COUNT: Final = "SELECT count(*) FROM onebook_subscription WHERE by = %(by)s"
_MINE: Final = f"SELECT {_DUE} FROM onebook_subscription WHERE id = %(id)s AND by = %(by)s"
_NEXT: Final = f"""
SELECT {_DUE} FROM onebook_subscription
WHERE NOT paused AND next_at <= %(now)s AND id <> ALL(%(put_off)s::bigint[]) ORDER BY next_at, id LIMIT 1
"""
_TAKE: Final = "SELECT id FROM onebook_subscription WHERE id = %(id)s AND NOT paused AND next_at = %(due)s FOR UPDATE"
_MAKE: Final = """
INSERT INTO onebook_subscription (by, dashboard, report, parameters, look, every, day, at_time, format, channel,
                                  paused, next_at)
VALUES (%(by)s, %(dashboard)s, %(report)s, %(parameters)s::jsonb, %(look)s::jsonb, %(every)s, %(day)s, %(at_time)s,
        %(format)s, %(channel)s, %(paused)s, %(next_at)s)"""
_CHANGE: Final = """
UPDATE onebook_subscription SET dashboard = %(dashboard)s, report = %(report)s, parameters = %(parameters)s::jsonb,
    look = %(look)s::jsonb, every = %(every)s, day = %(day)s, at_time = %(at_time)s, format = %(format)s,
    channel = %(channel)s, paused = %(paused)s, next_at = %(next_at)s
WHERE id = %(id)s AND by = %(by)s"""
_DROP: Final = "DELETE FROM onebook_subscription WHERE id = %(id)s AND by = %(by)s RETURNING id"
_DONE: Final = """
UPDATE onebook_subscription SET next_at = %(next_at)s, last_at = %(now)s, last_error = %(error)s::jsonb,
    paused = paused OR %(paused)s
WHERE id = %(id)s
"""
_FILE: Final = """
INSERT INTO onebook_file (name, size, sha256, content, by)
VALUES (%(name)s, %(size)s, encode(sha256(%(content)s), 'hex'), %(content)s, %(by)s) RETURNING id
"""
