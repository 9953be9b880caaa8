"""Two years of a real company's documents through the HTTP API, compared with figures computed from its files alone."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from examples.api import Api
from examples.northwind.figures import Figures, figures
from examples.northwind.load import Replay
from onebook.engines.application import Application
from onebook.values.month import Month
from tests.scenarios.northwind import Northwind
from tests.scenarios.test_money_closing import assert_statements
from tests.scenarios.world import World

FIRST, LAST = Month(1996, 7), Month(1998, 6)
SPAN = {"from": FIRST.first.isoformat(), "to": LAST.last.isoformat()}

#: A minute of work when the machine is quiet, all of it in the set-up of the first test.
pytestmark = pytest.mark.timeout(1200)


@dataclass(frozen=True)
class Books:
    """The company after its two years, what it must say, and the files' keys of its records."""

    api: Api
    expected: Figures
    replay: Replay

    def product(self, record: int) -> int:
        return next(key for key, known in self.replay.products.items() if known == record)

    def customer(self, record: int) -> str:
        return next(key for key, known in self.replay.customers.items() if known == record)


@pytest.fixture(scope="module")
def books(northwind: Northwind) -> Books:
    return Books(northwind.api, figures(), northwind.replay)


def summed(rows: list[dict[str, Any]], key: str, value: str) -> dict[Any, Decimal]:
    sums: defaultdict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        found = row[key]
        sums[found["id"] if isinstance(found, dict) else found] += Decimal(row[value])
    return dict(sums)


def without_zeros(sums: dict[Any, Decimal]) -> dict[Any, Decimal]:
    return {key: value for key, value in sums.items() if value}


def test_revenue_per_order_customer_and_month(books: Books) -> None:
    deliveries = books.api.records("sales_delivery", "order,customer,shipped_on,total,state")
    shipped = [row | {"month": row["shipped_on"][:7]} for row in deliveries if row["state"] == "shipped"]
    orders = {known["id"]: key for key, known in books.replay.orders.items()}
    by_order = {orders[record]: total for record, total in summed(shipped, "order", "total").items()}
    by_customer = {books.customer(record): total for record, total in summed(shipped, "customer", "total").items()}
    assert by_order == books.expected.revenue_by_order
    assert by_customer == books.expected.revenue_by_customer
    assert summed(shipped, "month", "total") == books.expected.revenue_by_month


def test_quantities_per_product(books: Books) -> None:
    sold = summed(books.api.report("cost_of_goods_sold", **SPAN)["rows"], "item", "quantity")
    stock = books.api.report("stock_list")["rows"]
    on_hand = {books.product(record): value for record, value in summed(stock, "item", "on_hand").items()}
    reserved = {books.product(record): value for record, value in summed(stock, "item", "reserved").items()}
    assert {books.product(record): value for record, value in sold.items()} == books.expected.sold_by_product
    assert without_zeros(on_hand) == without_zeros(books.expected.stock_by_product)
    assert without_zeros(reserved) == without_zeros(books.expected.reserved_by_product)
    assert not without_zeros(summed(stock, "item", "waiting"))


def test_open_receivables_and_cash(books: Books) -> None:
    rows = books.api.report("open_receivables")["rows"]
    owed = {books.customer(record): value for record, value in summed(rows, "party", "open").items()}
    assert owed == without_zeros(books.expected.receivable_by_customer)
    [cash] = [Decimal(row["balance"]) for row in books.api.report("cash_position")["rows"] if Decimal(row["balance"])]
    assert cash == books.expected.collected


def test_stock_movement_adds_up_month_by_month(books: Books) -> None:
    """收发存: opening + in - out = closing for every product and month, and each opening is the closing before it."""
    before: dict[str, dict[int, Decimal]] = {"quantity": {}, "amount": {}}
    bought: defaultdict[int, Decimal] = defaultdict(Decimal)
    sold: defaultdict[int, Decimal] = defaultdict(Decimal)
    month = FIRST
    while month <= LAST:
        rows = books.api.report("stock_movement", month=str(month))["rows"]
        for measure in ("quantity", "amount"):
            sides = {
                side: summed(rows, "item", f"{side}_{measure}")
                for side in ("opening", "incoming", "outgoing", "closing")
            }
            for item, opening in sides["opening"].items():
                assert opening == before[measure].get(item, Decimal(0))
                assert opening + sides["incoming"][item] - sides["outgoing"][item] == sides["closing"][item]
            before[measure] = sides["closing"]
        for row in rows:
            product = books.product(row["item"]["id"])
            bought[product] += Decimal(row["incoming_quantity"])
            sold[product] += Decimal(row["outgoing_quantity"])
        month = month.next
    opened = {product: one.stock for product, one in books.replay.goods.items()}
    expected = {product: opened[product] + books.expected.bought_by_product[product] for product in opened}
    assert without_zeros(dict(bought)) == without_zeros(expected)
    assert without_zeros(dict(sold)) == without_zeros(books.expected.sold_by_product)
    stock = {books.product(item): quantity for item, quantity in before["quantity"].items()}
    assert without_zeros(stock) == without_zeros(books.expected.stock_by_product)


def test_the_statements_are_those_of_the_entries(books: Books, northwind: Northwind) -> None:
    """Trial balance, profit and loss, balance sheet of many months; and what the files say of the last one."""
    world = World(Application(northwind.database), northwind.company.schema)
    for month in ("1996-07", "1996-12", "1997-01", "1997-11", "1998-05", "1998-06"):
        assert_statements(world, month)
    sheet = {row["line"]: row for row in books.api.report("balance_sheet", month=str(LAST))["rows"]}
    assert Decimal(sheet["money"]["closing"]) == books.expected.collected
    assert Decimal(sheet["receivables"]["closing"]) == sum(books.expected.receivable_by_customer.values())
    deliveries = books.api.records("sales_delivery", "shipped_on,total,tax_total,state")
    sold = [
        Decimal(row["total"]) - Decimal(row["tax_total"])
        for row in deliveries
        if row["state"] == "shipped" and row["shipped_on"].startswith("1997")
    ]
    result = {row["line"]: row for row in books.api.report("profit_and_loss", month="1997-12")["rows"]}
    assert Decimal(result["operating_income"]["year"]) == sum(sold)


def test_the_book_is_clean(books: Books) -> None:
    assert books.api.check() == []
