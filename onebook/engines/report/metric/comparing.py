"""Pages beside themselves at another time: each sum as it was before, and by which part of that it has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.heading import Heading
from onebook.engines.report.metric.parts import Comparison, before
from onebook.engines.report.refusals import NotComparable
from onebook.engines.report.request import Page
from onebook.engines.report.span import Span
from onebook.values.decimals import ZERO
from onebook.values.label import Label
from onebook.values.month import Month

_WORDS: Final = {"previous": Label("（上期）", " before"), "year": Label("（去年同期）", " a year ago")}
_CHANGE: Final = Label("变化", " change")
#: A hundredth of a percent is the last place of a change.
_PLACES: Final = Decimal("0.0001")
_DAYS: Final = frozenset({FieldKind.DATE, FieldKind.MONTH})


def earlier(report: Report, told: Mapping[str, str | None], how: Comparison) -> dict[str, str]:
    """The parameters that say the time, for the time that is compared with: the span before of `from` and `to` or of a
    month, or the same a year ago; of an `as_of` the day a month or a year before. Raises NotComparable where the
    report is of no time."""
    first, last = told.get("from"), told.get("to")
    if first and last:
        span = before(Span(date.fromisoformat(first), date.fromisoformat(last)), how)
        return {"from": span.first.isoformat(), "to": span.last.isoformat()}
    for name, one in report.parameters.items():
        if one.kind is FieldKind.MONTH and (month := told.get(name)):
            known = Month.of(date.fromisoformat(month))
            return {name: before(Span(known.first, known.last), how).first.isoformat()}
    if as_of := told.get("as_of"):
        day = date.fromisoformat(as_of)
        past = before(Span(day, day), how).last if how == "year" else _month_before(day)
        return {"as_of": past.isoformat()}
    raise NotComparable(name=report.label)


def _month_before(day: date) -> date:
    """The same day of the month before; its last, if it is shorter, and of a last day."""
    ended = Month.of(Month.of(day).first - timedelta(days=1))
    return ended.last if day == Month.of(day).last else ended.first.replace(day=min(day.day, ended.last.day))


@dataclass(frozen=True, slots=True)
class Compared:
    """A page and the same report at the time before, all rows of it."""

    page: Page
    then: Page
    how: Comparison

    def told(self) -> Page:
        """The page with two further columns beside each of its sums."""
        page, totals = self.page, self.page.extra["totals"]
        keys = [heading for heading in page.headings if heading.is_key]
        summed = [heading for heading in page.headings if heading.key in totals and heading.is_number]
        known = {tuple(_plain(row[key.key]) for key in keys): row for row in self.then.rows}
        rows = []
        for row in page.rows:
            past = known.get(tuple(_same(row[key.key], key, self.how) for key in keys), {})
            rows.append({**row, **self._beside(summed, row, past)})
        past_totals = self.then.extra["totals"]
        extra = {**page.extra, "totals": {**totals, **self._beside(summed, totals, past_totals)}}
        if page.extra.get("others"):
            left = {
                one.key: _number(past_totals.get(one.key))
                - sum((_number(row[f"{one.key}.before"]) for row in rows), ZERO)
                for one in summed
            }
            others = page.extra["others"]
            extra["others"] = {**others, **self._beside(summed, others, left)}
        return replace(page, headings=list(self._headings(page.headings, summed)), rows=rows, extra=extra)

    def _headings(self, headings: Iterable[Heading], summed: Sequence[Heading]) -> Iterator[Heading]:
        for heading in headings:
            yield heading
            if heading in summed:
                yield replace(heading, key=f"{heading.key}.before", label=_beside(heading.label, _WORDS[self.how]))
                label = _beside(heading.label, _CHANGE)
                yield Heading(f"{heading.key}.change", label, FieldKind.PERCENT)

    def _beside(self, summed: Sequence[Heading], now: Mapping[str, Any], past: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for heading in summed:
            was, value = _number(past.get(heading.key)), _number(now.get(heading.key))
            found[f"{heading.key}.before"] = _text(was, heading)
            found[f"{heading.key}.change"] = f"{((value - was) / abs(was)).quantize(_PLACES):f}" if was else None
        return found


def require_comparable(page: Page, how: Comparison, label: Label) -> None:
    """Refuse what has no rows of its own time to set beside each other: days are the same days only a year ago."""
    if how == "previous" and any(heading.is_key and _is_time(heading) for heading in page.headings):
        raise NotComparable(name=label)


def _is_time(heading: Heading) -> bool:
    return heading.kind in _DAYS or ":" in heading.key


def _same(value: Any, key: Heading, how: Comparison) -> Any:
    """The key of the row before that a row stands beside."""
    plain = _plain(value)
    if how != "year" or plain is None or not _is_time(key):
        return plain
    text = str(plain)
    past = f"{int(text[:4]) - 1:04}{text[4:]}"
    # A leap day stands beside the last day of February.
    return past.replace("-02-29", "-02-28")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value["id"]
    return value.isoformat() if isinstance(value, date) else value


def _number(value: Any) -> Decimal:
    return ZERO if value is None else Decimal(value)


def _beside(label: Label, more: Label) -> Label:
    return Label(f"{label.chinese}{more.chinese}", f"{label.english}{more.english}")


def _text(value: Decimal, heading: Heading) -> str:
    if heading.kind is FieldKind.MONEY:
        return f"{value:.2f}"
    return f"{value.normalize():f}" if value else "0"
