"""A deep book: goods, claims and lots by the million, made where they lie; what is open or watched stays alike.

However deep it is, so many claims are open, one customer has the same papers, and one lot went the same way: whoever
reads these must not pay for the rest. A few journals are of days long before the one on which they were written.
"""

from typing import Final

from bench.masses import DAYS, FIRST, without_indexes
from onebook.storage.database import Database

PRODUCTS: Final = 200
PLACES: Final = 5
CUSTOMERS: Final = 200
#: Claims that nobody has paid yet; papers of the watched customer; pieces that the watched lot sold one by one.
OPEN, WATCHED, SOLD = 2000, 240, 40
#: Claims of the last days, which are paid by the end.
LATELY, LAST_DAYS = 1000, 90
#: Ids of documents and lots that have no record of their own, apart from all that have one.
_DOCUMENT, _LOT = 1_000_000_000, 2_000_000_000
#: One journal in so many was written so many days after its day.
_LATE, _LATE_DAYS = 500, 40

_PEOPLE_AND_GOODS: Final = (
    "INSERT INTO warehouse (code, name, search, active) SELECT 'W' || n, 'Warehouse ' || n, 'w' || n, true"
    " FROM generate_series(1, %(places)s) n",
    "INSERT INTO product (code, name, search, unit, active) SELECT 'G' || lpad(n::text, 6, '0'), 'Good ' || n,"
    " 'good ' || n, (SELECT min(id) FROM unit), true FROM generate_series(1, %(products)s) n",
    "INSERT INTO customer (number, code, name, search, credit_limit, active) SELECT 'D' || lpad(n::text, 6, '0'),"
    " 'D' || n, 'Debtor ' || n, 'debtor ' || n, 0, true FROM generate_series(0, %(customers)s) n",
    "INSERT INTO lot (code, product, search) SELECT 'WATCHED', min(id), 'watched' FROM product WHERE code LIKE 'G%%'",
    "CREATE TEMPORARY TABLE good ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM product"
    " WHERE code LIKE 'G%%'",
    "CREATE TEMPORARY TABLE place ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth"
    " FROM warehouse WHERE name LIKE 'Warehouse _'",
    "CREATE TEMPORARY TABLE buyer ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY number) - 1 AS nth"
    " FROM customer WHERE number LIKE 'D%%'",
)  # fmt: skip
#: Who owes what: document, customer, day; the customer 0 is the watched one. Paid 20 days later, but for the open ones.
#: Of the last months there are the same many, so that on any of their days as much was open, however deep the book is.
_CLAIMS: Final = """
CREATE TEMPORARY TABLE claim ON COMMIT DROP AS
SELECT n, %(document)s::bigint + n AS document, b.id AS party, %(first)s::date + CASE
        WHEN n >= %(claims)s - %(open)s THEN n * 7 %% (%(days)s - 30)
        WHEN n >= %(claims)s - %(open)s - %(lately)s THEN %(days)s - 30 - n %% %(last_days)s
        ELSE n * 7 %% (%(days)s - 50 - %(last_days)s) END::int AS day, n >= %(claims)s - %(open)s AS is_open
FROM generate_series(0, %(claims)s - 1) n JOIN buyer b ON b.nth = 1 + n %% %(customers)s
UNION ALL
SELECT %(claims)s + n, %(document)s::bigint + %(claims)s + n, b.id, %(first)s::date + (n * 3)::int, false
FROM generate_series(0, %(watched)s - 1) n JOIN buyer b ON b.nth = 0"""
#: Lots: twelve pieces each, sold in three times; the watched one piece by piece.
_LOTS: Final = """
CREATE TEMPORARY TABLE batch ON COMMIT DROP AS
SELECT n, %(lot)s::bigint + n AS lot, g.id AS item, p.id AS place, (n * 11 %% (%(days)s - 90))::int AS day,
    12 AS pieces, 3 AS times
FROM generate_series(0, %(lots)s - 1) n JOIN good g ON g.nth = n %% %(products)s JOIN place p ON p.nth = n %% %(places)s
UNION ALL
SELECT %(lots)s, l.id, l.product, p.id, 5, %(sold)s, %(sold)s FROM lot l JOIN place p ON p.nth = 0"""
_ACCOUNTS: Final = (
    "INSERT INTO ledger_account (role, item, place, kept) SELECT 'on_hand', g.id, p.id, true FROM good g, place p",
    "INSERT INTO ledger_account (role, item, kept) SELECT 'opening_balance', id, false FROM good",
    "INSERT INTO ledger_account (role, item, party, kept) SELECT 'cost_of_sales', g.id, b.id, false"
    " FROM good g JOIN buyer b ON b.nth = 0",
    "INSERT INTO ledger_account (role, party, kept) SELECT 'revenue', id, false FROM buyer",
    "INSERT INTO ledger_account (role, party, kept) SELECT 'receivable', id, true FROM buyer",
    "INSERT INTO ledger_account (role, place, kept) SELECT 'cash', main_account, true FROM company"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO ledger_account (role, party, document, control, kept) SELECT 'receivable', c.party, c.document, a.id,"
    " true FROM claim c JOIN ledger_account a ON a.role = 'receivable' AND a.party = c.party AND a.document = 0",
    "INSERT INTO ledger_account (role, item, place, lot, control, kept) SELECT 'on_hand', b.item, b.place, b.lot, a.id,"
    " true FROM batch b JOIN ledger_account a ON a.role = 'on_hand' AND a.item = b.item AND a.place = b.place"
    " AND a.lot = 0",
    "INSERT INTO sales_order (id, number, state, customer, customer_name, search, ordered_on, due_on, total,"
    " fulfilment, payment, progress, created_by) SELECT c.document, 'OPEN-' || c.n, 'approved', c.party, 'Debtor',"
    " 'open', c.day, c.day + 30, 100, 'full', 'none', 'shipped', 0 FROM claim c WHERE c.is_open",
    "ANALYZE claim", "ANALYZE batch", "ANALYZE ledger_account",
)  # fmt: skip
#: Every posting as one row: what goes from one account to the other, on a day, by whom. `nth` numbers the journals.
_MOVES: Final = """
CREATE TEMPORARY TABLE move ON COMMIT DROP AS
WITH own AS (SELECT array_agg(a.id ORDER BY a.id) AS own, array_agg(b.id ORDER BY a.id) AS others FROM ledger_account a
        JOIN ledger_account b ON b.role = 'opening_balance' AND b.item = a.item JOIN good g ON g.id = a.item
        WHERE a.role = 'on_hand' AND a.lot = 0),
    goods AS (SELECT own[turn.place] AS "to", others[turn.place] AS "from", pieces AS quantity, pieces * 5 AS amount,
        %(first)s::date + (n * 7 %% %(days)s)::int AS day, 'opening_stock' AS form, 0::bigint AS record
        FROM own CROSS JOIN generate_series(1, %(goods)s) n CROSS JOIN LATERAL (SELECT 1 + (n * 31) %% cardinality(own)
        AS place, CASE WHEN n %% 3 = 0 THEN -1 ELSE 2 END AS pieces) turn),
    owed AS (SELECT l.id AS leaf, r.id AS revenue, k.id AS cash, c.* FROM claim c
        JOIN ledger_account l ON l.role = 'receivable' AND l.document = c.document
        JOIN ledger_account r ON r.role = 'revenue' AND r.party = c.party JOIN ledger_account k ON k.role = 'cash'),
    lots AS (SELECT l.id AS leaf, o.id AS opened, s.id AS sold, b.* FROM batch b
        JOIN ledger_account l ON l.role = 'on_hand' AND l.lot = b.lot
        JOIN ledger_account o ON o.role = 'opening_balance' AND o.item = b.item
        JOIN ledger_account s ON s.role = 'cost_of_sales' AND s.item = b.item),
    every AS (SELECT * FROM goods
        UNION ALL SELECT leaf, revenue, 0, 100, day, 'sales_delivery', document FROM owed
        UNION ALL SELECT cash, leaf, 0, 100, day + 20, 'receipt', document FROM owed WHERE NOT is_open
        UNION ALL SELECT leaf, opened, pieces, pieces * 5, %(first)s::date + day, 'opening_stock', 0 FROM lots
        UNION ALL SELECT sold, leaf, pieces / times, pieces / times * 5, %(first)s::date + day + t, 'sales_delivery', 0
            FROM lots CROSS JOIN LATERAL generate_series(1, times) t)
SELECT row_number() OVER (ORDER BY day) AS nth, * FROM every"""
#: Written at noon of their day, but for the late ones.
_JOURNALS: Final = """
INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor, at)
SELECT %(before)s + nth, day, form, record, 'post', 0,
    day + CASE WHEN nth %% %(late)s = 0 THEN %(late_days)s ELSE 0 END + interval '12 hours'
FROM move ORDER BY nth"""
_ENTRIES: Final = """
INSERT INTO ledger_entry (journal, position, account, control, booked_on, quantity, amount)
SELECT %(before)s + nth, side.position, side.account, coalesce(a.control, 0), day, side.sign * move.quantity,
    side.sign * move.amount
FROM move CROSS JOIN LATERAL (VALUES (1, "from", -1), (2, "to", 1)) side (position, account, sign)
JOIN ledger_account a ON a.id = side.account ORDER BY nth, 2"""
_SUMS: Final = (
    """
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT a.account, date_trunc('month', e.booked_on)::date AS month, a.own, sum(e.quantity) AS q, sum(e.amount) AS v,
    sum(greatest(e.quantity, 0)) AS q_in, sum(greatest(e.amount, 0)) AS v_in, max(e.booked_on) AS day
FROM ledger_entry e JOIN (SELECT id AS entry, id AS account, true AS own FROM ledger_account
    UNION ALL SELECT id, control, false FROM ledger_account WHERE control IS NOT NULL) a ON a.entry = e.account
WHERE e.journal > %(before)s GROUP BY 1, 2, 3""",
    """
INSERT INTO ledger_total (account, month, quantity_in, quantity_out, amount_in, amount_out)
SELECT account, month, sum(q_in), sum(q_in - q), sum(v_in), sum(v_in - v) FROM counted GROUP BY 1, 2""",
    """
UPDATE ledger_account a SET quantity = s.q, amount = s.v, own_quantity = s.own_q, own_amount = s.own_v, last_on = s.day,
    unit_cost = CASE WHEN a.lot = 0 THEN 0 ELSE 5 END
FROM (SELECT account, sum(q) AS q, sum(v) AS v, coalesce(sum(q) FILTER (WHERE own), 0) AS own_q,
    coalesce(sum(v) FILTER (WHERE own), 0) AS own_v, max(day) AS day FROM counted GROUP BY 1) s
WHERE s.account = a.id AND a.kept""",
    "SELECT setval('ledger_journal_id', max(id)) FROM ledger_journal",
)
_TABLES: Final = (
    "product", "warehouse", "customer", "lot", "sales_order", "ledger_account", "ledger_entry", "ledger_journal",
    "ledger_total",
)  # fmt: skip


def fill_deep(database: Database, schema: str, entries: int) -> None:
    """So many entries over two years in a company of which the book is empty: ten million take a few minutes."""
    with database.administration(schema) as connection:
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        connection.execute("SET LOCAL work_mem = '128MB'")
        before = connection.execute("SELECT coalesce(max(id), 0) FROM ledger_journal").fetchall()[0][0]
        known: dict[str, object] = {
            "products": PRODUCTS, "places": PLACES, "customers": CUSTOMERS, "open": OPEN, "watched": WATCHED,
            "lately": LATELY, "last_days": LAST_DAYS,
            "sold": SOLD, "document": _DOCUMENT, "lot": _LOT, "late": _LATE, "late_days": _LATE_DAYS, "first": FIRST,
            "days": DAYS, "before": before, "goods": entries * 4 // 10 // 2, "claims": entries * 4 // 10 // 4,
            "lots": entries * 2 // 10 // 8,
        }  # fmt: skip
        for statement in (*_PEOPLE_AND_GOODS, _CLAIMS, _LOTS):
            connection.execute(statement.encode(), known)
        for statement in _ACCOUNTS:
            connection.execute(statement.encode(), known)
        connection.execute(_MOVES.encode(), known)
        for table, statement in (("ledger_journal", _JOURNALS), ("ledger_entry", _ENTRIES)):
            # Indexes are made when the table is full.
            indexes = without_indexes(connection, table)
            connection.execute(statement.encode(), known)
            for definition in indexes:
                connection.execute(definition.encode())
        for statement in _SUMS:
            connection.execute(statement.encode(), known)
    with database.administration(schema) as connection:
        connection.commit()
        connection.autocommit = True
        connection.execute(f"VACUUM (ANALYZE) {', '.join(f'{schema}.{name}' for name in _TABLES)}".encode())
