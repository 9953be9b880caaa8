"""A small but rich history of a trading company: four months, two warehouses, lots, parts, returns, late papers."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from onebook.access.actor import Actor
from onebook.definition.app import App
from onebook.definition.read import read_text
from onebook.values.reference import RecordRef
from tests.scenarios.world import World

#: The columns of a report of what came and went, said once.
FIGURES = """\
  opening_quantity: {label: a | a, shows: opening_quantity, total: true}
  incoming_quantity: {label: b | b, shows: incoming_quantity, total: true}
  outgoing_quantity: {label: c | c, shows: outgoing_quantity, total: true}
  closing_quantity: {label: d | d, shows: closing_quantity, total: true}
  opening_amount: {label: e | e, shows: opening_amount, total: true}
  incoming_amount: {label: f | f, shows: incoming_amount, total: true}
  outgoing_amount: {label: g | g, shows: outgoing_amount, total: true}
  closing_amount: {label: h | h, shows: closing_amount, total: true}"""
#: Reports that the shipped apps do not have, but the engine must compute as well.
READINGS = """
app: readings
label: 读数 | Readings
needs: [sales, stock, finance]
---
report: stock_between
label: 收发存（任意日期） | Stock between days
source: balances
of: on_hand
parameters:
  from: {kind: date, label: 起 | From}
  to: {kind: date, label: 止 | To}
  item: {kind: link, to: product, label: 商品 | Product}
rows: [place, item]
columns:
FIGURES
---
report: lots_between
label: 批次收发存 | Lots between days
source: balances
of: on_hand
parameters:
  from: {kind: date, label: 起 | From}
  to: {kind: date, label: 止 | To}
rows: [place, item, lot]
columns:
FIGURES
---
report: categories_between
label: 分类收发存 | Categories between days
source: balances
of: on_hand
parameters:
  from: {kind: date, label: 起 | From}
  to: {kind: date, label: 止 | To}
rows: [item.category]
columns:
FIGURES
---
report: revenue_between
label: 收入 | Revenue between days
source: balances
of: revenue
parameters:
  from: {kind: date, label: 起 | From}
  to: {kind: date, label: 止 | To}
rows: [party]
columns:
FIGURES
---
report: revenue_now
label: 收入余额 | Revenue now
source: positions
of: revenue
rows: [party]
columns:
  amount: {label: a | a, shows: balance_amount, total: true}
---
report: open_payables
label: 应付明细 | Open payables
source: open_items
of: payable
due: due_on
parameters:
  as_of: {kind: date, default: TODAY(), label: 截止 | As of}
rows: [party, document]
columns:
  open: {label: a | a, shows: open_amount, total: true}
---
report: open_prepayments
label: 预收明细 | Open prepayments
source: open_items
of: customer_prepayment
parameters:
  as_of: {kind: date, default: TODAY(), label: 截止 | As of}
rows: [party, document]
columns:
  open: {label: a | a, shows: open_amount, total: true}
---
role: trainee
label: 学徒 | Trainee
reports: [receivables, stock_list, sales_by_customer]
hide_columns: {stock_list: [value, unit_cost], sales_by_customer: [received]}
grants:
  user: {read: true}
  warehouse: {read: true}
  product: {read: true}
  customer: {read: salesperson = ME()}
  sales_order: {read: salesperson = ME(), hide: [to_collect]}
  sales_delivery: {read: salesperson = ME()}
"""


def readings() -> App:
    """The reports above as an app."""
    return read_text(READINGS.replace("FIGURES", FIGURES), "readings")


class Entry(NamedTuple):
    """A row of the book with the account it stands on."""

    role: str
    item: int
    place: int
    lot: int
    party: int
    document: int
    journal: int
    on: date
    quantity: Decimal
    amount: Decimal
    is_red: bool


@dataclass
class History:
    """What happened, to whom, and the raw rows of the book."""

    world: World
    products: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    suppliers: dict[str, int] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def trainee(self) -> Actor:
        """Somebody with Ann's customers and fewer rights."""
        return replace(self.people["ann"], roles=frozenset({"trainee"}))

    def entries(self, role: str) -> list[Entry]:
        """Every entry of a role, straight from the tables."""
        return [
            Entry(*row)
            for row in self.world.ask(
                "SELECT a.role, a.item, a.place, a.lot, a.party, a.document, e.journal, e.booked_on, e.quantity,"
                " e.amount, e.is_red FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
                " WHERE a.role = %(role)s",
                role=role,
            )
        ]

    def happen(self) -> None:
        """All of it."""
        self._begin()
        self._buy()
        self._sell()
        self._move_about()
        self._pay()
        self._undo()
        self._come_late()

    def _begin(self) -> None:
        world = self.world
        for name in ("ann", "bob"):
            user = world.made("user", login=name, name=name.title())
            self.people[name] = Actor(user.id, name, frozenset({"salesperson"}), colleagues=frozenset({user.id}))
        self.places["main"] = world.ask("SELECT min(id) FROM warehouse")[0][0]
        self.places["second"] = world.made("warehouse", code="W2", name="Second").id
        category = world.made("product_category", name="Metal").id
        goods: dict[str, dict[str, Any]] = {
            "bolt": {"category": category, "lower_limit": "200"},
            "nut": {"category": category},
            "oil": {},
            "rare": {"lower_limit": "5"},
            "gone": {"lower_limit": "5"},
            "retired": {"lower_limit": "5", "active": False},
        }
        for name, more in goods.items():
            self.products[name] = world.product(name, price="11.30", cost="5.65", **more)
        owners = {"Alpha": "ann", "Beta": "bob", "Gamma": None}
        for name, owner in owners.items():
            seller = self.people[owner].id if owner else None
            self.customers[name] = world.customer(name, salesperson=seller, payment_days="30")
        self.suppliers = {name: world.supplier(name, payment_days="15") for name in ("Steel", "Chem")}
        for code, ends in (("L1", "2026-06-30"), ("L2", "2026-12-31")):
            self.lots[code] = world.made("lot", code=code, product=self.products["oil"], expires_on=ends).id
        p = self.products
        self._open("main", "2025-12-20", (p["bolt"], "300", "5", None), (p["oil"], "40", "7.77", self.lots["L1"]))
        self._open("main", "2025-12-20", (p["oil"], "10", "8", None), (p["gone"], "3", "9.99", None))
        self._open("second", "2025-12-28", (p["nut"], "77", "1.13", None), (p["oil"], "20", "8.01", self.lots["L2"]))

    def _open(self, place: str, day: str, *lines: tuple[int, str, str, int | None]) -> RecordRef:
        rows = [{"product": one, "quantity": q, "price": price, "lot": lot} for one, q, price, lot in lines]
        return self.world.made("opening_stock", "post", warehouse=self.places[place], opened_on=day, lines=rows)

    def _buy(self) -> None:
        p = self.products
        order = self._purchase("Steel", "2026-01-05", (p["bolt"], "500"), (p["nut"], "300"))
        self._receive(order, "2026-01-12", "200", "100")
        self.world.run(order, "receive_rest")
        self._receive(order, "2026-02-03", "150", "200")
        oils = self._purchase("Chem", "2026-01-20", (p["oil"], "60"))
        self._receive(oils, "2026-01-31", "60", lot=self.lots["L2"])
        self._purchase("Chem", "2026-03-02", (p["oil"], "5"))

    def _purchase(self, supplier: str, day: str, *lines: tuple[int, str]) -> RecordRef:
        rows = [{"product": one, "quantity": q} for one, q in lines]
        values = {"supplier": self.suppliers[supplier], "ordered_on": day, "lines": rows}
        return self.world.made("purchase_order", "approve", **values)

    def _receive(self, order: RecordRef, day: str, *quantities: str, lot: int | None = None) -> RecordRef:
        receipt = self.world.draft_of("purchase_receipt", order)
        return self._post(receipt, "receive", "received_on", day, quantities, lot)

    def _post(
        self, draft: RecordRef, step: str, dated: str, day: str, quantities: tuple[str, ...], lot: int | None
    ) -> RecordRef:
        ids = [row[0] for row in self.world.rows(draft, "lines", "id")]
        more = {"lot": lot} if lot else {}
        wanted = [{"id": one, "quantity": q, **more} for one, q in zip(ids, quantities, strict=True) if q != "0"]
        self.world.change(draft, **{dated: day, "lines": wanted})
        self.world.run(draft, step)
        return draft

    def _order(self, customer: str, day: str, *lines: tuple[int, str], **more: Any) -> RecordRef:
        return self.world.order(self.customers[customer], *lines, then="approve", ordered_on=day, **more)

    def _ship(self, order: RecordRef, day: str, *quantities: str, lot: int | None = None) -> RecordRef:
        return self._post(self.world.delivery_of(order), "ship", "shipped_on", day, quantities, lot)

    def _sell(self) -> None:
        p, world = self.products, self.world
        self.first = self._order("Alpha", "2026-01-08", (p["bolt"], "120"), (p["bolt"], "7"))
        self._ship(self.first, "2026-01-15", "50", "0")
        world.run(self.first, "deliver")
        self._ship(self.first, "2026-02-02", "70", "7")
        self.second = self._order("Beta", "2026-01-25", (p["bolt"], "33"), (p["nut"], "40"))
        self.wrong = self._ship(self.second, "2026-01-31", "33", "40")
        self.third = self._order("Gamma", "2026-02-11", (p["oil"], "9"))
        self._ship(self.third, "2026-02-14", "9", lot=self.lots["L1"])
        self.fourth = self._order("Beta", "2026-02-20", (p["gone"], "3"))
        self._ship(self.fourth, "2026-02-20", "3")
        self.fifth = self._order("Alpha", "2026-03-01", (p["bolt"], "60"), warehouse=self.places["main"])
        self._ship(self.fifth, "2026-03-04", "20")
        world.run(self.fifth, "close")
        self._order("Alpha", "2026-03-05", (p["bolt"], "10"))
        world.order(self.customers["Gamma"], (p["nut"], "1"), ordered_on="2026-03-06")

    def _move_about(self) -> None:
        world, p = self.world, self.products
        between = {"source_warehouse": self.places["main"], "target_warehouse": self.places["second"]}
        lines = [
            {"product": p["bolt"], "quantity": "77"},
            {"product": p["oil"], "quantity": "3", "lot": self.lots["L1"]},
        ]
        world.made("transfer", "move", moved_on="2026-02-05", lines=lines, **between)
        self.transfer = world.made(
            "transfer", "move", moved_on="2026-03-03", lines=[{"product": p["bolt"], "quantity": "11"}], **between
        )
        second = self.places["second"]
        found = [{"product": p["nut"], "quantity": "2", "price": "1.07"}]
        world.made("other_in", "receive", warehouse=second, received_on="2026-02-28", lines=found)
        broken = [{"product": p["nut"], "quantity": "5"}]
        world.made("other_out", "issue", warehouse=second, issued_on="2026-03-01", lines=broken)

    def _pay(self) -> None:
        world, buyers = self.world, self.customers
        alpha = world.receipt(buyers["Alpha"], "1000", received_on="2026-01-20")
        world.made(
            "allocation", "allocate", customer=buyers["Alpha"], allocated_on="2026-02-03",
            lines=[{"receipt": alpha.id, "order": self.first.id, "amount": "700.01"}],
        )  # fmt: skip
        world.receipt(buyers["Gamma"], "50", received_on="2026-02-12", order=self.third.id)
        self.mistaken = world.receipt(buyers["Beta"], "123.45", received_on="2026-02-15")
        payment = world.made("payment", "post", supplier=self.suppliers["Steel"], amount="900", paid_on="2026-02-10")
        order = world.ask("SELECT min(id) FROM purchase_order")[0][0]
        world.made(
            "payable_allocation", "allocate", supplier=self.suppliers["Steel"], allocated_on="2026-02-11",
            lines=[{"payment": payment.id, "order": order, "amount": "850"}],
        )  # fmt: skip

    def _undo(self) -> None:
        self.world.undo(self.wrong)
        self.world.undo(self.transfer)
        self.world.undo(self.mistaken)

    def _come_late(self) -> None:
        """Papers of past months that are handed in only now."""
        self._open("second", "2026-01-10", (self.products["bolt"], "15", "6", None))
        late = self._order("Gamma", "2026-01-02", (self.products["bolt"], "4"))
        self._ship(late, "2026-02-06", "4")
        self.world.receipt(self.customers["Gamma"], "7.70", received_on="2025-12-31")
