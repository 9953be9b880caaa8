"""A company with a clock that can be turned, and a hand that runs what its rules wait for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from onebook.access.actor import SYSTEM
from onebook.values.reference import RecordRef
from tests.scenarios.world import NOW, World


@dataclass
class Clocked(World):
    """A world whose application reads this clock."""

    clock: list[datetime] = field(default_factory=lambda: [NOW])

    @contextmanager
    def awake(self, *rules: str) -> Iterator[None]:
        """With these rules awake; asleep again behind."""
        desk = self.application.rules(self.schema, SYSTEM, "zh-CN")
        for rule in rules:
            desk.pause(rule, is_paused=False)
        yield
        for rule in rules:
            desk.pause(rule, is_paused=True)

    def settle(self) -> None:
        """Everything that rules wait for now."""
        while self.application.run_rules(self.schema):
            pass

    def later(self, days: int) -> None:
        self.clock[0] += timedelta(days=days)
        self.settle()

    def told(self, record: RecordRef | None = None) -> Sequence[tuple[Any, ...]]:
        """(channel, to, text) of what rules said, about one record if it is named."""
        return self.ask(
            "SELECT channel, coalesce(recipient::text, address), text FROM onebook_message WHERE kind = 'rule'"
            " AND (%(id)s::bigint IS NULL OR record = %(id)s) ORDER BY id",
            id=None if record is None else record.id,
        )
