"""The company of Northwind after its two years: replayed once in a run of tests, and copied for whoever asks."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from starlette.testclient import TestClient

from examples.api import Api
from examples.northwind.load import Replay
from onebook.access.actor import SYSTEM
from onebook.access.logins import create_login, join_company
from onebook.engines.application import Application
from onebook.engines.process.command import Command, Create
from onebook.entrypoints.http.app import create
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company, companies

#: From which day orders earn their salesperson which share.
COMMISSIONS = ((date(1996, 1, 1), Decimal("0.02")), (date(1997, 6, 1), Decimal("0.03")))
LOGIN, PASSWORD = "northwind", "a good password"
#: What a replay remembers of the ids it was given, by the files' own keys.
REMEMBERED = ("products", "suppliers", "customers", "orders")


@dataclass(frozen=True)
class Northwind:
    """Somebody at work in the company, and the ids of its records by the files' own keys."""

    database: Database
    company: Company
    api: Api
    replay: Replay


def replayed(database: Database, ids: Path) -> None:
    """Two years through the HTTP API in the only company of a database; the ids it was given go into a file."""
    with database.administration() as connection:
        [company] = companies(connection)
    user = {"name": LOGIN, "login": LOGIN, "roles": ["administrator"]}
    Application(database).execute(company.schema, Command(Create("user", user), SYSTEM))
    with database.transaction(PLATFORM) as transaction:
        create_login(transaction, LOGIN, PASSWORD)
        join_company(transaction, LOGIN, company.id)
        transaction.commit()
    with at_work(database) as there:
        [known] = there.api.records("company", "version")
        rules = [{"from_on": day.isoformat(), "rate": str(rate)} for day, rate in COMMISSIONS]
        there.api.update("company", known["id"], known["version"], {"commissions": rules})
        there.replay.run()
        ids.write_bytes(pickle.dumps({name: getattr(there.replay, name) for name in REMEMBERED}))


@contextmanager
def at_work(database: Database, ids: Path | None = None) -> Iterator[Northwind]:
    """A session in the company, with what the replay remembered if there was one."""
    with database.administration() as connection:
        [company] = companies(connection)
    with TestClient(create(Application(database), database)) as client:
        api = Api(client.request, LOGIN, PASSWORD)
        replay = Replay(api)
        if ids is not None:
            for name, known in pickle.loads(ids.read_bytes()).items():
                setattr(replay, name, known)
        yield Northwind(database, company, api, replay)
