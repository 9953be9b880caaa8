"""Northwind's two years through the HTTP API: imported, approved, bought for, shipped, collected, allocated."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from examples.api import Api
from examples.northwind.figures import Event, events, paid
from examples.northwind.source import Order, products, table

OPENED_ON = date(1996, 7, 1)
UNIT = "个"


def _file(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as the CSV file that is uploaded."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


class Replay:
    """The replay in one company; ids as they were given are remembered by the files' own keys."""

    def __init__(self, api: Api) -> None:
        """In the company that the session works in."""
        self._api = api
        self.goods = products()
        self.products: dict[int, int] = {}
        self.suppliers: dict[str, int] = {}
        self.customers: dict[str, int] = {}
        self.orders: dict[int, dict[str, Any]] = {}

    def run(self, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Everything, in the order of time."""
        self._masters()
        self._opening_stock()
        happened = events()
        for done, event in enumerate(happened, 1):
            (self._ordered, self._shipped, self._collected)[event.step](event)
            progress(done, len(happened))

    def _masters(self) -> None:
        categories = [{"name": row["category_name"]} for row in table("categories")]
        self._api.upload("product_category", "categories.csv", _file(categories), {})
        parties = {"supplier": ("suppliers", "supplier_id"), "customer": ("customers", "customer_id")}
        for form, (name, key) in parties.items():
            rows = [
                {
                    "code": row[key],
                    "name": row["company_name"],
                    "contact": row["contact_name"],
                    "address": f"{row['address']}, {row['city']}, {row['country']}",
                    "payment_days": 20,
                }
                for row in table(name)
            ]
            self._api.upload(form, f"{name}.csv", _file(rows), {"key": ["code"]})
        names = {row["category_id"]: row["category_name"] for row in table("categories")}
        goods = [
            {
                "code": one.id,
                "name": one.name,
                "spec": one.pack,
                "category": names[str(one.category)],
                "unit": UNIT,
                "sales_price": one.price,
                "purchase_price": one.cost,
                "tax_rate": 0,
                "lower_limit": one.reorder_level,
            }
            for one in self.goods.values()
        ]
        self._api.upload("product", "products.csv", _file(goods), {"key": ["code"]})
        self.products = {int(row["code"]): row["id"] for row in self._api.records("product", "code")}
        self.suppliers = {row["code"]: row["id"] for row in self._api.records("supplier", "code")}
        self.customers = {row["code"]: row["id"] for row in self._api.records("customer", "code")}

    def _opening_stock(self) -> None:
        lines = [
            {"product": self.products[one.id], "quantity": str(one.stock), "price": str(one.cost)}
            for one in self.goods.values()
            if one.stock
        ]
        self._api.create("opening_stock", {"opened_on": OPENED_ON.isoformat(), "lines": lines}, then="post")

    def _ordered(self, event: Event) -> None:
        order = event.order
        values = {
            "customer": self.customers[order.customer],
            "ordered_on": event.on.isoformat(),
            "ship_on": order.required_on.isoformat(),
            "lines": [
                {
                    "product": self.products[line.product],
                    "quantity": str(line.quantity),
                    "price": str(line.price),
                    "discount": str(line.discount),
                }
                for line in order.lines
            ],
        }
        made = self._api.create("sales_order", values, then="approve")
        [delivery] = [one["id"] for one in made["created"] if one["form"] == "sales_delivery"]
        self.orders[order.id] = {"id": made["id"], "delivery": delivery}
        self._buy_what_waits(order, made["id"], event.on)

    def _buy_what_waits(self, order: Order, record: int, day: date) -> None:
        """以销定采: what the order waits for is bought, with the reorder level on top, and received the same day."""
        lines = self._api.read("sales_order", record)["values"]["lines"]
        wanted: defaultdict[int, list[tuple[int, Decimal]]] = defaultdict(list)
        for line, asked in zip(lines, order.lines, strict=True):
            waiting = Decimal(line["waiting"])
            if waiting:
                product = self.goods[asked.product]
                wanted[product.supplier].append((product.id, waiting + product.reorder_level))
        for supplier, goods in wanted.items():
            values = {
                "supplier": self.suppliers[str(supplier)],
                "ordered_on": day.isoformat(),
                "expected_on": day.isoformat(),
                "lines": [{"product": self.products[one], "quantity": str(quantity)} for one, quantity in goods],
            }
            bought = self._api.create("purchase_order", values, then="approve")
            [receipt] = [one["id"] for one in bought["created"] if one["form"] == "purchase_receipt"]
            changed = self._api.update("purchase_receipt", receipt, 1, {"received_on": day.isoformat()})
            self._api.run("purchase_receipt", changed["id"], "receive")

    def _shipped(self, event: Event) -> None:
        delivery = self.orders[event.order.id]["delivery"]
        self._api.update("sales_delivery", delivery, 1, {"shipped_on": event.on.isoformat()})
        self._api.run("sales_delivery", delivery, "ship")

    def _collected(self, event: Event) -> None:
        customer = self.customers[event.order.customer]
        amount = str(paid(event.order))
        money = {"customer": customer, "received_on": event.on.isoformat(), "amount": amount}
        receipt = self._api.create("receipt", money, then="post")["id"]
        line = {"receipt": receipt, "order": self.orders[event.order.id]["id"], "amount": amount}
        values = {"customer": customer, "allocated_on": event.on.isoformat(), "lines": [line]}
        self._api.create("allocation", values, then="allocate")
