"""The days that a report is about, and the parameters that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.refusals import WrongParameter
from onebook.values.month import Month


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


def day_of(given: Mapping[str, Any], today: date) -> date:
    """The day of an open items report: `as_of`, else today."""
    day = given.get("as_of")
    return day if isinstance(day, date) else today


def is_now(day: date, today: date) -> bool:
    """Whether nothing but what is booked ahead lies behind the day."""
    return day >= today - timedelta(days=0)
