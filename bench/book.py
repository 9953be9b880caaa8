"""A long history made where it lies: entries by the hundred thousand, with every sum brought up to them."""

from bench.place import Company

#: Entries of one made-up order: goods and their cost, claim and revenue, money and claim.
ENTRIES_PER_ORDER = 6

_ACCOUNTS = """
INSERT INTO ledger_account (role, item, place, party, document, kept)
SELECT 'cost_of_sales', p.id, 0, 0, 0, false FROM product p
UNION ALL SELECT 'revenue', p.id, 0, 0, 0, false FROM product p
UNION ALL SELECT 'cash', 0, main_account, 0, 0, true FROM company
UNION ALL SELECT 'receivable', 0, 0, c.id, 0, true FROM customer c
ON CONFLICT DO NOTHING"""
_ORDERS = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, nextval('record_id') AS document,
    nextval('ledger_journal_id') AS shipped, nextval('ledger_journal_id') AS paid,
    (SELECT max(booked_on) FROM ledger_journal) + 1 + n %% 720 AS day,
    products.ids[1 + n %% cardinality(products.ids)] AS item,
    customers.ids[1 + n %% cardinality(customers.ids)] AS party
FROM generate_series(0, %(orders)s - 1) n, (SELECT array_agg(id ORDER BY id) ids FROM product) products,
    (SELECT array_agg(id ORDER BY id) ids FROM customer) customers"""
_RECORDS = """
INSERT INTO sales_order (id, number, state, customer, customer_name, search, ordered_on, due_on, total, fulfilment,
    payment, progress, created_by)
SELECT m.document, 'OLD-' || m.n, 'closed', c.id, c.name, c.search, m.day, m.day, 10, 'full', 'full', 'completed', 0
FROM made m JOIN customer c ON c.id = m.party"""
_LINES = """
INSERT INTO sales_order__lines (parent, position, product, unit, quantity, base_quantity, price, discount, tax_rate,
    amount, tax, shipped, to_ship, waiting, billed)
SELECT m.document, 1, p.id, p.unit, 1, 1, 10, 0, 0, 10, 0, 1, 0, 0, 10 FROM made m JOIN product p ON p.id = m.item"""
_LEAVES = """
INSERT INTO ledger_account (role, party, document, control, kept)
SELECT 'receivable', m.party, m.document, a.id, true FROM made m JOIN ledger_account a
    ON a.role = 'receivable' AND a.item = 0 AND a.place = 0 AND a.lot = 0 AND a.party = m.party AND a.document = 0"""
_JOURNALS = """
INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor)
SELECT shipped, day, 'sales_delivery', document, 'ship', 0 FROM made
UNION ALL SELECT paid, day, 'receipt', document, 'post', 0 FROM made ORDER BY 1"""
_ENTRIES = """
INSERT INTO ledger_entry (journal, position, account, control, booked_on, line, quantity, amount)
SELECT CASE k.step WHEN 1 THEN m.shipped ELSE m.paid END, k.nth, k.account,
    CASE k.account WHEN l.id THEN l.control ELSE 0 END, m.day, 0, k.quantity, k.amount FROM made m
JOIN ledger_account g ON g.role = 'on_hand' AND g.item = m.item AND g.document = 0
JOIN ledger_account c ON c.role = 'cost_of_sales' AND c.item = m.item AND c.party = 0
JOIN ledger_account r ON r.role = 'revenue' AND r.item = m.item AND r.party = 0
JOIN ledger_account l ON l.role = 'receivable' AND l.document = m.document
JOIN ledger_account b ON b.role = 'cash'
CROSS JOIN LATERAL (VALUES (1, 1, g.id, -1, -6), (1, 2, c.id, 1, 6), (1, 3, l.id, 0, 10), (1, 4, r.id, 0, -10),
    (2, 1, b.id, 0, 10), (2, 2, l.id, 0, -10)) AS k (step, nth, account, quantity, amount) ORDER BY 1, 2"""
_COUNTED = """
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT a.account, e.booked_on, e.quantity, e.amount, a.own FROM ledger_entry e JOIN (
    SELECT id AS entry, id AS account, true AS own FROM ledger_account
    UNION ALL SELECT id, control, false FROM ledger_account WHERE control IS NOT NULL) a ON a.entry = e.account"""
_BALANCES = """
UPDATE ledger_account a SET quantity = s.quantity, amount = s.amount, own_quantity = s.own_quantity,
    own_amount = s.own_amount, last_on = s.last_on
FROM (SELECT account, sum(quantity) AS quantity, sum(amount) AS amount, coalesce(sum(quantity) FILTER (WHERE own), 0)
    AS own_quantity, coalesce(sum(amount) FILTER (WHERE own), 0) AS own_amount, max(booked_on) AS last_on
    FROM counted GROUP BY account) s WHERE a.id = s.account AND a.kept"""
_TOTALS = """
INSERT INTO ledger_total (account, month, quantity_in, quantity_out, amount_in, amount_out)
SELECT account, date_trunc('month', booked_on)::date, sum(greatest(quantity, 0)), sum(greatest(-quantity, 0)),
    sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM counted GROUP BY 1, 2"""

#: Nobody has counted the rows of tables that are a moment old: the joins would be planned for a handful.
_STATEMENTS = (
    "ANALYZE made", _RECORDS, _LINES, _LEAVES, "ANALYZE ledger_account", _JOURNALS, _ENTRIES, _COUNTED,
    "ANALYZE counted", _BALANCES, "DELETE FROM ledger_total", _TOTALS,
)  # fmt: skip


def fill(company: Company, entries: int) -> None:
    """Add so many entries in the two years after the opening stock: orders of one line, shipped and paid, each its own
    claim."""
    orders = max(1, entries // ENTRIES_PER_ORDER)
    with company.application.database.administration(company.schema) as connection:
        connection.execute(_ACCOUNTS)
        connection.execute(_ORDERS, {"orders": orders})
        for statement in _STATEMENTS:
            connection.execute(statement)
    company.maintain()
