"""A small trading company with the shipped apps, spoken to in business words through the one door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command, Create, Reverse, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
#: The company's calendar day at that moment.
TODAY = date(2026, 3, 10)
_numbers = count(1)


@dataclass
class World:
    """One company and what happens in it."""

    application: Application
    schema: str
    actor: Actor = SYSTEM
    round_trips: list[int] = field(default_factory=list)

    def do(self, action: Action, key: str | None = None) -> Outcome:
        return self.application.execute(self.schema, Command(action, self.actor, key))

    def preview(self, action: Action) -> Preview:
        return self.application.preview(self.schema, Command(action, self.actor))

    def made(self, form: str, then: str | None = None, **values: Any) -> RecordRef:
        return self.do(Create(form, values, then)).record

    def run(self, record: RecordRef, transition: str) -> Outcome:
        return self.do(Run(record, transition))

    def change(self, record: RecordRef, **values: Any) -> Outcome:
        return self.do(Update(record, self.version(record), values))

    def undo(self, record: RecordRef, *, followers: bool = False) -> Outcome:
        return self.do(Reverse(record, followers=followers))

    def product(self, name: str, price: str = "10", cost: str = "6", **more: Any) -> int:
        code = f"P{next(_numbers)}"
        unit = self.ask("SELECT id FROM unit WHERE code = %(code)s", code="PCS")[0][0]
        prices = {"sales_price": price, "purchase_price": cost, "tax_rate": "0.13"}
        return self.made("product", **({"code": code, "name": name, "unit": unit} | prices | more)).id

    def customer(self, name: str, **more: Any) -> int:
        return self.made("customer", name=name, **more).id

    def supplier(self, name: str, **more: Any) -> int:
        return self.made("supplier", name=name, **more).id

    def stock(self, product: int, quantity: str, cost: str = "6") -> RecordRef:
        return self.made("opening_stock", "post", lines=[{"product": product, "quantity": quantity, "price": cost}])

    def order(self, customer: int, *lines: tuple[int, str], then: str | None = None, **more: Any) -> RecordRef:
        rows = [{"product": product, "quantity": quantity} for product, quantity in lines]
        return self.made("sales_order", then, customer=customer, lines=rows, **more)

    def purchase(self, supplier: int, *lines: tuple[int, str], then: str | None = "approve") -> RecordRef:
        rows = [{"product": product, "quantity": quantity} for product, quantity in lines]
        return self.made("purchase_order", then, supplier=supplier, lines=rows)

    def draft_of(self, form: str, order: RecordRef) -> RecordRef:
        """The newest draft that an order made."""
        rows = self.ask(
            f"SELECT id FROM {form} WHERE \"order\" = %(id)s AND state = 'draft' AND deleted_at IS NULL"
            " ORDER BY id DESC",
            id=order.id,
        )
        return RecordRef(form, rows[0][0])

    def delivery_of(self, order: RecordRef) -> RecordRef:
        return self.draft_of("sales_delivery", order)

    def cut(self, delivery: RecordRef, *quantities: str) -> None:
        """Deliver less than the draft says."""
        rows = self.rows(delivery, "lines", "id")
        self.change(delivery, lines=[{"id": row[0], "quantity": q} for row, q in zip(rows, quantities, strict=True)])

    def ship(self, order: RecordRef, *quantities: str) -> RecordRef:
        delivery = self.delivery_of(order)
        if quantities:
            self.cut(delivery, *quantities)
        self.run(delivery, "ship")
        return delivery

    def receipt(self, customer: int, amount: str, **more: Any) -> RecordRef:
        return self.made("receipt", "post", customer=customer, amount=amount, **more)

    def allocate(self, customer: int, *lines: tuple[RecordRef, RecordRef, str]) -> RecordRef:
        rows = [{"receipt": receipt.id, "order": order.id, "amount": amount} for receipt, order, amount in lines]
        return self.made("allocation", "allocate", customer=customer, lines=rows)

    def ask(self, sql: str, **parameters: Any) -> Rows:
        with self.application.database.transaction(self.schema, read_only=True) as transaction:
            return transaction.run(Statement(sql, parameters))[0]

    def version(self, record: RecordRef) -> int:
        return int(self.ask(f'SELECT version FROM "{record.form}" WHERE id = %(id)s', id=record.id)[0][0])

    def value(self, record: RecordRef, name: str) -> Any:
        return self.ask(f'SELECT "{name}" FROM "{record.form}" WHERE id = %(id)s', id=record.id)[0][0]

    def state(self, record: RecordRef) -> str:
        return str(self.value(record, "state"))

    def rows(self, record: RecordRef, lines: str, *names: str) -> Rows:
        columns = ", ".join(f'"{name}"' for name in names)
        table = f"{record.form}__{lines}"
        return self.ask(f'SELECT {columns} FROM "{table}" WHERE parent = %(id)s ORDER BY position', id=record.id)

    def line(self, order: RecordRef, name: str, position: int = 0) -> Any:
        return self.rows(order, "lines", name)[position][0]

    def balance(self, role: str, **at: int) -> tuple[Any, Any]:
        """Quantity and amount of all accounts of a role at dimensions, from the entries."""
        where = " AND ".join([f"a.{name} = %({name})s" for name in at] or ["true"])
        rows = self.ask(
            "SELECT coalesce(sum(e.quantity), 0), coalesce(sum(e.amount), 0) FROM ledger_entry e"
            f" JOIN ledger_account a ON a.id = e.account WHERE a.role = %(role)s AND {where}",
            role=role,
            **at,
        )
        return rows[0][0], rows[0][1]

    def available(self, product: int) -> Decimal:
        rows = self.ask(
            "SELECT coalesce(sum(quantity - taken_quantity), 0) FROM ledger_account"
            " WHERE role = 'on_hand' AND item = %(item)s AND control IS NULL",
            item=product,
        )
        return Decimal(rows[0][0])

    def meters(self) -> dict[str, Rows]:
        """Everything that the book and the meters say: what a reversal must bring back."""
        return {
            "accounts": self.ask(
                "SELECT role, item, place, lot, party, document, spot, quantity, amount, taken_quantity, taken_amount,"
                " expected_quantity, expected_amount, waiting FROM ledger_account WHERE kept AND (quantity, amount,"
                " taken_quantity, taken_amount, expected_quantity, expected_amount, waiting)"
                " <> (0, 0, 0, 0, 0, 0, 0) ORDER BY 1, 2, 3, 4, 5, 6, 7"
            ),
            "orders": self.ask(
                "SELECT id, billed, open_amount, deposit, received, to_collect, fulfilment, payment, progress"
                " FROM sales_order ORDER BY id"
            ),
            "lines": self.ask("SELECT id, shipped, waiting, to_ship FROM sales_order__lines ORDER BY id"),
            "receipts": self.ask("SELECT id, unallocated FROM receipt WHERE state <> 'reversed' ORDER BY id"),
        }

    def summed(self) -> Rows:
        return self.ask(
            "SELECT a.role, a.item, a.party, sum(e.quantity), sum(e.amount) FROM ledger_entry e"
            " JOIN ledger_account a ON a.id = e.account WHERE NOT a.kept GROUP BY 1, 2, 3"
            " HAVING (sum(e.quantity), sum(e.amount)) <> (0, 0) ORDER BY 1, 2, 3"
        )

    def everything(self) -> dict[str, int]:
        """How many rows every table of the company has: on refusal, nothing may be added."""
        tables = self.ask("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        return {name: self.ask(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables}

    def assert_clean(self) -> None:
        drifts: Sequence[Any] = self.application.check(self.schema)
        assert list(drifts) == []
