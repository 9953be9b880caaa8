"""Goods and parties of the demo company, read from the tables beside this file."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
TAX_RATE = Decimal("0.13")


@dataclass(frozen=True)
class Product:
    """A product: prices include tax; `per_pack` pieces make a pack, where it is sold by the pack."""

    code: str
    name: str
    spec: str
    category: str
    unit: str
    pack: str | None
    per_pack: int
    purchase_price: Decimal
    sales_price: Decimal
    lower_limit: int
    supplier: str


@dataclass(frozen=True)
class Supplier:
    """A supplier, paid so many days after the order."""

    code: str
    name: str
    contact: str
    phone: str
    region: str
    payment_days: int


@dataclass(frozen=True)
class Customer:
    """A customer; `weight` is how often they order beside the others."""

    code: str
    name: str
    contact: str
    phone: str
    region: str
    level: str
    credit_limit: int
    payment_days: int
    weight: int
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def products() -> list[Product]:
    """All products."""
    return [
        Product(
            code=row["code"],
            name=row["name"],
            spec=row["spec"],
            category=row["category"],
            unit=row["unit"],
            pack=row["pack"] or None,
            per_pack=int(row["per_pack"] or 1),
            purchase_price=Decimal(row["purchase_price"]),
            sales_price=Decimal(row["sales_price"]),
            lower_limit=int(row["lower_limit"]),
            supplier=row["supplier"],
        )
        for row in _rows("products")
    ]


def suppliers() -> list[Supplier]:
    """All suppliers."""
    return [
        Supplier(row["code"], row["name"], row["contact"], row["phone"], row["region"], int(row["payment_days"]))
        for row in _rows("suppliers")
    ]


def customers() -> list[Customer]:
    """All customers."""
    return [
        Customer(
            code=row["code"],
            name=row["name"],
            contact=row["contact"],
            phone=row["phone"],
            region=row["region"],
            level=row["level"],
            credit_limit=int(row["credit_limit"]),
            payment_days=int(row["payment_days"]),
            weight=int(row["weight"]),
            source=row["source"],
        )
        for row in _rows("customers")
    ]
