"""Every key figure on a real company's two years, compared with what its files alone say of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from examples.api import Api
from examples.northwind.figures import DAYS_TO_PAY, events, paid
from examples.northwind.load import OPENED_ON, Replay
from examples.northwind.source import Order, cents, orders, products
from onebook.engines.design.publish import ZONE
from tests.scenarios.northwind import COMMISSIONS, Northwind

YEAR = (date(1997, 1, 1), date(1997, 12, 31))
MONTH = (date(1998, 2, 1), date(1998, 2, 28))
EVER = (date(1996, 7, 1), date(1998, 12, 31))
#: What happens today, on top of the files.
RECEIVED, REFUNDED, PAID = Decimal("500.00"), Decimal("120.00"), Decimal("1000.00")
ZERO = Decimal(0)
Span = tuple[date, date]

pytestmark = pytest.mark.timeout(1200)


@dataclass(frozen=True)
class Books:
    """The company after its two years and today's further documents."""

    api: Api
    replay: Replay
    today: date
    cancelled: Order
    closed: Order
    invoiced: Order

    def metric(self, name: str, span: Span | None = None) -> Decimal:
        days = {} if span is None else {"from": span[0].isoformat(), "to": span[1].isoformat()}
        return Decimal(self.api.metric(name, **days)["value"])

    @property
    def now(self) -> Span:
        return self.today, self.today

    @property
    def standing(self) -> list[Order]:
        """The orders that were neither cancelled nor closed."""
        return [order for order in orders() if order.id not in (self.cancelled.id, self.closed.id)]


@pytest.fixture(scope="module")
def books(northwind: Northwind) -> Books:
    unshipped = [order for order in orders() if order.shipped_on is None]
    invoiced = next(order for order in orders() if order.shipped_on is not None)
    today = datetime.now(ZONE).date()
    found = Books(northwind.api, northwind.replay, today, unshipped[0], unshipped[1], invoiced)
    _today(found)
    return found


def _today(books: Books) -> None:
    """An order is cancelled and one closed, money comes and goes, an invoice is issued, two purchases are awaited."""
    api, replay = books.api, books.replay
    api.run("sales_order", replay.orders[books.cancelled.id]["id"], "cancel")
    api.run("sales_order", replay.orders[books.closed.id]["id"], "close")
    customer = replay.customers[books.invoiced.customer]
    receipt = api.create("receipt", {"customer": customer, "amount": str(RECEIVED)}, then="post")["id"]
    back = {"customer": customer, "receipt": receipt, "amount": str(REFUNDED), "reason": "多收"}
    refund = api.create("refund", back, then="approve")["id"]
    api.run("refund", refund, "pay")
    supplier = next(iter(replay.suppliers.values()))
    api.create("payment", {"supplier": supplier, "amount": str(PAID)}, then="post")
    made = api.run("sales_delivery", replay.orders[books.invoiced.id]["delivery"], "apply_invoice")["created"]
    [invoice] = [one["id"] for one in made if one["form"] == "output_invoice"]
    draft = api.read("output_invoice", invoice)
    number = {"kind": "digital_ordinary", "invoice_number": "1" * 20}
    api.update("output_invoice", invoice, draft["version"], number)
    api.run("output_invoice", invoice, "issue")
    for place, expected in enumerate((books.today - timedelta(days=1), books.today + timedelta(days=9))):
        values = {
            "supplier": list(replay.suppliers.values())[place],
            "ordered_on": (books.today - timedelta(days=5)).isoformat(),
            "expected_on": expected.isoformat(),
            "lines": [{"product": replay.products[place + 1], "quantity": "10", "price": "3"}],
        }
        api.create("purchase_order", values, then="approve")


# -- what the files say


def _within(day: date | None, span: Span) -> bool:
    return day is not None and span[0] <= day <= span[1]


def _paid_on(order: Order) -> date | None:
    return order.shipped_on + timedelta(days=DAYS_TO_PAY) if order.shipped_on and paid(order) else None


def _cost(order: Order) -> Decimal:
    goods = products()
    return sum((line.quantity * goods[line.product].cost for line in order.lines), ZERO)


def _bought() -> list[tuple[date, int, Decimal]]:
    """What was bought for orders that waited, day by day: the rule of the replay, worked out from the files again."""
    goods = products()
    on_hand = {one.id: one.stock for one in goods.values()}
    reserved: defaultdict[int, Decimal] = defaultdict(Decimal)
    found = []
    for event in events():
        for line in event.order.lines:
            product = goods[line.product]
            if event.step == 0:
                short = line.quantity - (on_hand[line.product] - reserved[line.product])
                reserved[line.product] += line.quantity
                if short > 0:
                    on_hand[line.product] += short + product.reorder_level
                    found.append((event.on, product.id, cents((short + product.reorder_level) * product.cost)))
            elif event.step == 1:
                on_hand[line.product] -= line.quantity
                reserved[line.product] -= line.quantity
    return found


def _mean(changes: Mapping[date, Decimal], span: Span) -> Decimal:
    """The mean of a balance at the end of each day, by walking through the days."""
    balance = sum((change for day, change in changes.items() if day < span[0]), ZERO)
    total, day = ZERO, span[0]
    while day <= span[1]:
        balance += changes.get(day, ZERO)
        total += balance
        day += timedelta(days=1)
    return total / ((span[1] - span[0]).days + 1)


def _by_day(pairs: list[tuple[date | None, Decimal]]) -> dict[date, Decimal]:
    found: defaultdict[date, Decimal] = defaultdict(Decimal)
    for day, amount in pairs:
        if day is not None:
            found[day] += amount
    return dict(found)


def _receivable() -> dict[date, Decimal]:
    return _by_day(
        [(one.shipped_on, one.total) for one in orders()] + [(_paid_on(one), -paid(one)) for one in orders()]
    )


def _stock(of: int | None = None) -> dict[date, Decimal]:
    """How the value of all stock, or of one product, changes day by day."""
    goods = products()
    known = [one for one in goods.values() if of in (None, one.id)]
    opened = [(OPENED_ON, one.stock * one.cost) for one in known]
    came = [(day, amount) for day, product, amount in _bought() if of in (None, product)]
    went = [
        (order.shipped_on, -line.quantity * goods[line.product].cost)
        for order in orders()
        for line in order.lines
        if of in (None, line.product)
    ]
    return _by_day([*opened, *came, *went])


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


# -- and what the company says


@pytest.mark.parametrize("span", [YEAR, MONTH, EVER])
def test_signed_amount_and_count(books: Books, span: Span) -> None:
    signed = [order for order in orders() if _within(order.ordered_on, span)]
    assert books.metric("signed_amount", span) == sum(order.total for order in signed)
    assert books.metric("signed_count", span) == len(signed)


def test_what_is_cancelled_or_closed_is_taken_off_when_it_happens(books: Books) -> None:
    assert books.metric("signed_amount", books.now) == -books.cancelled.total - books.closed.total
    assert books.metric("signed_count", books.now) == 0


@pytest.mark.parametrize("span", [YEAR, MONTH])
def test_collected_amount(books: Books, span: Span) -> None:
    assert books.metric("collected_amount", span) == sum(paid(one) for one in orders() if _within(_paid_on(one), span))


def test_refunds_are_taken_off_and_what_is_paid_ahead_is_shown_beside(books: Books) -> None:
    assert books.metric("received_amount", books.now) == RECEIVED
    assert books.metric("refunded_amount", books.now) == REFUNDED
    assert books.metric("collected_amount", books.now) == RECEIVED - REFUNDED
    assert books.metric("received_ahead", books.now) == RECEIVED - REFUNDED


def test_to_be_collected_and_receivables(books: Books) -> None:
    shipped = [order for order in orders() if order.shipped_on]
    assert books.metric("to_collect") == sum(order.total for order in books.standing) - sum(map(paid, shipped))
    assert books.metric("receivable_total") == sum(order.total - paid(order) for order in shipped)


def test_to_be_invoiced(books: Books) -> None:
    shipped = sum(order.total for order in orders() if order.shipped_on)
    assert books.metric("to_invoice") == shipped - books.invoiced.total
    assert books.metric("invoiced_amount", books.now) == books.invoiced.total


def test_payables_and_payments(books: Books) -> None:
    assert books.metric("payable_total") == sum(amount for _, _, amount in _bought())
    assert books.metric("paid_amount", books.now) == PAID


@pytest.mark.parametrize("span", [YEAR, MONTH, EVER])
def test_new_customers(books: Books, span: Span) -> None:
    first: dict[str, date] = {}
    for order in orders():
        if order.id != books.cancelled.id:
            first[order.customer] = min(order.ordered_on, first.get(order.customer, order.ordered_on))
    assert books.metric("new_customers", span) == sum(_within(day, span) for day in first.values())
    assert books.metric("customers_total") == len(books.replay.customers)


@pytest.mark.parametrize("span", [YEAR, MONTH])
def test_stock_turnover(books: Books, span: Span) -> None:
    cost = sum((_cost(one) for one in orders() if _within(one.shipped_on, span)), ZERO)
    mean = _mean(_stock(), span)
    days = (span[1] - span[0]).days + 1
    assert books.metric("cost_of_sales", span) == cost
    assert books.metric("average_stock", span) == _rounded(mean, 2)
    assert books.metric("stock_turnover", span) == _rounded(cost / mean, 2)
    assert books.metric("stock_turnover_days", span) == _rounded(days * mean / cost, 1)


@pytest.mark.parametrize("span", [YEAR, MONTH])
def test_days_of_receivables(books: Books, span: Span) -> None:
    sold = sum((one.total for one in orders() if _within(one.shipped_on, span)), ZERO)
    mean = _mean(_receivable(), span)
    assert books.metric("credit_sales", span) == sold
    assert books.metric("average_receivable", span) == _rounded(mean, 2)
    days = (span[1] - span[0]).days + 1
    assert books.metric("receivable_days", span) == _rounded(mean / sold * days, 1)


@pytest.mark.parametrize("span", [YEAR, MONTH])
def test_capital_turnover(books: Books, span: Span) -> None:
    sold = sum((one.total for one in orders() if _within(one.shipped_on, span)), ZERO)
    cash = _by_day([(_paid_on(one), paid(one)) for one in orders()])
    owed = _by_day([(day, amount) for day, _, amount in _bought()])
    capital = _mean(cash, span) + _mean(_receivable(), span) + _mean(_stock(), span) - _mean(owed, span)
    assert books.metric("net_revenue", span) == sold
    assert books.metric("working_capital", span) == _rounded(capital, 2)
    assert books.metric("capital_turnover", span) == _rounded(sold / capital, 2)


def test_recency_frequency_and_money(books: Books) -> None:
    window = (date(1997, 7, 1), date(1998, 12, 31))
    bought: defaultdict[str, list[Order]] = defaultdict(list)
    for order in orders():
        if order.id != books.cancelled.id:
            bought[order.customer].append(order)
    last, count, money = {}, {}, {}
    for customer, found in bought.items():
        inside = [order for order in found if _within(order.ordered_on, window)]
        if inside:
            last[customer] = max(order.ordered_on for order in found)
            count[customer] = Decimal(len(inside))
            # What a closing gave up was never bought.
            money[customer] = sum((order.total for order in inside if order.id != books.closed.id), ZERO)
    scores = {
        "r": _fifths({one: Decimal(day.toordinal()) for one, day in last.items()}, books.replay.customers),
        "f": _fifths(count, books.replay.customers),
        "m": _fifths(money, books.replay.customers),
    }
    rows = _pages(books.api, "customer_value", window)
    assert len(rows) == len(last)
    names = {record: code for code, record in books.replay.customers.items()}
    for row in rows:
        customer = names[row["customer"]["id"]]
        assert row["last_on"] == last[customer].isoformat()
        assert Decimal(row["recency"]) == (books.today - last[customer]).days
        assert (Decimal(row["orders"]), Decimal(row["amount"])) == (count[customer], money[customer])
        told = {name: int(Decimal(row[name])) for name in scores}
        assert told == {name: score[customer] for name, score in scores.items()}
        assert row["segment"] == _segment(told)


def _segment(score: Mapping[str, int]) -> str:
    high = score["r"] > 3, score["f"] > 3, score["m"] > 3
    return {
        (True, True, True): "champion", (True, False, True): "promising", (False, True, True): "loyal",
        (False, False, True): "at_risk", (True, True, False): "regular", (True, False, False): "newcomer",
        (False, True, False): "habitual", (False, False, False): "lost",
    }[high]  # fmt: skip


def _fifths(values: Mapping[str, Decimal], ids: Mapping[str, int]) -> dict[str, int]:
    """Which fifth each lies in: the first parts take one more where they do not come out even."""
    ordered = sorted(values, key=lambda one: (values[one], ids[one]))
    size, rest = divmod(len(ordered), 5)
    found: dict[str, int] = {}
    for part in range(5):
        take = size + (part < rest)
        for one in ordered[:take]:
            found[one] = part + 1
        ordered = ordered[take:]
    return found


def _pages(api: Api, report: str, span: Span) -> list[dict[str, Any]]:
    """All rows of a report; no report of this company has more than a page holds."""
    page = api.report(report, **{"from": span[0].isoformat(), "to": span[1].isoformat()})
    assert len(page["rows"]) == page["total_rows"]
    return list(page["rows"])


@pytest.mark.parametrize("span", [YEAR, MONTH])
def test_commission_at_the_rate_of_the_order_s_day(books: Books, span: Span) -> None:
    expected = sum((_commission(order) for order in orders() if _within(_paid_on(order), span)), ZERO)
    assert books.metric("commission", span) == expected
    assert expected


def _commission(order: Order) -> Decimal:
    rate = [rate for day, rate in COMMISSIONS if day <= order.ordered_on][-1]
    return cents(paid(order) * rate) if order.shipped_on else ZERO


def test_profit_of_every_order(books: Books) -> None:
    rows = {row["order"]["id"]: row for row in _pages(books.api, "order_profit", EVER)}
    shipped = [order for order in orders() if order.shipped_on]
    assert len(rows) == len(shipped)
    for order in shipped:
        row = rows[books.replay.orders[order.id]["id"]]
        assert Decimal(row["revenue"]) == order.total
        assert Decimal(row["cost"]) == _cost(order)
        assert Decimal(row["profit"]) == order.total - _cost(order) - _commission(order)
    whole = sum((order.total - _cost(order) - _commission(order) for order in shipped), ZERO)
    assert books.metric("order_profit", EVER) == whole


def test_turnover_of_every_product(books: Books) -> None:
    rows = {row["item"]["id"]: row for row in _pages(books.api, "stock_turnover", YEAR)}
    goods = products()
    sold: defaultdict[int, Decimal] = defaultdict(Decimal)
    for order in orders():
        for line in order.lines if _within(order.shipped_on, YEAR) else ():
            sold[line.product] += line.quantity * goods[line.product].cost
    for product, cost in sold.items():
        row, mean = rows[books.replay.products[product]], _mean(_stock(product), YEAR)
        assert (Decimal(row["cost"]), Decimal(row["average"])) == (cost, _rounded(mean, 2))
        assert Decimal(row["rate"]) == _rounded(cost / mean, 2)


def test_collections_by_salesperson(books: Books) -> None:
    [row] = _pages(books.api, "collecting_ranking", books.now)
    told = (Decimal(row["received"]), Decimal(row["refunded"]), Decimal(row["amount"]))
    assert told == (RECEIVED, REFUNDED, RECEIVED - REFUNDED)


def test_overdue_purchases_and_active_suppliers(books: Books) -> None:
    assert books.metric("purchases_late") == 1
    assert books.metric("suppliers_active") == 2
    assert books.metric("purchases_amount", YEAR) == sum(amount for day, _, amount in _bought() if _within(day, YEAR))


def test_goods_in_and_out_of_a_span_lead_from_its_opening_to_its_closing(books: Books) -> None:
    """收发存: opening + in - out = closing, in pieces and in value, for every product and warehouse."""
    rows = books.api.report("stock_movement", month="1997-05")["rows"]
    assert rows
    for row in rows:
        for measure in ("quantity", "amount"):
            opening, came, gone, closing = (
                Decimal(row[f"{side}_{measure}"]) for side in ("opening", "incoming", "outgoing", "closing")
            )
            assert opening + came - gone == closing
    span = (date(1997, 5, 1), date(1997, 5, 31))
    went = sum((line.quantity for one in orders() if _within(one.shipped_on, span) for line in one.lines), ZERO)
    assert books.metric("goods_out", span) == went
