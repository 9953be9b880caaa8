"""What the command line needs of an installation; `bootstrap` puts it together."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from socket import socket
from typing import Protocol

from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.settings import Settings


class House(Protocol):
    """An installation that is open: its database is running and up to date."""

    settings: Settings
    database: Database
    application: Application
    #: The migrations that opening it has applied.
    migrated: list[str]

    def serve(self, listener: socket, origin: str | None = None) -> None:
        """Answer HTTP requests and run jobs until interrupted; `origin` is the public one behind a proxy."""

    def work(self, origin: str | None = None) -> None:
        """Run jobs until interrupted; `origin`: where people find the product, for the links of messages."""


#: Opens the installation that the environment names; leaving stops what was started.
Open = Callable[[], AbstractContextManager[House]]
