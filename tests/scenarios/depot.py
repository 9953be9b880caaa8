"""A depot that keeps things in lots and spots, declared in one text: every way in which goods can move."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.scenarios.world import NOW, World

TEXT: Final = (Path(__file__).parents[1] / "data" / "depot.yaml").read_text("utf-8")


@dataclass
class Depot(World):
    """One company that publishes the depot, and what happens in it."""

    @classmethod
    def opened(cls, database: Database, company: Company, text: str = TEXT) -> Self:
        publish(database, company.schema, [read_text(text)])
        return cls(Application(database, now=lambda: NOW), company.schema)
