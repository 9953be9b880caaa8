"""What several stories of the demo company do in the same way: buying, selling, returning, on a day of one's choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from examples.precision_parts.desk import Desk, Record

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sale:
    """An order and the delivery that served it."""

    order: Record
    delivery: Record


class Counter:
    """Purchases and sales from their order to the goods' door, each step by the person whose work it is."""

    def __init__(self, desk: Desk, products: Mapping[str, int]) -> None:
        """Over a desk, for goods by their codes."""
        self.desk = desk
        self.products = products

    def rows(self, *goods: tuple[str, str], **more: Any) -> list[dict[str, Any]]:
        """Rows of a document, each goods by code and a quantity."""
        return [{"product": self.products[code], "quantity": quantity, **more} for code, quantity in goods]

    def ordered(self, supplier: int, day: date, rows: Sequence[Row], **more: Any) -> Record:
        """A purchase order that was approved."""
        values = {
            "supplier": supplier, "ordered_on": day.isoformat(),
            "expected_on": (day + timedelta(days=7)).isoformat(), "lines": list(rows), **more,
        }  # fmt: skip
        return self.desk.run("boss", self.desk.create("buyer", "purchase_order", values, then="submit"), "approve")

    def received(self, receipt: Record, day: date, *rows: Row) -> Record:
        """A receipt that was posted; `rows` is what it says of each line beside the order."""
        return self._done(receipt, "receive", {"received_on": day.isoformat()}, rows)

    def bought(self, supplier: int, day: date, rows: Sequence[Row], *told: Row, **more: Any) -> tuple[Record, Record]:
        """An order and its receipt, both of the day."""
        order = self.ordered(supplier, day, rows, **more)
        return order, self.received(order.created("purchase_receipt"), day, *told)

    def sold_order(self, customer: int, day: date, rows: Sequence[Row], **more: Any) -> Record:
        """A sales order that was approved."""
        values = {"customer": customer, "ordered_on": day.isoformat(), "ship_on": day.isoformat(), **more}
        draft = self.desk.create("sales.manager", "sales_order", values | {"lines": list(rows)})
        return self.desk.run("sales.manager", draft, "approve")

    def shipped(self, delivery: Record, day: date, *rows: Row) -> Record:
        """A delivery that left; `rows` is what it says of each line."""
        return self._done(delivery, "ship", {"shipped_on": day.isoformat()}, rows)

    def sold(self, customer: int, day: date, rows: Sequence[Row], *told: Row, **more: Any) -> Sale:
        """An order and its delivery, both of the day."""
        order = self.sold_order(customer, day, rows, **more)
        return Sale(order, self.shipped(order.created("sales_delivery"), day, *told))

    def returned(self, sale: Sale, day: date, quantity: str, **more: Any) -> Record:
        """Goods of a delivery's first line on their way back: the return was approved."""
        lines = [{"delivery_line": self.line_of(sale.delivery), "quantity": quantity}]
        values = {"order": sale.order.id, "returned_on": day.isoformat(), "lines": lines, **more}
        return self.desk.run("boss", self.desk.create("sales.manager", "sales_return", values), "approve")

    def line_of(self, record: Record, place: int = 0) -> int:
        """The id of a row of a document."""
        return int(self.desk.read(record)["lines"][place]["id"])

    def figure(self, record: Record, name: str) -> Decimal:
        """A figure of a document; what is blank is nothing."""
        return Decimal(self.desk.read(record)[name] or 0)

    def _done(self, record: Record, step: str, values: dict[str, Any], rows: Sequence[Row]) -> Record:
        if rows:
            stored = self.desk.read(record)["lines"]
            values["lines"] = [{"id": at["id"], **row} for at, row in zip(stored, rows, strict=True)]
        return self.desk.run("keeper", self.desk.update("keeper", record, values), step)
