"""Subscriptions: a dashboard or report that comes by itself, made with its reader's rights when it is due."""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from io import BytesIO
from typing import Any, Final, Literal
from urllib.parse import urlencode

import orjson

from onebook.access.actor import Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.definition.dashboard import Dashboard
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.dashboards import Dashboards, Told
from onebook.engines.dashboard.refusals import (
    TileNotExportable,
    TooManySubscriptions,
    UnknownSubscription,
    WrongSchedule,
)
from onebook.engines.dashboard.tables import FileKind, taken_out
from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.expression.context import Context
from onebook.locale.texts import text, text_of
from onebook.storage.database import Database
from onebook.storage.transaction import Statement, Transaction
from onebook.values.refusal import Refusal

Every = Literal["day", "week", "month"]
Form = Literal["xlsx", "pdf", "link"]
Channel = Literal["mail", "inbox"]

MOST_SUBSCRIPTIONS: Final = 50
_WEEKDAYS: Final = range(1, 8)
_MONTH_DAYS: Final = range(1, 32)


@dataclass(frozen=True, slots=True)
class SubscriptionGiven:
    """What is to come, and when: every day, on a day of the week (1 is Monday) or of the month (its last, if it is
    shorter), at a time of the company's clock."""

    dashboard: str | None
    report: str | None
    parameters: Mapping[str, Any]
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
        with self._database.transaction(self._schema) as transaction:
            [rows] = transaction.run(Statement(_MINE, {"id": number, "by": self._actor.id}))
            if not rows:
                raise UnknownSubscription
            due = _Due(*rows[0])
            sending = _Sending(self._dashboards, self._actor, self._context)
            key = f"subscription:{number}:{self._context.now.isoformat()}"
            transaction.commit(*sending.statements(transaction, due, key))

    def _values(self, given: SubscriptionGiven) -> dict[str, Any]:
        days = {"day": (None,), "week": _WEEKDAYS, "month": _MONTH_DAYS}[given.every]
        if given.day not in days:
            raise WrongSchedule
        dashboard = _subscribed(self._dashboards, given.dashboard, given.report, self._actor, self._context)
        Asked(dashboard, given.parameters, self._context)
        if given.format != "link" and not any(
            self._dashboards.may_export(tile, self._actor)
            for tile in self._dashboards.seen_of(dashboard, self._actor, self._context)
        ):
            raise TileNotExportable(name=dashboard.label)
        return {
            "by": self._actor.id,
            "dashboard": given.dashboard,
            "report": given.report,
            "parameters": orjson.dumps(dict(given.parameters)).decode(),
            "every": given.every,
            "day": given.day,
            "at_time": given.at,
            "format": given.format,
            "channel": given.channel,
            "paused": given.paused,
            "next_at": following(given.every, given.day, given.at, self._context.now, self._context.zone),
        }

    def _told(self, row: tuple[Any, ...]) -> Told:
        number, dashboard, report, parameters, every, day, at, form, channel, paused, next_at, last_at, error = row
        catalog = self._dashboards.catalog
        known = catalog.dashboards.get(dashboard) if dashboard else catalog.reports.get(report)
        return {
            "id": number,
            "dashboard": dashboard,
            "report": report,
            "label": known.label.in_language(self._actor.language) if known else dashboard or report,
            "parameters": parameters,
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
    dashboard: str | None
    report: str | None
    parameters: Mapping[str, Any]
    every: Every
    day: int | None
    at: time
    format: Form
    channel: Channel
    next_at: datetime


class _Sending:
    """Making what was subscribed, as its reader may see it."""

    def __init__(self, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        self._dashboards = dashboards
        self._actor = actor
        self._context = context

    def statements(self, transaction: Transaction, due: _Due, key: str) -> list[Statement]:
        """The message with its file, to be posted in the same transaction. Raises what refuses to make it."""
        dashboard = _subscribed(self._dashboards, due.dashboard, due.report, self._actor, self._context)
        files: tuple[int, ...] = ()
        if due.format != "link":
            tiles = self._dashboards.seen_of(dashboard, self._actor, self._context)
            taken = taken_out(
                transaction, self._dashboards, dashboard, tiles, due.parameters, self._actor, self._context
            )
            content = BytesIO()
            kind: FileKind = "pdf" if due.format == "pdf" else "xlsx"
            taken.write(content, kind)
            name = f"{dashboard.label.in_language(self._actor.language)}.{kind}"
            [[[number]]] = transaction.run(_file(name, content.getvalue(), self._actor.id))
            files = (number,)
        return posted([self._message(dashboard, due, key, files)])

    def failed(self, due: _Due, refusal: Refusal, key: str) -> list[Statement]:
        """The message that says that it could not be made."""
        words = text("dashboard.not_sent", {"label": self._label(due)}, self._actor.language)
        return posted(
            [Message("report", due.by, title=words, text=text_of(refusal, self._actor.language), by=due.by, key=key)]
        )

    def _message(self, dashboard: Dashboard, due: _Due, key: str, files: tuple[int, ...]) -> Message:
        asked = Asked(dashboard, due.parameters, self._context)
        chosen = urlencode({name: value for name, value in asked.told.items() if value is not None})
        place = f"/dashboards/{due.dashboard}" if due.dashboard else f"/reports/{due.report}"
        label = dashboard.label.in_language(self._actor.language)
        words = {"label": label, "day": self._context.today.isoformat()}
        title = text("dashboard.subscribed", words, self._actor.language)
        via = ("mail",) if due.channel == "mail" else ()
        return Message(
            "report", due.by, via=via, title=title, text=title, files=files, by=due.by, key=key,
            link=f"{place}?{chosen}" if chosen else place,
        )  # fmt: skip

    def _label(self, due: _Due) -> str:
        catalog = self._dashboards.catalog
        known = catalog.dashboards.get(due.dashboard or "") or catalog.reports.get(due.report or "")
        return known.label.in_language(self._actor.language) if known else str(due.dashboard or due.report)


class Sender:
    """What is due in a company is sent, each subscription in a transaction of its own, exactly once."""

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
        """Send all that is due; how many were."""
        sent = 0
        while self._next():
            sent += 1
        return sent

    def _next(self) -> bool:
        with self._database.transaction(self._schema) as transaction:
            [rows] = transaction.run(Statement(_TAKE, {"now": self._now}))
            if not rows:
                return False
            due = _Due(*rows[0])
            then = {
                "id": due.id, "now": self._now, "error": None, "paused": False,
                "next_at": following(due.every, due.day, due.at, self._now, self._zone),
            }  # fmt: skip
            [users] = transaction.run(user_statement(self._schema, due.by))
            try:
                actor = actor_of(users)
            except NotAMember as refusal:
                # Nobody is there to read it any more.
                then |= {"paused": True, "error": orjson.dumps({"code": refusal.code}).decode()}
                transaction.commit(Statement(_DONE, then))
                return True
            sending = _Sending(self._dashboards, actor, self._contexts(actor, self._now))
            key = f"subscription:{due.id}:{due.next_at.isoformat()}"
            try:
                statements = sending.statements(transaction, due, key)
            except Refusal as refusal:
                then["error"] = orjson.dumps({"code": refusal.code}).decode()
                statements = sending.failed(due, refusal, key)
            transaction.commit(*statements, Statement(_DONE, then))
        return True


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


def _subscribed(
    dashboards: Dashboards, dashboard: str | None, report: str | None, actor: Actor, context: Context
) -> Dashboard:
    """What is subscribed, as the actor sees it; a report as a dashboard of its own."""
    if report is not None:
        return dashboards.of_report(report, actor, context)
    return dashboards.find(str(dashboard), actor, context)


def _file(name: str, content: bytes, by: int) -> Statement:
    values = {"name": name, "content": content, "by": by, "size": len(content)}
    return Statement(_FILE, values)


_COLUMNS: Final = """id, dashboard, report, parameters, every, day, at_time, format, channel, paused, next_at, last_at,
    last_error"""
_DUE: Final = "id, by, dashboard, report, parameters, every, day, at_time, format, channel, next_at"
_ALL: Final = f"SELECT {_COLUMNS} FROM onebook_subscription WHERE by = %(by)s ORDER BY id"
_COUNT: Final = "SELECT count(*) FROM onebook_subscription WHERE by = %(by)s"
_MINE: Final = f"SELECT {_DUE} FROM onebook_subscription WHERE id = %(id)s AND by = %(by)s"
_TAKE: Final = f"""
SELECT {_DUE} FROM onebook_subscription WHERE NOT paused AND next_at <= %(now)s
ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MAKE: Final = """
INSERT INTO onebook_subscription (by, dashboard, report, parameters, every, day, at_time, format, channel, paused,
                                  next_at)
VALUES (%(by)s, %(dashboard)s, %(report)s, %(parameters)s::jsonb, %(every)s, %(day)s, %(at_time)s, %(format)s,
        %(channel)s, %(paused)s, %(next_at)s)"""
_CHANGE: Final = """
UPDATE onebook_subscription SET dashboard = %(dashboard)s, report = %(report)s, parameters = %(parameters)s::jsonb,
    every = %(every)s, day = %(day)s, at_time = %(at_time)s, format = %(format)s, channel = %(channel)s,
    paused = %(paused)s, next_at = %(next_at)s
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
