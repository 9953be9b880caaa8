"""A year's work of the demo company, day by day, done through commands by the people whose work it is."""

import contextlib
import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from examples.precision_parts.cast import SALESPEOPLE
from examples.precision_parts.desk import Desk, Record
from examples.precision_parts.goods import Customer, Product
from onebook.values.refusal import Refusal

SEED = 20260101
ORDERS_PER_DAY = (0, 1, 1, 1, 2, 2, 3)
LINES_PER_ORDER = (1, 2, 2, 3, 3, 4, 5, 6)
#: Stock is filled up to so many times the lower limit.
FILL_UP = 3
TRY_AGAIN_DAYS = 3
#: The weekday, Wednesday, on whose first in a month stock is counted.
COUNTING = 2
#: Customers of this level pay before their goods leave.
PAYS_FIRST = "C"


@dataclass
class Catalogue:
    """Ids of what was set up before the year begins."""

    products: dict[str, int]
    customers: dict[str, int]
    suppliers: dict[str, int]
    units: dict[str, int]
    accounts: dict[str, int]
    branch: int

    @property
    def bank(self) -> int:
        """The account that nearly all money goes through."""
        return self.accounts["bank"]


def seller_of(customer: Customer) -> str:
    """The login of the salesperson who looks after a customer."""
    return SALESPEOPLE[sum(map(ord, customer.code)) % len(SALESPEOPLE)]


@dataclass
class Year:
    """The year as it unfolds: what is due on which day, in a heap; chance comes from one seed."""

    desk: Desk
    catalogue: Catalogue
    products: list[Product]
    customers: list[Customer]
    today: date
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    _due: list[tuple[date, int, Callable[[date], object]]] = field(default_factory=list)
    _count: int = 0

    def later(self, day: date, action: Callable[[date], object]) -> None:
        """Do something on a day, or on the first workday after it."""
        if day.weekday() >= 5:
            day += timedelta(days=7 - day.weekday())
        self._count += 1
        heapq.heappush(self._due, (day, self._count, action))

    def run(self, start: date, progress: Callable[[float], None]) -> None:
        """Work from the start until today."""
        for day in (start + timedelta(days=n) for n in range((self.today - start).days + 1)):
            while self._due and self._due[0][0] <= day:
                _, _, action = heapq.heappop(self._due)
                action(day)
            if day.weekday() < 5:
                for _ in range(self.chance.choice(ORDERS_PER_DAY)):
                    self._sell(day)
            if day.weekday() == 0:
                self._replenish(day)
            if day.weekday() == COUNTING and day.day <= 7:
                self._take_stock(day)
            progress(((day - start).days + 1) / ((self.today - start).days + 1))

    # -- selling

    def _sell(self, day: date) -> None:
        customer = self.chance.choices(self.customers, [each.weight for each in self.customers])[0]
        seller = seller_of(customer)
        goods = self.chance.sample(self.products, self.chance.choice(LINES_PER_ORDER))
        values = {
            "customer": self.catalogue.customers[customer.code],
            "ordered_on": day.isoformat(),
            "ship_on": (day + timedelta(days=self.chance.randint(1, 6))).isoformat(),
            "lines": [self._order_line(customer, product) for product in goods],
        }
        if day > self.today - timedelta(days=3) and self.chance.random() < 0.5:
            self.desk.create(seller, "sales_order", values)
            return
        draft = self.desk.create(seller, "sales_order", values, then="submit")
        try:
            order = self.desk.run("sales.manager", draft, "approve")
        except Refusal:
            # Over the credit limit: it stays submitted and is tried again once money has come in.
            self.later(day + timedelta(days=20), lambda when: self._retry(draft, customer, when))
            return
        self._follow(order, customer, day)

    def _retry(self, draft: Record, customer: Customer, day: date) -> None:
        try:
            order = self.desk.run("sales.manager", draft, "approve")
        except Refusal:
            self.desk.run("sales.manager", draft, "cancel")
            return
        self._follow(order, customer, day)

    def _follow(self, order: Record, customer: Customer, day: date) -> None:
        delivery = order.created("sales_delivery")
        if customer.level == PAYS_FIRST:
            self.later(
                day + timedelta(days=self.chance.randint(1, 4)), lambda when: self._deposit(order, delivery, when)
            )
            return
        self.later(day + timedelta(days=self.chance.randint(1, 5)), lambda when: self._ship(order, delivery, when))
        late = self.chance.choice((-5, 0, 0, 3, 8, 20, 45))
        if self.chance.random() < 0.9:
            self.later(
                day + timedelta(days=max(6, customer.payment_days + late)), lambda when: self._collect(order, when)
            )

    def _order_line(self, customer: Customer, product: Product) -> dict[str, Any]:
        usual = max(1, product.lower_limit // 3)
        quantity = self.chance.randint(max(1, usual // 2), usual * 2)
        line: dict[str, Any] = {"product": self.catalogue.products[product.code], "quantity": str(quantity)}
        if product.pack and quantity >= product.per_pack:
            line |= {"unit": self.catalogue.units[product.pack], "quantity": str(quantity // product.per_pack)}
        if customer.level == "A":
            line["discount"] = "0.05"
        return line

    def _ship(self, order: Record, delivery: Record, day: date) -> None:
        """What is reserved leaves; what waits for goods leaves another day."""
        now = self.desk.read(order)
        ready = {line["id"]: Decimal(line["to_ship"]) - Decimal(line["waiting"] or 0) for line in now["lines"]}
        note = self.desk.read(delivery)
        lines = [
            {"id": line["id"], "quantity": str(min(Decimal(line["quantity"]), ready[line["order_line"]["id"]]))}
            for line in note["lines"]
            if ready[line["order_line"]["id"]] > 0
        ]
        if not lines:
            self.later(day + timedelta(days=TRY_AGAIN_DAYS), lambda when: self._ship(order, delivery, when))
            return
        changed = self.desk.update("keeper", delivery, {"shipped_on": day.isoformat(), "lines": lines})
        self.desk.run("keeper", changed, "ship")
        shipped = sum(Decimal(line["quantity"]) for line in lines)
        if shipped < sum(Decimal(line["to_ship"]) for line in now["lines"]):
            further = self.desk.run("sales.manager", order, "deliver").created("sales_delivery")
            self.later(day + timedelta(days=TRY_AGAIN_DAYS), lambda when: self._ship(order, further, when))

    # -- collecting

    def _collect(self, order: Record, day: date) -> None:
        """The customer pays what the order owes, now and then only a part, and the accountant allocates it."""
        now = self.desk.read(order)
        owed = Decimal(now["open_amount"] or 0)
        if owed <= 0:
            return
        part = self.chance.random() < 0.12
        amount = (owed / 2).quantize(Decimal("0.01")) if part else owed
        money = {
            "customer": now["customer"]["id"],
            "money_account": self.catalogue.bank,
            "received_on": day.isoformat(),
            "amount": str(amount),
        }
        if self.chance.random() < 0.02:
            # Typed in twice and noticed: the second one is reversed.
            self.desk.undo("accountant", self.desk.create("accountant", "receipt", money, then="post"))
        receipt = self.desk.create("accountant", "receipt", money, then="post")
        if self.chance.random() < 0.06:
            return
        line = {"receipt": receipt.id, "order": order.id, "amount": str(amount)}
        values = {"customer": now["customer"]["id"], "allocated_on": day.isoformat(), "lines": [line]}
        self.desk.create("accountant", "allocation", values, then="allocate")

    def _deposit(self, order: Record, delivery: Record, day: date) -> None:
        """款到发货: the order is paid for before its goods leave."""
        now = self.desk.read(order)
        money = {
            "customer": now["customer"]["id"],
            "order": order.id,
            "money_account": self.catalogue.bank,
            "received_on": day.isoformat(),
            "amount": str(now["total"]),
        }
        self.desk.create("accountant", "receipt", money, then="post")
        self.later(day + timedelta(days=1), lambda when: self._ship(order, delivery, when))

    # -- the warehouse

    def _take_stock(self, day: date) -> None:
        """Once a month the keeper counts: some pieces are broken, some turn up, and the branch gets what it lacks."""
        broken, found, *lacking = self.chance.sample(self.products, 5)
        self._stock_document("other_out", "issue", [(broken, 50)], {"issued_on": day.isoformat(), "reason": "damage"})
        self._stock_document("other_in", "receive", [(found, 50)], {"received_on": day.isoformat()})
        moved = {"moved_on": day.isoformat(), "target_warehouse": self.catalogue.branch}
        self._stock_document("transfer", "move", [(one, 5) for one in lacking], moved)

    def _stock_document(
        self, form: str, transition: str, goods: list[tuple[Product, int]], values: dict[str, Any]
    ) -> None:
        """A document over a part of each lower limit. What is promised away stays, and a draft is left."""
        lines = [
            {"product": self.catalogue.products[product.code], "quantity": str(max(1, product.lower_limit // part))}
            for product, part in goods
        ]
        draft = self.desk.create("keeper", form, {**values, "lines": lines})
        with contextlib.suppress(Refusal):
            self.desk.run("keeper", draft, transition)

    # -- buying

    def _replenish(self, day: date) -> None:
        """Every Monday: what is below its lower limit, or waited for, is ordered from its supplier."""
        stock = self.desk.stock()
        wanted: defaultdict[str, list[tuple[Product, Decimal]]] = defaultdict(list)
        for product in self.products:
            projected = stock[self.catalogue.products[product.code]]
            if projected < product.lower_limit:
                quantity = (product.lower_limit * FILL_UP - projected).quantize(Decimal(1))
                wanted[product.supplier].append((product, quantity))
        for supplier, goods in wanted.items():
            self._buy(supplier, goods, day)

    def _buy(self, supplier: str, goods: list[tuple[Product, Decimal]], day: date) -> None:
        lead = self.chance.randint(4, 14)
        # Purchase prices wander a little through the year, so that moving averages move.
        drift = Decimal(self.chance.randint(-4, 6)) / 100 + 1
        values = {
            "supplier": self.catalogue.suppliers[supplier],
            "ordered_on": day.isoformat(),
            "expected_on": (day + timedelta(days=lead)).isoformat(),
            "lines": [
                {
                    "product": self.catalogue.products[product.code],
                    "quantity": str(quantity),
                    "price": str((product.purchase_price * drift).quantize(Decimal("0.0001"))),
                }
                for product, quantity in goods
            ],
        }
        asked = self.desk.create("buyer", "purchase_order", values, then="submit")
        order = self.desk.run("boss", asked, "approve")
        receipt = order.created("purchase_receipt")
        late = self.chance.choice((-1, 0, 0, 0, 2, 5))
        self.later(day + timedelta(days=lead + late), lambda when: self._receive(order, receipt, when))

    def _receive(self, order: Record, receipt: Record, day: date) -> None:
        changed = self.desk.update("keeper", receipt, {"received_on": day.isoformat()})
        self.desk.run("keeper", changed, "receive")
        due = self.desk.read(order)["due_on"]
        self.later(max(day, due), lambda when: self._pay(order, when))

    def _pay(self, order: Record, day: date) -> None:
        now = self.desk.read(order)
        owed = Decimal(now["open_amount"])
        supplier = now["supplier"]["id"]
        money = {
            "supplier": supplier,
            "money_account": self.catalogue.bank,
            "paid_on": day.isoformat(),
            "amount": str(owed),
        }
        payment = self.desk.create("accountant", "payment", money, then="post")
        line = {"payment": payment.id, "order": order.id, "amount": str(owed)}
        values = {"supplier": supplier, "allocated_on": day.isoformat(), "lines": [line]}
        self.desk.create("accountant", "payable_allocation", values, then="allocate")
