"""The time that metrics are asked for: a span of days, what it is compared with, and the parts that its trend is of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from onebook.engines.report.span import Span
from onebook.values.month import Month

Comparison = Literal["previous", "year"]
Grain = Literal["day", "month", "quarter", "year"]

#: The most parts of a trend: a span of days that has more is read from its end.
MOST_PARTS: Final = 400
#: How far a trend reaches back where the span itself has but one part, and how many parts it then has.
_BACK: Final[dict[str, int]] = {"day": 30, "month": 12, "quarter": 8, "year": 5}
_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a trend: what it is called, and its days. `value` is as the database cuts it."""

    key: str
    value: date | str
    span: Span


def before(span: Span, how: Comparison) -> Span:
    """The time that a span is compared with: as many days right before it (whole months: as many months), or the same
    days a year ago."""
    if how == "year":
        return Span(_years_back(span.first), _years_back(span.last))
    if not span.begins_late and not span.ends_early:
        months = _count(span.first, span.last)
        return Span(_shifted(span.first, -months), span.first - timedelta(days=1))
    days = (span.last - span.first).days + 1
    return Span(span.first - timedelta(days=days), span.first - timedelta(days=1))


def parts(span: Span, grain: Grain) -> list[Part]:
    """The parts of a span, the first and the last cut to it; of a span within one part, those that lead up to it."""
    first = begin(span.first, grain)
    is_single = begin(span.last, grain) == first
    if is_single:
        first = _back(first, grain, _BACK[grain] - 1)
    found = list(_parts(first, span, grain, from_start=is_single))
    return found[-MOST_PARTS:]


def begin(day: date, grain: Grain) -> date:
    """The first day of the part in which a day lies."""
    if grain == "day":
        return day
    months = _MONTHS[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def named(first: date, grain: Grain) -> str:
    """What the part that begins on a day is called: `2026-09-14`, `2026-09`, `2026Q3`, `2026`."""
    match grain:
        case "day":
            return first.isoformat()
        case "month":
            return f"{first:%Y-%m}"
        case "quarter":
            return f"{first.year}Q{(first.month + 2) // 3}"
        case _:
            return str(first.year)


def _parts(first: date, span: Span, grain: Grain, *, from_start: bool) -> Iterator[Part]:
    while first <= span.last:
        following = first + timedelta(days=1) if grain == "day" else _shifted(first, _MONTHS[grain])
        start = first if from_start else max(first, span.first)
        days = Span(start, min(following - timedelta(days=1), span.last))
        name = named(first, grain)
        # Quarters and years leave the database as their names.
        yield Part(name, first if grain in ("day", "month") else name, days)
        first = following


def _back(first: date, grain: Grain, parts: int) -> date:
    return first - timedelta(days=parts) if grain == "day" else _shifted(first, -_MONTHS[grain] * parts)


def _shifted(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _count(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _years_back(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    # The last day of February stays the last one.
    is_end = day == Month.of(day).last
    return Month.of(date(day.year - 1, day.month, 1)).last if is_end else day.replace(year=day.year - 1)
