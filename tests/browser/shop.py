"""A small company behind a real HTTP server: what it sells, whom it sells to, and the people who sit at its pages."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

import uvicorn
from cryptography.fernet import Fernet

from onebook.access.logins import create_login, join_company
from onebook.engines.application import Application
from onebook.engines.message.outlets import Outlets
from onebook.entrypoints.http import app as http
from onebook.entrypoints.http.hub import Hub
from onebook.integrations.network import Outside
from onebook.integrations.providers import providers
from onebook.storage.announcing import Announcer
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company
from onebook.storage.vault import Vault
from tests.scenarios.world import World

PASSWORD = "a good password"
START_S = 60
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody who works here."""

    login: str
    name: str
    id: int


@dataclass
class Shop:
    """The company, as whoever sets a scene sees it: documents are made through commands, pages are at `address`."""

    database: Database
    company: Company
    address: str
    world: World
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: str, name: str) -> Person:
        """Somebody with a role; the same one when asked for again."""
        if name not in self.people:
            login = f"{role}{next(_numbers)}"
            with self.database.transaction(PLATFORM) as transaction:
                create_login(transaction, login, PASSWORD)
                join_company(transaction, login, self.company.id)
                transaction.commit()
            made = self.world.made("user", name=name, login=login, roles=[role])
            self.people[name] = Person(login, name, made.id)
        return self.people[name]

    @cached_property
    def boss(self) -> Person:
        """Somebody who may do everything."""
        return self.person("administrator", "罗建平")

    def goods(self, name: str, price: str = "10", stock: str | None = None, **more: Any) -> int:
        """A product, with some of it in stock."""
        product = self.world.product(name, price, **more)
        if stock is not None:
            self.world.stock(product, stock)
        return product


class _Server(uvicorn.Server):
    """Stops without waiting for streams that never end by themselves."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        self._hub.stop()
        await super().shutdown(sockets)


@contextmanager
def opened(database: Database, company: Company) -> Iterator[Shop]:
    """The company behind a server of its own on a free port, for as long as it is needed."""
    announcer = Announcer(database)
    outlets = Outlets(Vault(key=Fernet.generate_key().decode()), providers(Outside()))
    application = Application(database, announcer=announcer, outlets=outlets)
    app = http.create(application, database)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=3)
    server = _Server(config, app.state.hub)
    thread = threading.Thread(target=server.run, name="pages")
    thread.start()
    try:
        deadline = time.monotonic() + START_S
        while not server.started:
            assert thread.is_alive(), "the server ended by itself"
            assert time.monotonic() < deadline, f"the server did not start in {START_S} s"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Shop(database, company, f"http://127.0.0.1:{port}", World(application, company.schema))
    finally:
        server.should_exit = True
        thread.join(30)
        announcer.close()
