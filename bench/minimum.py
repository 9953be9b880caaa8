"""The hand-made minimum: the order cycle as plain SQL, written once for these forms, with the same row changes.

No declarations, rights, formulas, marks or previews: two round trips per command through psycopg's pipeline, every
statement prepared. `python -m bench cycle` counts the rows that it touches and runs the book's own check over them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg
from psycopg import sql

from bench.cycle import Sale
from bench.minimum_sql import (
    ALLOCATED_ORDER,
    ALLOCATED_PLAN,
    ALLOCATED_RECEIPT,
    ALLOCATION_ACCOUNTS,
    APPROVED,
    BALANCES,
    BILLED,
    BUYER,
    CASH_ACCOUNT,
    CHANGE,
    CUSTOMER_ACCOUNT,
    DELIVERY,
    DELIVERY_ACCOUNTS,
    DELIVERY_LINES,
    ENTRIES,
    GOODS_ACCOUNTS,
    HOLDS,
    IDS,
    JOURNAL,
    LINES_SHIPPED,
    MAIN_ACCOUNT,
    NEW_ALLOCATION,
    NEW_ALLOCATION_LINE,
    NEW_DELIVERY,
    NEW_DELIVERY_LINES,
    NEW_ORDER,
    NEW_ORDER_LINES,
    NEW_RECEIPT,
    OPEN_HOLDS,
    ORDER,
    ORDER_ACCOUNTS,
    ORDER_IDS,
    ORDER_LEAF,
    ORDER_LINES,
    ORDER_PAID,
    PLACED,
    PLAN_KEPT,
    PLAN_SETTLED,
    PRODUCTS,
    PROMISED,
    RECEIPT_ACCOUNTS,
    RECEIPT_BALANCES,
    RECEIPT_BOOKED,
    RECEIPT_LEAF,
    RECEIPT_USED,
    RESERVED,
    SETTLED,
    SETTLES,
    SHIPPED,
    STEP,
    SUMMED,
    TAX_ACCOUNT,
    TO_INVOICE,
    TOTALS,
)
from onebook.storage.database import APPLICATION_ROLE, Database

CENT = Decimal("0.01")
NOTHING = Decimal(0)
MONTH = date(2026, 3, 1)
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


class Minimum:
    """The cycle's commands on one connection."""

    def __init__(self, database: Database, schema: str) -> None:
        self.connection = psycopg.connect(database.url, autocommit=True, prepare_threshold=0)
        self.connection.execute("SET timezone = 'UTC'")
        self.connection.execute("SET plan_cache_mode = force_generic_plan")
        self.connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
        self.connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        self.round_trips = 0

    def close(self) -> None:
        self.connection.close()

    def cycle(self, sale: Sale, amount: str) -> None:
        order = self.create(sale)
        delivery = self.approve(order, sale.customer)
        self.ship(delivery)
        receipt = self.receive(sale.customer, Decimal(amount))
        self.allocate(sale.customer, receipt, order, Decimal(amount))

    def create(self, sale: Sale) -> int:
        _, buyers, products, companies, ids = self._trip(
            ("BEGIN", {}),
            (BUYER, {"id": sale.customer}),
            (PRODUCTS, {"ids": list(sale.products)}),
            ("SELECT main_warehouse, over_delivery FROM company", {}),
            (IDS, {"count": 1 + len(sale.products)}),
        )
        name, days, method, salesperson, pay_first, _ = buyers[0]
        known = {row[0]: row for row in products}
        rows = [known[product] for product in sale.products]
        amounts = [_cents(3 * price) for _, _, price, _ in rows]
        taxes = [amount - _cents(amount / (1 + rate)) for amount, (_, _, _, rate) in zip(amounts, rows, strict=True)]
        order, *lines = [number for (number,) in ids]
        values = {
            "id": order, "customer": sale.customer, "name": name, "warehouse": companies[0][0], "method": method,
            "due": date.fromordinal(TODAY.toordinal() + int(days or 0)), "salesperson": salesperson,
            "pay_first": pay_first, "over": companies[0][1], "total": sum(amounts), "tax": sum(taxes),
            "ids": lines, "products": list(sale.products), "units": [unit for _, unit, _, _ in rows],
            "quantities": [3] * len(rows), "prices": [price for _, _, price, _ in rows],
            "rates": [rate for _, _, _, rate in rows], "amounts": amounts, "taxes": taxes,
        }  # fmt: skip
        self._trip(
            (NEW_ORDER, {**values, **_numbered("sales_order", "SO")}),
            (NEW_ORDER_LINES, values),
            (CHANGE, _event("sales_order", order, "create", version=1)),
            ("COMMIT", {}),
        )
        return int(order)

    def approve(self, order: int, customer: int) -> int:
        _, _, _, companies, orders, lines, ids, accounts = self._trip(
            ("BEGIN", {}),
            (CUSTOMER_ACCOUNT, {"role": "receivable", "customer": customer}),
            (CUSTOMER_ACCOUNT, {"role": "collection_plan", "customer": customer}),
            ("SELECT receivable_at FROM company", {}),
            (ORDER, {"id": order}),
            (ORDER_LINES, {"id": order}),
            (ORDER_IDS, {"id": order}),
            (ORDER_ACCOUNTS, {"id": order, "customer": customer}),
        )
        _, name, warehouse, salesperson, total, tax, due, ship_on, credit, active = orders[0]
        delivery_lines, holds, collects, balance, delivery, journal = ids[0]
        stock = {item: (account, free) for account, role, item, free, _ in accounts if role == "on_hand"}
        receivable, plan = (
            next(account for account, role, _, _, _ in accounts if role == wanted)
            for wanted in ("receivable", "collection_plan")
        )
        owed = sum(amount for _, role, _, _, amount in accounts if role not in ("on_hand", "collection_plan"))
        assert active
        assert all(line[6] for line in lines)
        assert all(stock[line[1]][1] >= line[2] for line in lines)
        assert credit is None or owed + total <= credit
        quantities = [line[2] for line in lines]
        none = [NOTHING] * len(lines)
        promised = {
            "form": "sales_order", "id": order, "journal": journal, "behind": 0, "holds": [*holds, *collects, balance],
            "names": ["reserve"] * len(lines) + ["collect"] * len(lines) + ["balance_due"],
            "accounts": [*(stock[line[1]][0] for line in lines), *([receivable] * len(lines)), plan],
            "lines": [*(line[0] for line in lines), *(line[0] for line in lines), 0],
            "signs": [-1] * len(lines) + [1] * (len(lines) + 1),
            "dues": [ship_on] * len(lines) + [due] * (len(lines) + 1),
            "quantities": [*quantities, *none, NOTHING], "amounts": [*none, *(line[4] for line in lines), total],
            "balances": [*(stock[line[1]][0] for line in lines), receivable, plan],
            "taken": [*quantities, NOTHING, NOTHING], "pieces": [*none, NOTHING, NOTHING],
            "expected": [*none, total, total], "floors": [*none, None, None],
        }  # fmt: skip
        delivered = {
            "id": delivery, "order": order, "customer": customer, "name": name, "salesperson": salesperson,
            "warehouse": warehouse, "total": total, "tax": tax, "receivable_at": companies[0][0], "ids": delivery_lines,
            "lines": [line[0] for line in lines], "products": [line[1] for line in lines], "quantities": quantities,
            "prices": [line[3] for line in lines], "amounts": [line[4] for line in lines],
            "taxes": [line[5] for line in lines],
        }  # fmt: skip
        changes = '{"state": ["draft", "approved"], "progress": ["draft", "awaiting_shipment"]}'
        event = _event("sales_order", order, "approve", journal, changes, state="approved", created=[delivery])
        self._trip(
            (APPROVED, event),
            (RESERVED, {"id": order}),
            (CHANGE, event),
            (JOURNAL, event),
            (HOLDS, promised),
            (PLACED, promised),
            (PROMISED, promised),
            (NEW_DELIVERY, {**delivered, **_numbered("sales_delivery", "SD")}),
            (NEW_DELIVERY_LINES, delivered),
            (CHANGE, _event("sales_delivery", delivery, "create", version=1)),
            (STEP, event),
            ("COMMIT", {}),
        )
        return int(delivery)

    def ship(self, delivery: int) -> None:
        known = {"id": delivery}
        _, deliveries, lines, _, _, _, accounts, summed, holds = self._trip(
            ("BEGIN", {}),
            (DELIVERY, known),
            (DELIVERY_LINES, known),
            (GOODS_ACCOUNTS, known),
            (TAX_ACCOUNT, known),
            (ORDER_LEAF, known),
            (DELIVERY_ACCOUNTS, known),
            (SUMMED, known),
            (OPEN_HOLDS, known),
        )
        order, _, total, tax, journal, invoices = deliveries[0]
        stock = {
            item: (account, pieces, value) for account, role, item, _, pieces, value in accounts if role == "on_hand"
        }
        billing = {item: account for account, role, item, _, _, _ in accounts if role == "sales_to_invoice"}
        control, leaf = (
            next(account for account, role, _, document, _, _ in accounts if (role, document) == ("receivable", number))
            for number in (0, order)
        )
        summing = {(role, item): account for role, item, account in summed}
        entries: list[tuple[int, int, Decimal, Decimal]] = []
        for line, _, product, quantity, _, _ in lines:
            account, pieces, value = stock[product]
            cost = _cents(value * quantity / pieces)
            entries.append((account, line, -quantity, -cost))
            entries.append((summing["cost_of_sales", product], line, quantity, cost))
        for line, _, product, _, amount, line_tax in lines:
            entries.append((leaf, line, NOTHING, amount - line_tax))
            entries.append((summing["revenue", product], line, NOTHING, line_tax - amount))
        entries += [(leaf, 0, NOTHING, tax), (summing["output_tax", 0], 0, NOTHING, -tax)]
        assert sum(hold[3] for hold in holds) == total
        changes = '{"state": ["draft", "shipped"]}'
        event = _event("sales_delivery", delivery, "ship", journal, changes, state="shipped")
        taken = {stock[line[2]][0]: line[3] for line in lines}
        none = [NOTHING] * len(lines)
        invoiced = {
            "form": "sales_delivery", "id": delivery, "journal": journal, "behind": len(holds), "holds": invoices,
            "names": ["to_invoice"] * len(lines), "accounts": [billing[line[2]] for line in lines],
            "lines": [line[0] for line in lines], "signs": [1] * len(lines), "dues": [None] * len(lines),
            "quantities": [line[3] for line in lines], "amounts": [line[4] for line in lines],
            "balances": [billing[line[2]] for line in lines], "taken": none, "pieces": [line[3] for line in lines],
            "expected": [line[4] for line in lines], "floors": [None] * len(lines),
        }  # fmt: skip
        self._trip(
            (SHIPPED, event),
            (CHANGE, event),
            (JOURNAL, event),
            (ENTRIES, _entered(event, entries, {leaf: control})),
            (BALANCES, _balances(entries, set(summing.values()), {leaf: control}, taken, {control: total})),
            (TOTALS, _totals(entries, set(summing.values()), {leaf: control})),
            (SETTLED, {"holds": [hold[0] for hold in holds]}),
            (SETTLES, _settles(journal, holds, {line[1]: line[0] for line in lines})),
            (HOLDS, invoiced),
            (PLACED, invoiced),
            (PROMISED, invoiced),
            (TO_INVOICE, {"id": delivery}),
            (LINES_SHIPPED, {"id": order}),
            (BILLED, {"id": order, "total": total}),
            (STEP, event),
            ("COMMIT", {}),
        )

    def receive(self, customer: int, amount: Decimal) -> int:
        _, buyers, companies, ids, _, _, accounts = self._trip(
            ("BEGIN", {}),
            (BUYER, {"id": customer}),
            (MAIN_ACCOUNT, {}),
            (IDS, {"count": 1}),
            (CASH_ACCOUNT, {}),
            (CUSTOMER_ACCOUNT, {"role": "customer_prepayment", "customer": customer}),
            (RECEIPT_ACCOUNTS, {"customer": customer}),
        )
        receipt, (account, journal) = ids[0][0], companies[0]
        by_role = {role: number for number, role in accounts}
        event = _event("receipt", receipt, "post", journal, '{"state": ["draft", "posted"]}', state="posted")
        values = {
            **event, **_numbered("receipt", "RC"), "customer": customer, "name": buyers[0][0], "account": account,
            "amount": amount, "cash": by_role["cash"], "control": by_role["customer_prepayment"], "month": MONTH,
        }  # fmt: skip
        self._trip(
            (NEW_RECEIPT, values),
            (CHANGE, _event("receipt", receipt, "create", version=1)),
            (CHANGE, event),
            (JOURNAL, event),
            (RECEIPT_LEAF, values),
            (RECEIPT_BOOKED, values),
            (RECEIPT_BALANCES, values),
            (STEP, event),
            ("COMMIT", {}),
        )
        return int(receipt)

    def allocate(self, customer: int, receipt: int, order: int, amount: Decimal) -> None:
        keys = {"customer": customer, "receipt": receipt, "order": order}
        _, buyers, ids, accounts, orders, plans, receipts = self._trip(
            ("BEGIN", {}),
            (BUYER, {"id": customer}),
            (IDS, {"count": 2}),
            (ALLOCATION_ACCOUNTS, keys),
            (ALLOCATED_ORDER, keys),
            (ALLOCATED_PLAN, keys),
            (ALLOCATED_RECEIPT, keys),
        )
        plan, planned, outstanding = plans[0]
        assert orders[0][0] >= amount <= receipts[0][0]
        assert amount <= outstanding
        (allocation,), (line,) = ids
        by_key = {(role, document): account for account, role, document in accounts}
        journal = orders[0][2]
        paid, owed = by_key["customer_prepayment", receipt], by_key["receivable", order]
        controls = {paid: by_key["customer_prepayment", 0], owed: by_key["receivable", 0]}
        entries = [(paid, line, NOTHING, amount), (owed, line, NOTHING, -amount)]
        changes = '{"state": ["draft", "allocated"]}'
        event = _event("allocation", allocation, "allocate", journal, changes, state="allocated")
        values = {
            **event, **keys, "name": buyers[0][0], "amount": amount, "line": line, "plan": plan, "planned": planned,
        }  # fmt: skip
        settled = [(plan, 0, NOTHING, amount)]
        self._trip(
            (NEW_ALLOCATION, {**values, **_numbered("allocation", "AL")}),
            (NEW_ALLOCATION_LINE, values),
            (CHANGE, _event("allocation", allocation, "create", version=1)),
            (CHANGE, event),
            (JOURNAL, event),
            (ENTRIES, _entered(event, entries, controls)),
            (BALANCES, _balances(entries, set(), controls, {}, {})),
            (TOTALS, _totals(entries, set(), controls)),
            (PLAN_SETTLED, values),
            (SETTLES, _settles(journal, settled, {0: line})),
            (PLAN_KEPT, values),
            (RECEIPT_USED, values),
            (ORDER_PAID, values),
            (STEP, event),
            ("COMMIT", {}),
        )

    def _trip(self, *statements: tuple[str, dict[str, Any]]) -> list[list[tuple[Any, ...]]]:
        self.round_trips += 1
        with self.connection.pipeline():
            cursors = [self.connection.execute(text, values or None) for text, values in statements]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _numbered(form: str, prefix: str) -> dict[str, object]:
    return {"form": form, "prefix": f"{prefix}202603-", "now": NOW, "today": TODAY}


def _event(
    form: str, record: int, action: str, journal: int | None = None, changes: str = "{}", *, version: int = 2,
    state: str = "draft", created: Sequence[int] = (),
) -> dict[str, Any]:  # fmt: skip
    return {
        "form": form, "id": record, "action": action, "journal": journal, "changes": changes, "version": version,
        "state": state, "created": list(created), "now": NOW, "today": TODAY,
    }  # fmt: skip


def _entered(
    event: dict[str, Any], entries: Sequence[tuple[int, int, Decimal, Decimal]], controls: dict[int, int]
) -> dict[str, Any]:
    accounts, lines, quantities, amounts = zip(*entries, strict=True)
    columns = {
        "accounts": list(accounts),
        "controls": [controls.get(account, 0) for account in accounts],
        "lines": list(lines),
        "quantities": list(quantities),
        "amounts": list(amounts),
    }
    return {**event, **columns}


def _summed(entries: Sequence[tuple[int, int, Decimal, Decimal]], controls: dict[int, int]) -> dict[int, list[Decimal]]:
    """Quantity and amount per account, leaves counted on their control account too."""
    sums: dict[int, list[Decimal]] = {}
    for account, _, quantity, amount in entries:
        for number in {account, controls.get(account, account)}:
            known = sums.setdefault(number, [NOTHING, NOTHING])
            known[0] += quantity
            known[1] += amount
    return dict(sorted(sums.items()))


def _balances(
    entries: Sequence[tuple[int, int, Decimal, Decimal]], summed: set[int], controls: dict[int, int],
    taken: dict[int, Decimal], expected: dict[int, Decimal],
) -> dict[str, Any]:  # fmt: skip
    kept = {account: sums for account, sums in _summed(entries, controls).items() if account not in summed}
    return {
        "accounts": list(kept), "quantities": [sums[0] for sums in kept.values()],
        "amounts": [sums[1] for sums in kept.values()], "taken": [taken.get(account, NOTHING) for account in kept],
        "expected": [expected.get(account, NOTHING) for account in kept],
        "own": [account not in controls.values() for account in kept], "today": TODAY,
    }  # fmt: skip


def _totals(
    entries: Sequence[tuple[int, int, Decimal, Decimal]], summed: set[int], controls: dict[int, int]
) -> dict[str, Any]:
    sums = _summed(entries, controls)
    return {
        "accounts": list(sums), "summed": [account in summed for account in sums], "month": MONTH,
        "quantities": [quantity for quantity, _ in sums.values()], "amounts": [amount for _, amount in sums.values()],
    }  # fmt: skip


def _settles(journal: int, holds: Sequence[tuple[Any, ...]], lines: dict[int, int]) -> dict[str, Any]:
    return {
        "journal": journal, "holds": [hold[0] for hold in holds], "lines": [lines.get(hold[1], 0) for hold in holds],
        "quantities": [hold[2] for hold in holds], "amounts": [hold[3] for hold in holds],
    }  # fmt: skip
