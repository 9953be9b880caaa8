"""The time that a report is about: its days, and as of which instant the book is read; parameters say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.refusals import WrongParameter
from onebook.values.month import Month

#: Sources that can be read as the book was known at an instant.
DATED: Final = frozenset({"balances", "positions", "open_items", "entries"})


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day, both within."""

    first: date
    last: date

    @property
    def begins_late(self) -> bool:
        """Whether days of its first month lie before it."""
        return self.first.day != 1

    @property
    def ends_early(self) -> bool:
        """Whether days of its last month lie behind it."""
        return self.last != Month.of(self.last).last

    def values(self) -> dict[str, date]:
        """The days as SQL needs them."""
        return {
            "span_first": self.first,
            "span_last": self.last,
            "span_first_month": Month.of(self.first).first,
            "span_last_month": Month.of(self.last).first,
            "span_last_month_end": Month.of(self.last).last,
        }


def span_of(report: Report, given: Mapping[str, Any], today: date) -> Span:
    """The days of a balances report: its month, or from and to; else the month of today. Raises WrongParameter."""
    months = [name for name, one in report.parameters.items() if one.kind is FieldKind.MONTH]
    if months and (day := given.get(months[0])) is not None:
        month = Month.of(day)
        return Span(month.first, month.last)
    first, last = given.get("from"), given.get("to")
    last = last or (today if first is None or first <= today else first)
    span = Span(first or Month.of(last).first, last)
    if span.last < span.first:
        raise WrongParameter(name=report.parameters["to"].label if "to" in report.parameters else "to")
    return span


@dataclass(frozen=True, slots=True)
class When:
    """The time that a ledger report is of.

    `span`: its days, the last one being the day as of which it stands; None: as it stands now.
    `known_at`: what was written into the book later does not count; None: as corrected by now."""

    span: Span | None = None
    known_at: datetime | None = None

    @property
    def shape(self) -> tuple[bool, bool, bool, bool]:
        """What of it decides the SQL, values apart."""
        span = self.span
        edges = (span.begins_late, span.ends_early) if span is not None else (False, False)
        return (span is not None, *edges, self.known_at is not None)

    def values(self) -> dict[str, Any]:
        """The time as SQL needs it."""
        return {**(self.span.values() if self.span is not None else {}), "known_at": self.known_at}


def when_of(report: Report, given: Mapping[str, Any], today: date) -> When:
    """The time of a report: days by its parameters, the instant by `known_at`. Raises WrongParameter."""
    known_at = given.get("known_at") if report.source in DATED else None
    known_at = known_at if isinstance(known_at, datetime) else None
    match report.source:
        case "balances" | "entries" | "metrics":
            return When(span_of(report, given, today), known_at)
        case "open_items":
            return When(_up_to(given.get("as_of") or today), known_at)
        case "positions" if given.get("as_of") is not None:
            return When(_up_to(given["as_of"]), known_at)
        case _:
            return When(None, known_at)


def _up_to(day: date) -> Span:
    """The days that bring a balance from the beginning of a month to the end of a day."""
    return Span(Month.of(day).first, day)
