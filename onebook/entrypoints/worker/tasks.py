"""The tasks that jobs run, and what the clock begins: nightly documents, checking the books, clearing away."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.message.courier import DUE, cleared
from onebook.engines.message.outbox import DELIVER, called
from onebook.engines.process.ruling.working import WAITING
from onebook.entrypoints.worker.worker import Schedule, Task
from onebook.ledger.check import Drift
from onebook.locale.texts import text, text_of
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, companies
from onebook.storage.transaction import Statement, Transaction
from onebook.values.refusal import Refusal, Status

#: Answers of commands are kept for a week: nobody retries a request for longer.
ANSWERS_DAYS: Final = 7
ATTEMPTS_DAYS: Final = 30
#: Messages are kept for a quarter of a year, with the files that went along.
MESSAGES_DAYS: Final = 90
_log: Final = logging.getLogger(__name__)

#: At night in China.
SCHEDULES: Final = (
    Schedule("*/5 * * * *", "approvals_all"),
    Schedule("*/5 * * * *", "subscriptions_all"),
    Schedule("5 16 * * *", "make_all"),
    Schedule("0 18 * * *", "check_all"),
    Schedule("30 18 * * *", "clear_away"),
    Schedule("* * * * *", "rules_all"),
    Schedule("* * * * *", "deliver_all"),
)


class BooksDiffer(Refusal):
    """The books are not what their entries say; the job stays as failed, and `onebook doctor` shows it."""

    code = "worker.books_differ"
    status = Status.CONFLICT


class NotMade(Refusal):
    """Documents of the night could not be made; the job stays as failed, and `onebook doctor` shows it."""

    code = "worker.not_made"
    status = Status.CONFLICT


def tasks(application: Application, database: Database) -> Mapping[str, Task]:
    """Each task by its name."""
    return {
        "subscriptions_all": partial(_for_all, database, "subscriptions"),
        "subscriptions": partial(_subscriptions, application),
        "make_all": partial(_for_all, database, "make"),
        "make": partial(_make, application),
        "approvals_all": partial(_for_all, database, "approvals"),
        "approvals": partial(_approvals, application),
        "check_all": partial(_for_all, database, "check"),
        "check": partial(_check, application),
        "clear_away": partial(_clear_away, database),
        "deliver_all": partial(_deliver_all, database),
        DELIVER: partial(_deliver, application),
        "rules_all": partial(_rules_all, database),
        "rules": partial(_rules, application, database),
    }


def _for_all(database: Database, task: str, **_: object) -> None:
    """Enter a task for every company: each is a job of its own, so that one does not hide another."""
    with database.administration() as connection:
        known = companies(connection)
    with database.transaction(PLATFORM) as transaction:
        transaction.commit(*(queue.enter(task, {"schema": company.schema}) for company in known))


def _rules_all(database: Database, **_: object) -> None:
    """Call the worker for every company whose rules have anything to do: what no call has told of is found here."""

    def call(transaction: Transaction) -> None:
        [[(waits,)]] = transaction.run(WAITING)
        if waits:
            transaction.commit(_call_rules(transaction.schema))

    _in_each(database, call)


def _rules(application: Application, database: Database, **arguments: object) -> None:
    """Run a company's rules for a while; what is left then waits behind the jobs of others."""
    schema = str(arguments["schema"])
    if application.run_rules(schema):
        with database.transaction(schema) as transaction:
            transaction.commit(_call_rules(schema))


def _call_rules(schema: str) -> Statement:
    return queue.enter("rules", {"schema": schema}, lock=f"rules:{schema}")


def _deliver_all(database: Database, **_: object) -> None:
    """Call the worker for every company with messages that are due: what no call has told of is found here."""

    def call(transaction: Transaction) -> None:
        [[(is_due,)]] = transaction.run(DUE)
        if is_due:
            transaction.commit(called())

    _in_each(database, call)


def _deliver(application: Application, **arguments: object) -> None:
    """Send a company's messages that are due."""
    application.deliver(str(arguments["schema"]))


def _subscriptions(application: Application, **arguments: object) -> None:
    """Send a company's people what they subscribed, if its time has come."""
    application.send_subscriptions(str(arguments["schema"]))


def _make(application: Application, **arguments: object) -> None:
    """Make a company's documents of the night; every refusal is logged."""
    schema = str(arguments["schema"])
    refused = application.nightly(schema)
    for refusal in refused:
        _log.error("%s: %s", schema, refusal)
    if refused:
        told = {"count": len(refused)}
        application.alarm(
            schema, "worker.alarm_not_made", told, f"make:{_today()}",
            lambda language: [text_of(refusal, language) for refusal in refused],
        )  # fmt: skip
        raise NotMade(schema=schema, count=len(refused))


def _approvals(application: Application, **arguments: object) -> None:
    """What the clock brings to a company's approvals: time limits, absences, grants that were left."""
    application.approvals(str(arguments["schema"]), SYSTEM).tick()


def _check(application: Application, **arguments: object) -> None:
    """Recompute a company's books; every difference is logged."""
    schema = str(arguments["schema"])
    differences = application.check(schema)
    for difference in differences:
        _log.error("%s: %s", schema, difference)
    if differences:
        told = {"count": len(differences)}
        application.alarm(
            schema, "worker.alarm_books_differ", told, f"check:{_today()}",
            lambda language: [text("worker.difference", _difference(one), language) for one in differences],
        )  # fmt: skip
        raise BooksDiffer(schema=schema, count=len(differences))


def _clear_away(database: Database, **_: object) -> None:
    """Remove expired sessions, old attempts to log in, and answers that nobody will ask for again."""

    def clear(transaction: Transaction) -> None:
        old = "DELETE FROM onebook_answer WHERE at < now() - make_interval(days => %s)"
        transaction.commit(Statement(old, (ANSWERS_DAYS,)), cleared(MESSAGES_DAYS))

    with database.transaction(PLATFORM) as transaction:
        transaction.commit(
            Statement("DELETE FROM onebook.session WHERE expires_at < now()"),
            Statement(
                "DELETE FROM onebook.login_attempt WHERE at < now() - make_interval(days => %s)", (ATTEMPTS_DAYS,)
            ),
        )
    _in_each(database, clear)


def _in_each(database: Database, do: Callable[[Transaction], None]) -> None:
    """Do something in a transaction of each company, whatever becomes of the others; then raise what failed last."""
    with database.administration() as connection:
        known = companies(connection)
    failed = None
    for company in known:
        try:
            with database.transaction(company.schema) as transaction:
                do(transaction)
        except Exception as error:
            _log.exception("%s", company.schema)
            failed = error
    if failed is not None:
        raise failed


def _today() -> str:
    """The day of an alarm: the same alarm of one day is one."""
    return datetime.now(UTC).date().isoformat()


def _difference(drift: Drift) -> dict[str, object]:
    """A difference of the books as the data of its text."""
    journals = ", ".join(map(str, drift.journals)) or None
    return {"what": drift.what, "subject": drift.subject, "stored": drift.stored, "recomputed": drift.recomputed,
            "journals": journals}  # fmt: skip
