"""The tasks that jobs run, and what the clock begins: nightly documents, checking the books, clearing away."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Final

from onebook.engines.application import Application
from onebook.entrypoints.worker.worker import Schedule, Task
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, companies
from onebook.storage.transaction import Statement
from onebook.values.refusal import Refusal, Status

#: Answers of commands are kept for a week: nobody retries a request for longer.
ANSWERS_DAYS: Final = 7
ATTEMPTS_DAYS: Final = 30
_log: Final = logging.getLogger(__name__)

#: At night in China.
SCHEDULES: Final = (
    Schedule("5 16 * * *", "make_all"),
    Schedule("0 18 * * *", "check_all"),
    Schedule("30 18 * * *", "clear_away"),
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
        "make_all": partial(_for_all, database, "make"),
        "make": partial(_make, application),
        "check_all": partial(_for_all, database, "check"),
        "check": partial(_check, application),
        "clear_away": partial(_clear_away, database),
    }


def _for_all(database: Database, task: str, **_: object) -> None:
    """Enter a task for every company: each is a job of its own, so that one does not hide another."""
    with database.administration() as connection:
        known = companies(connection)
    with database.transaction(PLATFORM) as transaction:
        transaction.commit(*(queue.enter(task, {"schema": company.schema}) for company in known))


def _make(application: Application, **arguments: object) -> None:
    """Make a company's documents of the night; every refusal is logged."""
    schema = str(arguments["schema"])
    refused = application.nightly(schema)
    for refusal in refused:
        _log.error("%s: %s", schema, refusal)
    if refused:
        raise NotMade(schema=schema, count=len(refused))


def _check(application: Application, **arguments: object) -> None:
    """Recompute a company's books; every difference is logged."""
    schema = str(arguments["schema"])
    differences = application.check(schema)
    for difference in differences:
        _log.error("%s: %s", schema, difference)
    if differences:
        raise BooksDiffer(schema=schema, count=len(differences))


def _clear_away(database: Database, **_: object) -> None:
    """Remove expired sessions, old attempts to log in, and answers that nobody will ask for again."""
    with database.administration() as connection:
        known = companies(connection)
    with database.transaction(PLATFORM) as transaction:
        transaction.commit(
            Statement("DELETE FROM onebook.session WHERE expires_at < now()"),
            Statement(
                "DELETE FROM onebook.login_attempt WHERE at < now() - make_interval(days => %s)", (ATTEMPTS_DAYS,)
            ),
        )
    for company in known:
        with database.transaction(company.schema) as transaction:
            old = "DELETE FROM onebook_answer WHERE at < now() - make_interval(days => %s)"
            transaction.commit(Statement(old, (ANSWERS_DAYS,)))
