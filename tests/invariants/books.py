"""What must be true of a trader's documents and book, said again in plain SQL: queries that find what breaks it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from onebook.definition.catalog import Catalog
from onebook.definition.declarations import Meter
from onebook.definition.field import FieldKind, HoldMeter
from onebook.storage.database import Database
from onebook.storage.transaction import Rows, Statement

#: Goods that every posted document moved, as the documents say it: row, product, place, lot, quantity.
_MOVED: Final = """
SELECT l.id AS line, l.product AS item, d.warehouse AS place, coalesce(l.lot, 0) AS lot, l.quantity
FROM opening_stock d JOIN opening_stock__lines l ON l.parent = d.id WHERE d.state = 'posted'
UNION ALL SELECT l.id, l.product, d.warehouse, coalesce(l.lot, 0), l.quantity
FROM other_in d JOIN other_in__lines l ON l.parent = d.id WHERE d.state = 'received'
UNION ALL SELECT l.id, l.product, d.warehouse, coalesce(l.lot, 0), l.quantity
FROM purchase_receipt d JOIN purchase_receipt__lines l ON l.parent = d.id WHERE d.state = 'received'
UNION ALL SELECT l.id, l.product, d.target_warehouse, coalesce(l.lot, 0), l.quantity
FROM transfer d JOIN transfer__lines l ON l.parent = d.id WHERE d.state = 'moved'
UNION ALL SELECT l.id, l.product, d.source_warehouse, coalesce(l.lot, 0), -l.quantity
FROM transfer d JOIN transfer__lines l ON l.parent = d.id WHERE d.state = 'moved'
UNION ALL SELECT l.id, l.product, d.warehouse, coalesce(l.lot, 0), -l.quantity
FROM other_out d JOIN other_out__lines l ON l.parent = d.id WHERE d.state = 'issued'
UNION ALL SELECT l.id, l.product, d.warehouse, coalesce(l.lot, 0), -l.quantity
FROM sales_delivery d JOIN sales_delivery__lines l ON l.parent = d.id WHERE d.state = 'shipped'"""
#: Entries with the dimensions of their accounts.
_ENTRIES: Final = """
SELECT e.journal, e.booked_on, e.quantity, e.amount, e.line, a.role, a.item, a.place, a.lot, a.party, a.document, a.spot
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"""
_ALLOCATED: Final = """
SELECT l.receipt, l."order", l.amount FROM allocation d JOIN allocation__lines l ON l.parent = d.id
WHERE d.state = 'allocated'"""
_PAID: Final = """
SELECT l.payment, l."order", l.amount FROM payable_allocation d JOIN payable_allocation__lines l ON l.parent = d.id
WHERE d.state = 'allocated'"""


def _differ(keys: str, said: str, booked: str) -> str:
    """Keys for which the documents and the book do not say the same figure (the last column of both queries)."""
    names = [f"k{number}" for number in range(len(keys.split(",")))]
    same = " AND ".join(f"s.{name} = b.{name}" for name in names)
    shown = ", ".join(
        f"coalesce(s.{name}, b.{name}) AS {key}" for name, key in zip(names, keys.split(","), strict=True)
    )
    columns, group = ", ".join([*names, "figure"]), ", ".join(names)
    side = "(SELECT {0}, sum(figure) AS figure FROM ({1}) AS t ({2}) GROUP BY {0}) AS {3}"
    return (
        f"SELECT {shown}, s.figure AS documents, b.figure AS book FROM {side.format(group, said, columns, 's')}"
        f" FULL JOIN {side.format(group, booked, columns, 'b')} ON {same}"
        " WHERE coalesce(s.figure, 0) <> coalesce(b.figure, 0)"
    )


def _booked(role: str, keys: str, measure: str = "amount") -> str:
    return f"SELECT {keys}, {measure} FROM ({_ENTRIES}) AS e WHERE role = '{role}'"


#: Each finds nothing as long as it holds. The figures are summed over entries and documents, never read from balances,
#: except where stored figures are what is checked.
INVARIANTS: Final[Mapping[str, str]] = {
    "a journal sums to nothing": """
        SELECT journal, sum(amount) FROM ledger_entry GROUP BY journal HAVING sum(amount) <> 0""",
    "goods come from somewhere": f"""
        SELECT journal, item, sum(quantity) FROM ({_ENTRIES}) AS e GROUP BY 1, 2 HAVING sum(quantity) <> 0""",
    "stored balances are the sums of entries": """
        SELECT a.id, a.role, a.quantity, a.amount, sum(e.quantity), sum(e.amount) FROM ledger_account a
        LEFT JOIN ledger_account l ON l.id = a.id OR l.control = a.id LEFT JOIN ledger_entry e ON e.account = l.id
        WHERE a.kept GROUP BY a.id
        HAVING (a.quantity, a.amount) <> (coalesce(sum(e.quantity), 0), coalesce(sum(e.amount), 0))""",
    "stored promises are the sums of holds": """
        SELECT a.id, a.role, a.taken_quantity, a.taken_amount, a.expected_quantity, a.expected_amount, a.waiting
        FROM ledger_account a LEFT JOIN ledger_account l ON l.id = a.id OR l.control = a.id
        LEFT JOIN ledger_hold h ON h.account = l.id GROUP BY a.id
        HAVING (a.taken_quantity, a.taken_amount, a.expected_quantity, a.expected_amount, a.waiting) <> (
            coalesce(sum(h.open_quantity - h.waiting) FILTER (WHERE h.sign < 0), 0),
            coalesce(sum(h.open_amount) FILTER (WHERE h.sign < 0), 0),
            coalesce(sum(h.open_quantity) FILTER (WHERE h.sign > 0), 0),
            coalesce(sum(h.open_amount) FILTER (WHERE h.sign > 0), 0), coalesce(sum(h.waiting), 0))""",
    "months are the sums of their entries": """
        SELECT a.id, t.month, t.q, t.a, e.q, e.a FROM ledger_account a
        JOIN LATERAL (SELECT month, sum(quantity_in - quantity_out) AS q, sum(amount_in - amount_out) AS a
            FROM ledger_total WHERE account = a.id GROUP BY month) t ON true
        LEFT JOIN LATERAL (SELECT sum(quantity) AS q, sum(amount) AS a FROM ledger_entry
            WHERE account IN (SELECT id FROM ledger_account WHERE id = a.id OR control = a.id)
            AND date_trunc('month', booked_on) = t.month) e ON true
        WHERE (t.q, t.a) <> (coalesce(e.q, 0), coalesce(e.a, 0))""",
    "goods on hand are what documents moved": _differ(
        "item,place",
        f"SELECT item, place, quantity FROM ({_MOVED}) AS m",
        _booked("on_hand", "item, place", "quantity"),
    ),
    "a row that names a lot moves that lot and no other": _differ(
        "line,item,place,lot",
        f"SELECT line, item, place, lot, quantity FROM ({_MOVED}) AS m WHERE lot <> 0",
        f"""{_booked("on_hand", "line, item, place, lot", "quantity")}
        AND line IN (SELECT line FROM ({_MOVED}) AS m WHERE lot <> 0)""",
    ),
    "no past day is below zero": f"""
        SELECT * FROM (SELECT item, place, booked_on,
            sum(sum(quantity)) OVER (PARTITION BY item, place ORDER BY booked_on) AS left_over
            FROM ({_ENTRIES}) AS e WHERE role = 'on_hand' GROUP BY item, place, booked_on) AS days
        JOIN product p ON p.id = days.item WHERE left_over < 0 AND NOT coalesce(p.allows_negative, false)""",
    "no past day of a lot at a spot is below zero": f"""
        SELECT * FROM (SELECT item, place, lot, spot, booked_on,
            sum(sum(quantity)) OVER (PARTITION BY item, place, lot, spot ORDER BY booked_on) AS left_over
            FROM ({_ENTRIES}) AS e WHERE role = 'on_hand' GROUP BY item, place, lot, spot, booked_on) AS days
        JOIN product p ON p.id = days.item WHERE left_over < 0 AND NOT coalesce(p.allows_negative, false)""",
    "nothing is worth nothing": f"""
        SELECT item, place, lot, spot, sum(amount) FROM ({_ENTRIES}) AS e WHERE role = 'on_hand'
        GROUP BY item, place, lot, spot HAVING sum(quantity) = 0 AND sum(amount) <> 0""",
    "reserved is not more than there is": """
        SELECT a.* FROM ledger_account a JOIN product p ON p.id = a.item WHERE a.role = 'on_hand' AND a.control IS NULL
        AND NOT coalesce(p.allows_negative, false) AND a.taken_quantity > a.quantity""",
    "nobody waits for goods that are free": """
        SELECT a.* FROM ledger_account a WHERE a.role = 'on_hand' AND a.control IS NULL
        AND a.quantity > a.taken_quantity
        -- Who wants one lot and no other waits beside the others.
        AND EXISTS (SELECT FROM ledger_hold h WHERE h.account = a.id AND h.waiting > 0)""",
    "reserved is what approved orders have not shipped": _differ(
        "item,place",
        """SELECT l.product, o.warehouse, l.to_ship - l.waiting FROM sales_order o JOIN sales_order__lines l
        ON l.parent = o.id WHERE o.state = 'approved'""",
        "SELECT item, place, taken_quantity FROM ledger_account WHERE role = 'on_hand' AND control IS NULL",
    ),
    "in transit is what approved purchases have not received": _differ(
        "item,place",
        """SELECT l.product, o.warehouse, l.base_quantity - coalesce((SELECT sum(r.quantity) FROM purchase_receipt d
        JOIN purchase_receipt__lines r ON r.parent = d.id WHERE d.state = 'received' AND r.order_line = l.id), 0)
        FROM purchase_order o JOIN purchase_order__lines l ON l.parent = o.id WHERE o.state = 'approved'""",
        "SELECT item, place, expected_quantity FROM ledger_account WHERE role = 'on_hand' AND control IS NULL",
    ),
    "ordered = shipped + to ship, until closed": """
        SELECT o.id, o.state, l.id, l.base_quantity, l.shipped, l.to_ship, l.waiting, s.shipped AS by_documents
        FROM sales_order o JOIN sales_order__lines l ON l.parent = o.id LEFT JOIN LATERAL (
            SELECT coalesce(sum(r.quantity), 0) AS shipped FROM sales_delivery d
            JOIN sales_delivery__lines r ON r.parent = d.id WHERE d.state = 'shipped' AND r.order_line = l.id) s ON true
        WHERE coalesce(l.shipped, 0) <> s.shipped OR s.shipped > l.base_quantity
        OR coalesce(l.to_ship, 0) <> CASE WHEN o.state = 'approved' THEN l.base_quantity - s.shipped ELSE 0 END
        OR coalesce(l.waiting, 0) NOT BETWEEN 0 AND coalesce(l.to_ship, 0)""",
    "ordered = received + in transit, until closed": """
        SELECT o.id, o.state, l.id, l.base_quantity, l.received, l.to_receive, s.received AS by_documents
        FROM purchase_order o JOIN purchase_order__lines l ON l.parent = o.id LEFT JOIN LATERAL (
            SELECT coalesce(sum(r.quantity), 0) AS received FROM purchase_receipt d JOIN purchase_receipt__lines r
            ON r.parent = d.id WHERE d.state = 'received' AND r.order_line = l.id) s ON true
        WHERE coalesce(l.received, 0) <> s.received OR s.received > l.base_quantity
        OR coalesce(l.to_receive, 0) <> CASE WHEN o.state = 'approved' THEN l.base_quantity - s.received ELSE 0 END""",
    "what is shipped whole is billed whole": """
        SELECT o.id, o.total, s.billed FROM sales_order o JOIN LATERAL (SELECT sum(d.total) AS billed
            FROM sales_delivery d WHERE d.state = 'shipped' AND d."order" = o.id) s ON true
        WHERE s.billed > o.total OR s.billed <> o.total AND NOT EXISTS (
            SELECT FROM sales_order__lines l WHERE l.parent = o.id AND l.shipped < l.base_quantity)""",
    "what is received whole is owed whole": """
        SELECT o.id, o.total, s.billed FROM purchase_order o JOIN LATERAL (SELECT sum(d.total) AS billed
            FROM purchase_receipt d WHERE d.state = 'received' AND d."order" = o.id) s ON true
        WHERE s.billed > o.total OR s.billed <> o.total AND NOT EXISTS (
            SELECT FROM purchase_order__lines l WHERE l.parent = o.id AND l.received < l.base_quantity)""",
    "a customer owes what was shipped and not collected": _differ(
        "party,document",
        f"""SELECT customer, "order", total FROM sales_delivery WHERE state = 'shipped'
        UNION ALL SELECT o.customer, o.id, -l.amount FROM ({_ALLOCATED}) AS l JOIN sales_order o ON o.id = l."order"
        UNION ALL SELECT customer, "order", -amount FROM receipt WHERE state = 'posted' AND "order" IS NOT NULL""",
        f"""SELECT party, document, amount FROM ({_ENTRIES}) AS e WHERE role IN ('receivable', 'order_deposit')""",
    ),
    "a supplier is owed what was received and not paid": _differ(
        "party,document",
        f"""SELECT supplier, "order", -total FROM purchase_receipt WHERE state = 'received'
        UNION ALL SELECT o.supplier, o.id, l.amount FROM ({_PAID}) AS l JOIN purchase_order o ON o.id = l."order\"""",
        _booked("payable", "party, document"),
    ),
    "a receipt has left what was not allocated": _differ(
        "party,document",
        f"""SELECT customer, id, -amount FROM receipt WHERE state = 'posted' AND "order" IS NULL
        UNION ALL SELECT r.customer, r.id, l.amount FROM ({_ALLOCATED}) AS l JOIN receipt r ON r.id = l.receipt""",
        _booked("customer_prepayment", "party, document"),
    ),
    "a payment has left what was not allocated": _differ(
        "party,document",
        f"""SELECT supplier, id, amount FROM payment WHERE state = 'posted'
        UNION ALL SELECT p.supplier, p.id, -l.amount FROM ({_PAID}) AS l JOIN payment p ON p.id = l.payment""",
        _booked("supplier_prepayment", "party, document"),
    ),
    "nobody is overdrawn": f"""
        SELECT role, party, document, sum(amount) FROM ({_ENTRIES}) AS e GROUP BY 1, 2, 3
        HAVING role IN ('receivable', 'supplier_prepayment') AND sum(amount) < 0
        OR role IN ('payable', 'customer_prepayment', 'order_deposit') AND sum(amount) > 0""",
    "cash is receipts less payments": _differ(
        "place",
        """SELECT money_account, amount FROM receipt WHERE state = 'posted'
        UNION ALL SELECT money_account, -amount FROM payment WHERE state = 'posted'""",
        _booked("cash", "place"),
    ),
    "revenue is what was shipped": _differ(
        "item,party",
        """SELECT l.product, d.customer, l.tax - l.amount FROM sales_delivery d JOIN sales_delivery__lines l
        ON l.parent = d.id WHERE d.state = 'shipped'""",
        _booked("revenue", "item, party"),
    ),
    "tax is the tax of documents": _differ(
        "role",
        """SELECT 'output_tax', -tax_total FROM sales_delivery WHERE state = 'shipped'
        UNION ALL SELECT 'input_tax', tax_total FROM purchase_receipt WHERE state = 'received'""",
        f"SELECT role, amount FROM ({_ENTRIES}) AS e WHERE role IN ('output_tax', 'input_tax')",
    ),
    "what was sold has a cost": _differ(
        "item,party",
        """SELECT l.product, d.customer, l.quantity FROM sales_delivery d JOIN sales_delivery__lines l
        ON l.parent = d.id WHERE d.state = 'shipped'""",
        _booked("cost_of_sales", "item, party", "quantity"),
    ),
    "orders show what the book says": f"""
        SELECT o.id, o.state, o.total, o.billed, o.open_amount, o.deposit, o.received, o.to_collect, o.fulfilment,
            o.payment, o.progress, b.* FROM sales_order o
        JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE role = 'receivable'), 0) AS owed,
            coalesce(-sum(amount) FILTER (WHERE role = 'order_deposit'), 0) AS deposited
            FROM ({_ENTRIES}) AS e WHERE document = o.id) b ON true
        JOIN LATERAL (SELECT coalesce(sum(total), 0) AS billed FROM sales_delivery d
            WHERE d."order" = o.id AND d.state = 'shipped') s ON true
        JOIN LATERAL (SELECT sum(shipped) > 0 AS some, bool_and(shipped >= base_quantity) AS whole
            FROM sales_order__lines WHERE parent = o.id) l ON true
        JOIN LATERAL (SELECT s.billed - b.owed + b.deposited AS received, CASE WHEN NOT l.some THEN 'none'
            WHEN l.whole THEN 'full' ELSE 'partial' END AS fulfilment) f ON true
        WHERE (o.billed, o.open_amount, o.deposit, o.received) <> (s.billed, b.owed, b.deposited, f.received)
        OR o.to_collect <> b.owed - b.deposited + CASE WHEN o.state = 'approved' THEN o.total - s.billed ELSE 0 END
        OR o.fulfilment <> f.fulfilment
        OR o.payment <> CASE WHEN f.received <= 0 THEN 'none' WHEN f.received >= o.total THEN 'full' ELSE 'partial' END
        OR o.progress <> CASE WHEN o.state IN ('cancelled', 'draft') THEN o.state
            WHEN o.state = 'submitted' THEN 'awaiting_approval'
            WHEN o.state = 'closed' OR f.fulfilment = 'full' THEN
                CASE WHEN b.owed = 0 THEN 'completed' ELSE 'shipped' END
            WHEN o.pay_first AND f.received < o.total THEN 'awaiting_payment' ELSE 'awaiting_shipment' END""",
    "purchases show what the book says": f"""
        SELECT o.id, o.state, o.total, o.billed, o.open_amount, o.paid, o.to_pay, o.fulfilment, o.payment, b.owed
        FROM purchase_order o
        JOIN LATERAL (SELECT coalesce(-sum(amount), 0) AS owed FROM ({_ENTRIES}) AS e
            WHERE role = 'payable' AND document = o.id) b ON true
        JOIN LATERAL (SELECT coalesce(sum(total), 0) AS billed FROM purchase_receipt d
            WHERE d."order" = o.id AND d.state = 'received') s ON true
        JOIN LATERAL (SELECT sum(received) > 0 AS some, bool_and(received >= base_quantity) AS whole
            FROM purchase_order__lines WHERE parent = o.id) l ON true
        WHERE (o.billed, o.open_amount, o.paid) <> (s.billed, b.owed, s.billed - b.owed)
        OR o.to_pay <> b.owed + CASE WHEN o.state = 'approved' THEN o.total - s.billed ELSE 0 END
        OR o.fulfilment <> CASE WHEN NOT l.some THEN 'none' WHEN l.whole THEN 'full' ELSE 'partial' END
        OR o.payment <> CASE WHEN o.paid <= 0 THEN 'none' WHEN o.paid >= o.total THEN 'full' ELSE 'partial' END""",
    "receipts and payments show what the book says": f"""
        SELECT d.id, d.unallocated, b.figure FROM (
            SELECT id, unallocated, -1 AS sign FROM receipt UNION ALL SELECT id, unallocated, 1 FROM payment) d
        JOIN LATERAL (SELECT d.sign * coalesce(sum(amount), 0) AS figure FROM ({_ENTRIES}) AS e
            WHERE role IN ('customer_prepayment', 'supplier_prepayment') AND document = d.id) b ON true
        WHERE coalesce(d.unallocated, 0) <> b.figure""",
    "money collected is allocated once": f"""
        SELECT r.id, r.amount, sum(l.amount) FROM receipt r JOIN ({_ALLOCATED}) AS l ON l.receipt = r.id
        GROUP BY r.id HAVING sum(l.amount) > r.amount OR r.state <> 'posted' OR r."order" IS NOT NULL""",
    "a fact is not in the bin": """
        SELECT 'sales_delivery', id FROM sales_delivery WHERE state = 'shipped' AND deleted_at IS NOT NULL
        UNION ALL SELECT 'sales_order', id FROM sales_order WHERE state = 'approved' AND deleted_at IS NOT NULL
        UNION ALL SELECT 'receipt', id FROM receipt WHERE state = 'posted' AND deleted_at IS NOT NULL
        UNION ALL SELECT 'purchase_receipt', id FROM purchase_receipt
            WHERE state = 'received' AND deleted_at IS NOT NULL""",
    "a journal is a step": """
        SELECT j.id FROM ledger_journal j LEFT JOIN onebook_step s ON s.journal = j.id AND s.record = j.record
        WHERE s.id IS NULL""",
    "a step is taken back once": """
        SELECT reverses FROM onebook_step WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1
        UNION ALL SELECT s.id FROM onebook_step s JOIN onebook_step r ON r.reverses = s.id
        WHERE s.reversed_by IS DISTINCT FROM r.id""",
    "nothing was posted into a month after it was closed": """
        SELECT j.id FROM ledger_journal j JOIN ledger_period p ON p.closed
        AND j.booked_on < p.month + interval '1 month' AND j.at > p.changed_at""",
}
#: Every meter of the book and of the documents: what a step that is taken back must leave as it was.
METERS: Final[Mapping[str, str]] = {
    "accounts": """SELECT role, item, place, lot, party, document, spot, sum(quantity), sum(amount),
        sum(taken_quantity), sum(taken_amount), sum(expected_quantity), sum(expected_amount), sum(waiting)
        FROM ledger_account WHERE kept
        AND (quantity, amount, taken_quantity, taken_amount, expected_quantity, expected_amount, waiting)
            <> (0, 0, 0, 0, 0, 0, 0) GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7""",
    "summed": f"""SELECT role, item, party, sum(quantity), sum(amount) FROM ({_ENTRIES}) AS e
        GROUP BY 1, 2, 3 HAVING (sum(quantity), sum(amount)) <> (0, 0) ORDER BY 1, 2, 3""",
    "holds": """SELECT document, line, name, wanted_quantity, wanted_amount, settled_quantity, settled_amount,
        released_quantity, released_amount, waiting FROM ledger_hold WHERE (wanted_quantity, wanted_amount) <> (0, 0)
        ORDER BY document, line, name, id""",
    "orders": """SELECT id, billed, open_amount, deposit_balance, deposit, received, to_collect, fulfilment, payment,
        progress FROM sales_order ORDER BY id""",
    "order lines": "SELECT id, shipped, waiting, to_ship FROM sales_order__lines ORDER BY id",
    "purchases": """SELECT id, billed, payable_balance, open_amount, paid, to_pay, fulfilment, payment
        FROM purchase_order ORDER BY id""",
    "purchase lines": "SELECT id, received, to_receive FROM purchase_order__lines ORDER BY id",
    "money": """SELECT id, prepayment_balance, unallocated FROM receipt
        UNION ALL SELECT id, unallocated, unallocated FROM payment ORDER BY 1""",
}
TABLES: Final = """SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'onebook_definition' ORDER BY 1"""

Ask = Callable[..., Rows]


def broken(database: Database, schema: str) -> dict[str, Rows]:
    """Every invariant that does not hold, with what breaks it."""
    answers = _all(database, schema, list(INVARIANTS.values()))
    return {name: rows for name, rows in zip(INVARIANTS, answers, strict=True) if rows}


def meters(database: Database, schema: str) -> dict[str, Rows]:
    """Every meter."""
    return dict(zip(METERS, _all(database, schema, list(METERS.values())), strict=True))


def contents(database: Database, schema: str) -> dict[str, Any]:
    """How many rows every table of the company has, and the sum of their hashes: equal if nothing was written."""
    # A table without a page has no row, and most forms are never filled.
    [tables] = _all(
        database,
        schema,
        [f"SELECT * FROM ({TABLES}) AS t WHERE pg_relation_size(to_regclass(quote_ident(table_name))) > 0"],
    )
    counted = [
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
        for (name,) in tables
    ]
    [rows] = _all(database, schema, [" UNION ALL ".join(counted)])
    return {name: (number, content) for name, number, content in rows if number}


def _all(database: Database, schema: str, queries: Sequence[str]) -> list[Rows]:
    with database.transaction(schema, read_only=True) as transaction:
        return transaction.run(*(Statement(query) for query in queries))


#: Those of the invariants that know no document: what holds whatever has been declared.
GENERAL: Final = (
    "a journal sums to nothing", "goods come from somewhere", "stored balances are the sums of entries",
    "stored promises are the sums of holds", "months are the sums of their entries", "no past day is below zero",
    "nothing is worth nothing", "reserved is not more than there is", "nobody waits for goods that are free",
    "a journal is a step", "a step is taken back once",
    "nothing was posted into a month after it was closed",
)  # fmt: skip


def generally_broken(database: Database, schema: str, catalog: Catalog) -> dict[str, Rows]:
    """What no document of any kind may break: of the book alone, and that every meter shows what the book says."""
    queries = {name: INVARIANTS[name] for name in GENERAL}
    queries["no order is overdrawn"] = f"""
        SELECT role, party, document, sum(amount) FROM ({_ENTRIES}) AS e WHERE document <> 0 GROUP BY 1, 2, 3
        HAVING role IN ('receivable', 'supplier_prepayment') AND sum(amount) < 0
        OR role IN ('payable', 'customer_prepayment', 'order_deposit') AND sum(amount) > 0"""
    queries["meters show what the book says"] = " UNION ALL ".join(
        _stale(catalog, meter) for form in catalog.forms for meter in catalog.meters(form)
    )
    answers = _all(database, schema, list(queries.values()))
    return {name: rows for name, rows in zip(queries, answers, strict=True) if rows}


def shown_by_meters(database: Database, schema: str, catalog: Catalog) -> dict[str, Rows]:
    """The book and every meter of every form: what a step that is taken back must leave as it was."""
    queries = {name: METERS[name] for name in ("accounts", "summed", "holds")}
    for form in catalog.forms:
        for meter in catalog.meters(form):
            name = f'"{meter.field}"'
            queries[f"{meter.target}.{meter.field}"] = (
                f"SELECT id, {name} FROM {_table(meter)} WHERE coalesce({name}, 0) <> 0 ORDER BY id"
            )
    return dict(zip(queries, _all(database, schema, list(queries.values())), strict=True))


def emptied(database: Database, schema: str, forms: Collection[str]) -> None:
    """Take all records of some forms and the whole book away, as only the owner can who first turns the second walls
    off."""
    with database.administration(schema) as connection:
        tables = [row[0] for row in connection.execute(TABLES)]
        emptying = [
            f'"{name}"'
            for name in tables
            if name != "onebook_number" and (name.startswith(("ledger_", "onebook_")) or name.split("__")[0] in forms)
        ]
        connection.execute("SET LOCAL session_replication_role = replica")
        # Forms that these histories never fill point at theirs, and are as empty.
        connection.execute(f"TRUNCATE {', '.join(emptying)} CASCADE")


def _stale(catalog: Catalog, meter: Meter) -> str:
    """Where a meter does not show what holds and entries sum to."""
    declared = meter.meter
    if isinstance(declared, HoldMeter):
        measure = (
            "amount" if catalog.fields(meter.form, meter.lines)[meter.field].kind is FieldKind.MONEY else "quantity"
        )
        shown = "waiting" if declared.shows == "waiting" else f"{declared.shows}_{measure}"
        known = (
            f"SELECT owner AS id, sum({shown}) AS figure FROM ledger_hold"
            f" WHERE name = '{declared.hold}' AND form = '{meter.form}' GROUP BY owner"
        )
    else:
        known = (
            f"SELECT document AS id, sum({declared.shows}) AS figure FROM ({_ENTRIES}) AS e"
            f" WHERE role = '{declared.account}' GROUP BY document"
        )
    return (
        f"SELECT '{meter.target}.{meter.field}' AS meter, t.id, t.\"{meter.field}\" AS shown, k.figure AS book"
        f" FROM {_table(meter)} t LEFT JOIN ({known}) AS k ON k.id = t.id"
        f' WHERE coalesce(t."{meter.field}", 0) <> coalesce(k.figure, 0)'
    )


def _table(meter: Meter) -> str:
    return f'"{meter.form}__{meter.lines}"' if meter.lines else f'"{meter.form}"'
