"""The Northwind files as typed rows, and nothing of the product: what the loader reads and the test computes from."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

FOLDER = Path(__file__).parent / "data"

#: The files have no purchase prices: goods are bought at seven tenths of the list price.
COST_SHARE = Decimal("0.7")
CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, halves up."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    product: int
    price: Decimal
    quantity: Decimal
    discount: Decimal

    @property
    def amount(self) -> Decimal:
        """What the customer owes for it."""
        return cents(self.quantity * self.price * (1 - self.discount))


@dataclass(frozen=True)
class Order:
    """An order with its lines; `shipped_on` is blank for those that were still open."""

    id: int
    customer: str
    employee: int
    ordered_on: date
    required_on: date
    shipped_on: date | None
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The sum of its lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Product:
    """A product with its stock at the start and the level at which it is bought again."""

    id: int
    name: str
    supplier: int
    category: int
    pack: str
    price: Decimal
    stock: Decimal
    reorder_level: Decimal
    discontinued: bool

    @property
    def cost(self) -> Decimal:
        """What one piece is bought for."""
        return cents(self.price * COST_SHARE)


def table(name: str) -> list[dict[str, str]]:
    """The rows of one file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def orders() -> list[Order]:
    """All orders by id."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for row in table("order_details"):
        lines[int(row["order_id"])].append(
            Line(int(row["product_id"]), Decimal(row["unit_price"]), Decimal(row["quantity"]), Decimal(row["discount"]))
        )
    return [
        Order(
            int(row["order_id"]),
            row["customer_id"],
            int(row["employee_id"]),
            date.fromisoformat(row["order_date"]),
            date.fromisoformat(row["required_date"]),
            date.fromisoformat(row["shipped_date"]) if row["shipped_date"] else None,
            tuple(lines[int(row["order_id"])]),
        )
        for row in table("orders")
    ]


def products() -> dict[int, Product]:
    """All products by id."""
    return {
        int(row["product_id"]): Product(
            int(row["product_id"]),
            row["product_name"],
            int(row["supplier_id"]),
            int(row["category_id"]),
            row["quantity_per_unit"],
            Decimal(row["unit_price"]),
            Decimal(row["units_in_stock"]),
            Decimal(row["reorder_level"]),
            row["discontinued"] == "1",
        )
        for row in table("products")
    }
