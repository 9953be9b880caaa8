"""Reports of the past and of what comes: any day, the book as it was known at any instant, promises by their days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from onebook.access.actor import SYSTEM
from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.process.looking.opening import Asked
from onebook.engines.report.refusals import WrongParameter
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Page
from onebook.values.month import Month
from tests.scenarios.history import FIGURES, Entry, History
from tests.scenarios.world import TODAY, World

ZERO = Decimal(0)
MEASURES = ("quantity", "amount")
#: Days before, within and behind the history, at the end of months and not.
DAYS = [date(2025, 12, 19), date(2026, 1, 14), date(2026, 1, 31), date(2026, 2, 5), date(2026, 3, 3), TODAY]
SPANS = [(date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 1, 9), date(2026, 2, 6)), (date(2025, 12, 1), TODAY)]
Key = tuple[Any, ...]

PAST = """
app: past
label: 往日 | Past
needs: [sales, stock, finance]
---
report: stood
label: 某日存量 | Stood
source: positions
of: on_hand
parameters: &time
  as_of: {kind: date, label: a | a}
  known_at: {kind: instant, label: b | b}
rows: [place, item]
columns: &standing
  quantity: {label: c | c, shows: balance_quantity, total: true}
  amount: {label: d | d, shows: balance_amount, total: true}
  taken: {label: e | e, shows: taken_quantity, total: true}
  expected: {label: f | f, shows: expected_quantity, total: true}
  waiting: {label: g | g, shows: waiting_quantity, total: true}
  free: {label: h | h, shows: available_quantity, total: true}
  finally: {label: i | i, shows: projected_quantity, total: true}
  last_on: {label: j | j, shows: last_on}
---
report: stood_by_lot
label: 某日批次 | Stood by lot
source: positions
of: on_hand
parameters: {TIME}
rows: [place, item, lot]
columns: {STANDING}
---
report: owed
label: 某日应收 | Owed
source: positions
of: receivable
parameters: {TIME}
rows: [party]
columns:
  amount: {label: a | a, shows: balance_amount, total: true}
  expected: {label: b | b, shows: expected_amount, total: true}
---
report: earned
label: 某日收入 | Earned
source: positions
of: revenue
parameters: {TIME}
rows: [party]
columns:
  amount: {label: a | a, shows: balance_amount, total: true}
---
report: moved
label: 收发 | Moved
source: balances
of: on_hand
parameters: &span
  from: {kind: date, label: a | a}
  to: {kind: date, label: b | b}
  known_at: {kind: instant, label: c | c}
rows: [place, item, lot]
columns:
FIGURES
---
report: goods_moved
label: 商品收发 | Goods moved
source: balances
of: on_hand
parameters: {SPAN}
rows: [place, item]
columns:
FIGURES
---
report: claims_moved
label: 应收变动 | Claims moved
source: balances
of: receivable
parameters: {SPAN}
rows: [party]
columns:
FIGURES
---
report: revenue_moved
label: 收入变动 | Revenue moved
source: balances
of: revenue
parameters: {SPAN}
rows: [party]
columns:
FIGURES
---
report: open_then
label: 未结 | Open then
source: open_items
of: receivable
due: due_on
parameters: {TIME}
rows: [party, document]
columns:
  open: {label: a | a, shows: open_amount, total: true}
---
report: coming
label: 展望 | Coming
source: outlook
of: on_hand
parameters:
  item: {kind: link, to: product, label: 商品 | Product}
rows: [place, item, "on"]
columns: &outlook
  stands: {label: a | a, shows: balance_quantity}
  comes: {label: b | b, shows: incoming_quantity, total: true}
  goes: {label: c | c, shows: outgoing_quantity, total: true}
  after: {label: d | d, shows: projected_quantity}
  free: {label: e | e, shows: promisable_quantity}
  short_on: {label: f | f, shows: short_on}
---
report: coming_of_all
label: 展望合计 | Coming of all
source: outlook
of: on_hand
rows: ["on"]
columns: {OUTLOOK}
---
report: coming_at_last
label: 展望结果 | Coming at last
source: outlook
of: on_hand
rows: [place, item]
columns: {OUTLOOK}
---
report: coming_by_lot
label: 批次展望 | Coming by lot
source: outlook
of: on_hand
rows: [place, item, lot, "on"]
columns: {OUTLOOK}
---
report: money_coming
label: 待收 | Money coming
source: outlook
of: receivable
rows: [party, "on"]
columns:
  stands: {label: a | a, shows: balance_amount}
  comes: {label: b | b, shows: incoming_amount, total: true}
  goes: {label: c | c, shows: outgoing_amount, total: true}
  after: {label: d | d, shows: projected_amount}
  free: {label: e | e, shows: promisable_amount}
  short_on: {label: f | f, shows: short_on}
"""


def past() -> str:
    """The app above, with what is said once written out: anchors end with a document."""
    text = PAST.replace("FIGURES", FIGURES)
    for name, mark in (("time", "TIME"), ("standing", "STANDING"), ("span", "SPAN"), ("outlook", "OUTLOOK")):
        lines = text.partition(f"&{name}\n")[2].splitlines(keepends=True)
        said = next(n for n, line in enumerate(lines) if not line.startswith("  "))
        text = text.replace(f" &{name}\n", "\n").replace(f" {{{mark}}}\n", "\n" + "".join(lines[:said]))
    return text


class Promise(NamedTuple):
    """What one journal did to one hold, and where."""

    place: int | None
    item: int | None
    lot: int | None
    party: int | None
    on: date
    at: datetime
    sign: int
    quantity: Decimal
    amount: Decimal
    waiting: Decimal


@dataclass(frozen=True)
class Then:
    """A moment: the end of a day, as the book was known at an instant (None: now, as corrected)."""

    day: date | None
    known_at: datetime | None

    def counts(self, on: date, at: datetime) -> bool:
        return (self.day is None or on <= self.day) and (self.known_at is None or at <= self.known_at)


@dataclass
class Book:
    """The history with the instants at which its journals were written."""

    history: History
    written: Mapping[int, datetime]
    promises: list[Promise]

    @property
    def instants(self) -> list[datetime]:
        """Before everything, between any two papers that came one after the other, and behind all."""
        every = sorted(set(self.written.values()))
        chosen = every[:: max(1, len(every) // 6)]
        return [every[0] - timedelta(seconds=1), *chosen, every[-4], every[-1]]

    def entries(self, role: str) -> list[tuple[Entry, datetime]]:
        return [(one, self.written[one.journal]) for one in self.history.entries(role)]


@pytest.fixture(scope="module")
def book(application: Application, company_schema: str) -> Book:
    application.publish(company_schema, [read_text(past(), "past")], SYSTEM)
    history = History(World(application, company_schema))
    history.happen()
    _promise_ahead(history)
    history.world.assert_clean()
    ask = history.world.ask
    changes = ask(
        "SELECT nullif(a.place, 0), nullif(a.item, 0), nullif(a.lot, 0), nullif(a.party, 0), j.booked_on, j.at, h.sign,"
        " c.wanted_quantity - c.settled_quantity - c.released_quantity,"
        " c.wanted_amount - c.settled_amount - c.released_amount, c.waiting FROM ledger_hold_change c"
        " JOIN ledger_hold h ON h.id = c.hold JOIN ledger_account a ON a.id = h.account"
        " JOIN ledger_journal j ON j.id = c.journal WHERE a.role = 'on_hand'"
    )
    assert changes
    written: dict[int, datetime] = dict(ask("SELECT id, at FROM ledger_journal"))
    return Book(history, written, [Promise(*row) for row in changes])


def _promise_ahead(history: History) -> None:
    """Orders that are due on several days ahead, overdue ones, and one that asks for more than there is."""
    p = history.products
    for days, quantity in (("2026-03-20", "30"), ("2026-04-02", "11"), ("2026-02-01", "5"), ("2026-03-20", "1")):
        history._order("Alpha", "2026-01-30", (p["bolt"], quantity), ship_on=days)
    history._order("Beta", "2026-03-02", (p["rare"], "8"), ship_on="2026-03-25")
    rows = [{"product": p["rare"], "quantity": "6"}, {"product": p["bolt"], "quantity": "40"}]
    values = {"supplier": history.suppliers["Steel"], "ordered_on": "2026-03-01", "lines": rows}
    history.world.made("purchase_order", "approve", expected_on="2026-03-28", **values)


def read(book: Book, report: str, **given: Any) -> Page:
    parameters = {
        name.rstrip("_"): value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in given.items()
        if value is not None
    }
    world = book.history.world
    return world.application.report(world.schema, SYSTEM, ReportRequest(report, parameters, limit=1000))


def keyed(page: Page, *keys: str) -> dict[Key, Mapping[str, Any]]:
    found = {tuple(row[k]["id"] if isinstance(row[k], dict) else row[k] for k in keys): row for row in page.rows}
    assert len(found) == len(page.rows)
    return found


def figures(row: Mapping[str, Any] | None, names: Iterable[str]) -> list[Decimal]:
    return [Decimal(row[name] or 0) if row else ZERO for name in names]


def moments(book: Book) -> Iterator[Then]:
    for day in (None, *DAYS):
        for known_at in (None, *book.instants):
            yield Then(day, known_at)


def test_the_history_has_papers_that_came_late(book: Book) -> None:
    """Otherwise nothing here would tell the day of a paper from the day when it was handed in."""
    entries = sorted(book.entries("on_hand"), key=lambda one: one[1])
    assert any(one.on > later.on for (one, _), (later, _) in pairwise(entries))
    assert any(one.is_red for one, _ in entries)


@pytest.mark.parametrize(
    ("report", "parts"), [("stood", ("place", "item")), ("stood_by_lot", ("place", "item", "lot"))]
)
def test_positions_of_any_moment(book: Book, report: str, parts: tuple[str, ...]) -> None:
    def of(one: Any) -> Key:
        return tuple(getattr(one, part) or None for part in parts)

    for then in moments(book):
        expected: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO] * 5)
        last: dict[Key, date] = {}
        for entry, at in book.entries("on_hand"):
            if then.counts(entry.on, at):
                sums = expected[of(entry)]
                sums[0] += entry.quantity
                sums[1] += entry.amount
            if then.day is not None and entry.on <= then.day:
                last[of(entry)] = max(last.get(of(entry), entry.on), entry.on)
        for one in book.promises:
            if then.counts(one.on, one.at):
                sums = expected[of(one)]
                sums[2 if one.sign < 0 else 3] += one.quantity - (one.waiting if one.sign < 0 else ZERO)
                sums[4] += one.waiting
        page = read(book, report, as_of=then.day, known_at=then.known_at)
        found = keyed(page, *parts)
        for key in expected.keys() | found.keys():
            quantity, amount, taken, coming, waiting = expected[key]
            wanted = [quantity, amount, taken, coming, waiting, quantity - taken, quantity - taken + coming - waiting]
            names = ("quantity", "amount", "taken", "expected", "waiting", "free", "finally")
            assert figures(found.get(key), names) == wanted, (then, key)
            if key in found and report == "stood" and then.day is not None and key in last:
                assert found[key]["last_on"] == last[key], (then, key)
        assert Decimal(page.extra["totals"].get("amount") or 0) == sum((one[1] for one in expected.values()), ZERO)


@pytest.mark.parametrize(("report", "role"), [("owed", "receivable"), ("earned", "revenue")])
def test_positions_of_parties_at_any_moment(book: Book, report: str, role: str) -> None:
    for then in moments(book):
        expected: dict[Key, Decimal] = defaultdict(Decimal)
        for entry, at in book.entries(role):
            if then.counts(entry.on, at):
                expected[entry.party or None,] += entry.amount
        found = keyed(read(book, report, as_of=then.day, known_at=then.known_at), "party")
        for key in expected.keys() | found.keys():
            assert figures(found.get(key), ["amount"]) == [expected[key]], (then, key)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(
    ("report", "role", "parts"),
    [
        ("moved", "on_hand", ("place", "item", "lot")),
        ("goods_moved", "on_hand", ("place", "item")),
        ("claims_moved", "receivable", ("party",)),
        ("revenue_moved", "revenue", ("party",)),
    ],
)
def test_movement_as_it_was_known(
    book: Book, report: str, role: str, parts: tuple[str, ...], span: tuple[date, date]
) -> None:
    first, last = span
    names = [f"{tense}_{one}" for tense in ("opening", "incoming", "outgoing", "closing") for one in MEASURES]
    for known_at in (None, *book.instants):
        expected: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for entry, at in book.entries(role):
            if known_at is not None and at > known_at:
                continue
            sums = expected[tuple(getattr(entry, part) or None for part in parts)]
            for measure in MEASURES:
                value = getattr(entry, measure)
                if entry.on < first:
                    sums[f"opening_{measure}"] += value
                elif entry.on <= last:
                    comes = (value > 0) != entry.is_red
                    sums[f"{'incoming' if comes else 'outgoing'}_{measure}"] += value if comes else -value
                if entry.on <= last:
                    sums[f"closing_{measure}"] += value
        found = keyed(read(book, report, from_=first, to=last, known_at=known_at), *parts)
        for key in expected.keys() | found.keys():
            assert figures(found.get(key), names) == [expected[key][name] for name in names], (known_at, key)


def test_open_items_as_they_were_known(book: Book) -> None:
    for then in moments(book):
        day = then.day or TODAY
        expected: dict[Key, Decimal] = defaultdict(Decimal)
        for entry, at in book.entries("receivable"):
            if Then(day, then.known_at).counts(entry.on, at):
                expected[entry.party, entry.document] += entry.amount
        found = keyed(read(book, "open_then", as_of=then.day, known_at=then.known_at), "party", "document")
        assert {key: Decimal(row["open"]) for key, row in found.items()} == {
            key: amount for key, amount in expected.items() if amount
        }, then


@pytest.mark.parametrize("span", SPANS)
def test_a_statement_as_it_was_known(book: Book, span: tuple[date, date]) -> None:
    """What stood before comes from months and days, the rest from the entries; one posting is one row."""
    first, last = span
    roles = ("receivable", "order_deposit", "customer_prepayment")
    for customer in book.history.customers.values():
        for known_at in (None, *book.instants):
            opening = ZERO
            rows: dict[tuple[date, int], Decimal] = defaultdict(Decimal)
            for entry, at in (pair for role in roles for pair in book.entries(role)):
                if entry.party != customer or (known_at is not None and at > known_at):
                    continue
                if entry.on < first:
                    opening += entry.amount
                elif entry.on <= last:
                    rows[entry.on, entry.journal] += entry.amount
            moved = [amount for _, amount in sorted(rows.items()) if amount]
            page = read(book, "customer_statement", party=customer, from_=first, to=last, known_at=known_at)
            assert Decimal(page.extra["opening"]) == opening, known_at
            assert Decimal(page.extra["closing"]) == opening + sum(moved, ZERO), known_at
            assert [figures(row, ["charged"])[0] - figures(row, ["paid"])[0] for row in page.rows[1:]] == moved


def test_what_was_known_opens_to_what_was_known(book: Book) -> None:
    world = book.history.world
    for known_at in book.instants:
        day = date(2026, 2, 28)
        for row in read(book, "stood", as_of=day, known_at=known_at).rows:
            at = {"place": row["place"]["id"], "item": row["item"]["id"]}
            asked = Asked("on_hand", at, until=day, known_at=known_at)
            opened = world.application.opened(world.schema, SYSTEM, asked, "en")
            assert [opened["quantity"], opened["amount"]] == figures(row, MEASURES)
            assert opened["holds"] == []


class Coming(NamedTuple):
    """What one open hold brings or takes, and when."""

    key: Key
    on: date | None
    change: Decimal


def _open_holds(book: Book, role: str, parts: tuple[str, ...], measure: str) -> list[Coming]:
    rows = book.history.world.ask(
        f"SELECT a.place, a.item, a.lot, a.party, h.due, h.sign, h.wanted_{measure} - h.settled_{measure}"
        f" - h.released_{measure} FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
        " WHERE a.role = %(role)s",
        role=role,
    )
    names = ("place", "item", "lot", "party")
    found = []
    for row in rows:
        due, sign, value = row[4:]
        on = max(due, TODAY) if due else (TODAY if sign < 0 else None)
        if value:
            found.append(
                Coming(tuple(dict(zip(names, row, strict=False))[one] or None for one in parts), on, sign * value)
            )
    return found


@pytest.mark.parametrize(
    ("report", "role", "parts", "measure"),
    [
        ("coming", "on_hand", ("place", "item"), "quantity"),
        ("coming_of_all", "on_hand", (), "quantity"),
        ("coming_by_lot", "on_hand", ("place", "item", "lot"), "quantity"),
        ("money_coming", "receivable", ("party",), "amount"),
    ],
)
def test_what_comes_day_by_day(book: Book, report: str, role: str, parts: tuple[str, ...], measure: str) -> None:
    stands: dict[Key, Decimal] = defaultdict(Decimal)
    for entry, _ in book.entries(role):
        stands[tuple(getattr(entry, part) or None for part in parts)] += getattr(entry, measure)
    holds = _open_holds(book, role, parts, measure)
    assert {one.on for one in holds} - {TODAY}
    found = keyed(read(book, report), *parts, "on")
    for key in {one.key for one in holds} | {key for key, value in stands.items() if value}:
        days = sorted({TODAY, *(one.on for one in holds if one.key == key and one.on)})
        lines = []
        after = stands[key]
        for day in days:
            own = [one.change for one in holds if one.key == key and one.on == day]
            comes, goes = sum((one for one in own if one > 0), ZERO), -sum((one for one in own if one < 0), ZERO)
            after += comes - goes
            lines.append([stands[key], comes, goes, after])
        shortest = [min(line[3] for line in lines[n:]) for n in range(len(lines))]
        short_on = next((day for day, line in zip(days, lines, strict=True) if line[3] < 0), None)
        for day, line, least in zip(days, lines, shortest, strict=True):
            row = found.get((*key, day))
            if row is None:
                # A place where nothing lies and nothing happens today has no row for today.
                assert (day, line[1:3]) == (TODAY, [ZERO, ZERO])
                continue
            assert figures(row, ["stands", "comes", "goes", "after", "free"]) == [*line, least], (key, day)
            assert row["short_on"] == short_on
            del found[*key, day]
    assert all(not any(figures(row, ["stands", "comes", "goes"])) for row in found.values()), found


def test_what_comes_at_last_is_the_end_of_the_days(book: Book) -> None:
    days: dict[Key, list[Mapping[str, Any]]] = defaultdict(list)
    for row in read(book, "coming").rows:
        days[row["place"]["id"], row["item"]["id"]].append(row)
    found = keyed(read(book, "coming_at_last"), "place", "item")
    assert set(found) == set(days)
    for key, row in found.items():
        own = days[key]
        assert figures(row, ["stands", "after", "free"]) == [
            *figures(own[0], ["stands"]), *figures(own[-1], ["after"]), min(figures(one, ["after"])[0] for one in own),
        ]  # fmt: skip
        for name in ("comes", "goes"):
            assert Decimal(row[name]) == sum(figures(one, [name])[0] for one in own)
        assert row["short_on"] == own[0]["short_on"]
    rare = book.history.products["rare"]
    [short] = [row for key, row in found.items() if key[1] == rare]
    assert (Decimal(short["free"]), short["short_on"]) == (Decimal(-8), date(2026, 3, 25))


def test_what_can_be_promised_is_told_by_the_shipped_reports(book: Book) -> None:
    bolt, main = book.history.products["bolt"], book.history.places["main"]
    by_day = list(read(book, "stock_outlook", item=bolt, place=main).rows)
    whole = keyed(read(book, "stock_promisable"), "place", "item")[main, bolt]
    assert min(Decimal(row["projected"]) for row in by_day) == Decimal(whole["promisable"])
    until = read(book, "stock_outlook", item=bolt, place=main, to=date(2026, 3, 20)).rows
    assert list(until) == [row for row in by_day if row["on"] <= date(2026, 3, 20)]
    transit = read(book, "stock_in_transit", item=bolt)
    assert [row["on"] for row in transit.rows] == sorted(row["on"] for row in transit.rows)
    assert Decimal(transit.extra["totals"]["incoming"]) == sum(
        one.change
        for one in _open_holds(book, "on_hand", ("item",), "quantity")
        if one.key == (bolt,) and one.change > 0
    )


def test_the_shipped_reports_take_a_past_day(book: Book) -> None:
    day = date(2026, 2, 5)
    stood = keyed(read(book, "stood", as_of=day), "place", "item")
    for key, row in keyed(read(book, "stock_list", as_of=day), "place", "item").items():
        if key[0] is not None:
            assert figures(row, ["on_hand", "value"]) == figures(stood.get(key), MEASURES)
    claims = sum((one.amount for one, _ in book.entries("receivable") if one.on <= day), ZERO)
    assert Decimal(read(book, "receivables", as_of=day).extra["totals"]["receivable"]) == claims
    assert Decimal(read(book, "receivables_ageing", as_of=day).extra["totals"]["open"]) == claims


@pytest.mark.parametrize("given", ["yesterday", "2026-03-01T10:00:00", "2026-03-01"])
def test_an_instant_is_an_instant_with_its_zone(book: Book, given: str) -> None:
    with pytest.raises(WrongParameter):
        read(book, "stood", known_at=given)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("known_at: {kind: instant", "known_at: {kind: date", "time_misplaced"),
        ("as_of: {kind: date", "as_of: {kind: instant", "time_misplaced"),
        ('rows: [place, item, "on"]', 'rows: [place, item, "on:month"]', "unknown_grain"),
        ("source: outlook\nof: receivable", "source: outlook\nof: revenue", "beside_summed"),
        ("  item: {kind: link", "  as_of: {kind: date, label: a | a}\n  item: {kind: link", "time_misplaced"),
    ],
)
def test_a_declaration_that_means_no_time_is_refused(old: str, new: str, code: str) -> None:
    text = past()
    assert old in text
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([*shipped_apps(), read_text(text.replace(old, new), "past")])
    assert f"definition.{code}" in {problem.code for problem in refused.value.problems}


def test_a_month_as_it_was_known_when_it_ended_never_changes(book: Book) -> None:
    """What is written later is in the corrected figures and not in those of then."""
    history = book.history
    now = history.world.ask("SELECT clock_timestamp()")[0][0]
    month = Month.of(date(2026, 1, 1))
    before = read(book, "goods_moved", from_=month.first, to=month.last, known_at=now).rows
    corrected = read(book, "goods_moved", from_=month.first, to=month.last).rows
    assert before == corrected
    history._open("second", "2026-01-20", (history.products["bolt"], "3", "2", None))
    assert read(book, "goods_moved", from_=month.first, to=month.last, known_at=now).rows == before
    assert read(book, "goods_moved", from_=month.first, to=month.last).rows != before
