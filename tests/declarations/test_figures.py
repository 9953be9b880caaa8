"""The figures of the shipped documents: units, taxes, partial deliveries to the cent, and the words of progress."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from onebook.definition.catalog import Catalog
from onebook.definition.shipped import shipped_apps
from onebook.expression.context import Context
from onebook.expression.python import evaluate

CATALOG = Catalog.of(shipped_apps())
NOW = Context(
    today=date(2026, 3, 9),
    now=datetime(2026, 3, 9, tzinfo=UTC),
    me=7,
    department=None,
    departments=frozenset(),
    roles=frozenset(),
    colleagues=frozenset(),
    zone=UTC,
)
BOX, PIECE, OTHER = 1, 2, 3


def formula_of(form: str, lines: str | None, field: str, row: dict[str, Any], *, attribute: str = "formula") -> Any:
    text = getattr(CATALOG.fields(form, lines)[field], attribute)
    return evaluate(CATALOG.formula(text, form, lines), row, NOW)


def line(**values: object) -> dict[str, Any]:
    units = [{"alternative": BOX, "numerator": Decimal(20), "denominator": Decimal(3)}]
    return {"product.unit": PIECE, "product.units": units, "^": {}, **values}


@pytest.mark.parametrize("form", ["sales_order", "purchase_order"])
def test_units_convert_by_exact_ratios(form: str) -> None:
    assert formula_of(form, "lines", "base_quantity", line(unit=PIECE, quantity=Decimal(7))) == 7
    assert formula_of(form, "lines", "base_quantity", line(unit=BOX, quantity=Decimal(3))) == 20
    assert formula_of(form, "lines", "base_quantity", line(unit=OTHER, quantity=Decimal(3))) is None


def test_the_default_price_is_that_of_the_unit() -> None:
    row = line(unit=BOX, **{"product.sales_price": Decimal("1.50")})
    assert formula_of("sales_order", "lines", "price", row, attribute="default") == Decimal("10")


def test_tax_is_contained_in_the_amount() -> None:
    row = line(quantity=Decimal(10), price=Decimal("11.3"), discount=Decimal(0), tax_rate=Decimal("0.13"))
    row["amount"] = formula_of("sales_order", "lines", "amount", row)
    assert row["amount"] == 113
    assert formula_of("sales_order", "lines", "tax", row) == 13


def test_the_due_date_follows_the_customer() -> None:
    row = {"ordered_on": date(2026, 1, 31), "customer.payment_days": Decimal(30)}
    assert formula_of("sales_order", None, "due_on", row, attribute="default") == date(2026, 3, 2)
    row["customer.payment_days"] = None
    assert formula_of("sales_order", None, "due_on", row, attribute="default") == date(2026, 1, 31)


@pytest.mark.parametrize(("form", "meter"), [("sales_delivery", "shipped"), ("purchase_receipt", "received")])
@given(
    cents=some.integers(0, 10**9),
    parts=some.lists(some.tuples(some.integers(1, 10**6), some.booleans()), min_size=1, max_size=8),
)
def test_parts_sum_to_the_whole_to_the_cent(form: str, meter: str, cents: int, parts: list[tuple[int, bool]]) -> None:
    """Whatever the parts, and whichever of them are reversed in between and leave again in the end."""
    amount, quantity = Decimal(cents).scaleb(-2), Decimal(sum(part for part, _ in parts))
    standing: list[tuple[Decimal, Decimal]] = []

    def leave(part: Decimal) -> None:
        row: dict[str, Any] = {
            "quantity": part,
            "up_to_here": part,
            "order_line.amount": amount,
            "order_line.base_quantity": quantity,
            f"order_line.{meter}": sum((gone for gone, _ in standing), Decimal(0)),
            "order_line.billed": sum((billed for _, billed in standing), Decimal(0)),
        }
        row["billed_before"] = formula_of(form, "lines", "billed_before", row)
        standing.append((part, formula_of(form, "lines", "amount", row)))

    for part, is_undone in parts:
        leave(Decimal(part))
        if is_undone:
            standing.pop(0)
    if rest := quantity - sum(gone for gone, _ in standing):
        leave(rest)
    assert sum(billed for _, billed in standing) == amount


WORDS = [
    ({"state": "draft"}, "draft"),
    ({"state": "submitted"}, "awaiting_approval"),
    ({"state": "approved", "fulfilment": "none", "pay_first": False}, "awaiting_shipment"),
    ({"state": "approved", "fulfilment": "none", "pay_first": None}, "awaiting_shipment"),
    ({"state": "approved", "fulfilment": "none", "pay_first": True, "received": 0, "total": 5}, "awaiting_payment"),
    ({"state": "approved", "fulfilment": "none", "pay_first": True, "received": 5, "total": 5}, "awaiting_shipment"),
    ({"state": "approved", "fulfilment": "full", "open_amount": 5}, "shipped"),
    ({"state": "approved", "fulfilment": "full", "open_amount": 0}, "completed"),
    ({"state": "closed", "fulfilment": "partial", "open_amount": 0}, "completed"),
    ({"state": "cancelled", "fulfilment": "none"}, "cancelled"),
]


@pytest.mark.parametrize(("values", "word"), WORDS)
def test_the_words_of_an_order(values: dict[str, Any], word: str) -> None:
    row = {name: Decimal(value) if type(value) is int else value for name, value in values.items()}
    assert formula_of("sales_order", None, "progress", row) == word


@pytest.mark.parametrize(
    ("shipped", "word"),
    [([None, None], "none"), ([0, 0], "none"), ([1, 0], "partial"), ([2, 3], "full"), ([2, 4], "full")],
)
def test_fulfilment_follows_the_lines(shipped: list[int | None], word: str) -> None:
    lines = [
        {"shipped": None if gone is None else Decimal(gone), "base_quantity": Decimal(wanted)}
        for gone, wanted in zip(shipped, (2, 3), strict=True)
    ]
    assert formula_of("sales_order", None, "fulfilment", {"lines": lines}) == word


@pytest.mark.parametrize(
    ("shipped", "state", "word"),
    [(1, "approved", "full"), (0, "approved", "returned"), (1, "closed", "partial"), (0, "closed", "none")],
)
def test_what_came_back_for_good_is_not_waited_for(shipped: int, state: str, word: str) -> None:
    line = {"shipped": Decimal(shipped), "base_quantity": Decimal(3), "to_ship": Decimal(0), "let_go": Decimal(2)}
    assert formula_of("sales_order", None, "fulfilment", {"lines": [line], "state": state}) == word


def test_money_words_follow_the_book() -> None:
    row: dict[str, Any] = {"billed": Decimal(100), "open_amount": Decimal(40), "deposit_balance": Decimal(-10)}
    row["deposit"] = formula_of("sales_order", None, "deposit", row)
    row["received"] = formula_of("sales_order", None, "received", row)
    row |= {"total": Decimal(150), "state": "approved", "lines": [{"to_bill": Decimal(50)}]}
    assert (row["deposit"], row["received"]) == (10, 70)
    assert formula_of("sales_order", None, "payment", row) == "partial"
    assert formula_of("sales_order", None, "to_collect", row) == 80
