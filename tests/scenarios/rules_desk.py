"""A small company with rules of every kind, declared in one text, and a hand that runs what they wait for."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.scenarios.world import NOW, World

TEXT: Final = (Path(__file__).parents[1] / "data" / "rules.yaml").read_text("utf-8")


@dataclass
class Desk(World):
    """One company that publishes the rules, and what happens in it."""

    clock: list[datetime] = field(kw_only=True)

    @classmethod
    def opened(cls, database: Database, company: Company, text: str = TEXT) -> Self:
        publish(database, company.schema, [read_text(text)])
        clock = [NOW]
        application = Application(database, now=lambda: clock[0])
        return cls(application, company.schema, clock=clock)

    def settle(self) -> None:
        """Everything that rules wait for now."""
        while self.application.run_rules(self.schema):
            pass

    def fired(self, rule: str) -> list[tuple[Any, ...]]:
        """(state, object, done) of a rule's firings."""
        return self.ask("SELECT state, object, done FROM onebook_firing WHERE rule = %(rule)s ORDER BY id", rule=rule)

    def told(self) -> list[tuple[Any, ...]]:
        """(recipient, title, text, data) of everything that rules said."""
        return self.ask("SELECT recipient, title, text, data FROM onebook_message WHERE kind = 'rule' ORDER BY id")
