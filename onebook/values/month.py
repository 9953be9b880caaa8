"""A calendar month: the period that books open and close by."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; months compare in time."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month written as `2026-03`. Raises ValueError."""
        return cls.of(date.fromisoformat(f"{text}-01"))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Self:
        """The month after it."""
        return type(self)(self.year + self.number // 12, self.number % 12 + 1)

    def __str__(self) -> str:
        """As users write it: `2026-03`."""
        return f"{self.year:04d}-{self.number:02d}"
