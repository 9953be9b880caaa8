"""Masses of records, made where they lie: customers with Chinese names and their orders, by hundreds of thousands."""

from datetime import date
from typing import Final

from onebook.storage.database import Database
from onebook.storage.transaction import Connection

#: Characters of names with their syllables; enough of them that three initials are rare.
_CHARACTERS: Final = (
    "华hua 东dong 明ming 新xin 力li 康kang 达da 恒heng 泰tai 远yuan 兴xing 隆long 盛sheng 宝bao 金jin 鑫xin 源yuan"
    " 丰feng 通tong 安an 平ping 和he 顺shun 佳jia 美mei 科ke 技ji 精jing 工gong 博bo 瑞rui 祥xiang 福fu 天tian 海hai"
    " 江jiang 山shan 川chuan 云yun 龙long 凤feng 麒qi 麟lin 百bai 千qian 万wan 亿yi 中zhong 国guo 民min 生sheng 优you"
    " 品pin 诚cheng"
)
#: Orders lie on the days of two years.
FIRST: Final = date(2024, 1, 1)
DAYS: Final = 730
SALESPEOPLE: Final = 30

_CUSTOMERS: Final = """
WITH characters AS (SELECT array_agg(left(one, 1)) han, array_agg(substr(one, 2)) syllable
        FROM regexp_split_to_table(%(characters)s, ' ') one),
    drawn AS (SELECT n, han, syllable, ARRAY(SELECT 1 + (random() * (cardinality(han) - 1))::int
        FROM generate_series(1, 5) WHERE n > 0) places FROM generate_series(1, %(count)s) n, characters),
    named AS (SELECT n, syllable, places, (SELECT string_agg(han[p], '' ORDER BY o) FROM unnest(places) WITH ORDINALITY
        u(p, o)) AS name, (SELECT string_agg(left(syllable[p], 1), '' ORDER BY o) FROM unnest(places) WITH ORDINALITY
        u(p, o)) AS initials, (SELECT string_agg(syllable[p], '' ORDER BY o) FROM unnest(places) WITH ORDINALITY
        u(p, o)) AS whole FROM drawn)
INSERT INTO customer (number, code, name, search, level, salesperson, credit_limit, active)
SELECT 'C' || lpad(n::text, 7, '0'), 'K' || n, name || n, name || n || ' ' || initials || n || ' ' || whole || n
    || ' k' || n, (ARRAY['a', 'b', 'c'])[1 + n %% 3], (SELECT id FROM "user" WHERE login = 's' || n %% %(people)s),
    1000 * (n %% 100), true
FROM named
"""
_ORDERS: Final = """
WITH bounds AS (SELECT min(id) AS first, max(id) - min(id) AS span FROM customer),
    drawn AS (SELECT n, (SELECT first + (random() * span)::bigint FROM bounds WHERE n > 0) AS buyer,
        %(first)s::date + n %% %(days)s AS day, (random() * 100000)::numeric(18, 2) AS total
        FROM generate_series(1, %(count)s) n)
INSERT INTO sales_order (number, state, customer, customer_name, search, ordered_on, due_on, salesperson, total,
    fulfilment, payment, progress, created_by)
SELECT 'SO' || to_char(day, 'YYYYMM') || '-' || lpad(n::text, 7, '0'),
    CASE WHEN n %% 10000 = 0 THEN 'submitted' WHEN n %% 50 = 0 THEN 'draft' WHEN n %% 3 = 0 THEN 'approved'
    ELSE 'closed' END, buyer, name, search, day, day + 30, salesperson, drawn.total, 'none', 'none', 'draft', 0
FROM drawn JOIN customer ON customer.id = buyer
"""


def fill(database: Database, schema: str, records: int) -> None:
    """So many customers and as many orders, with statistics as autovacuum would leave them."""
    with database.administration(schema) as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            "INSERT INTO \"user\" (login, name, search) SELECT 's' || n, 'Seller ' || n, 'seller ' || n"
            " FROM generate_series(0, %s) n",
            (SALESPEOPLE - 1,),
        )
        known = {"characters": _CHARACTERS, "count": records, "people": SALESPEOPLE, "first": FIRST, "days": DAYS}
        for table, statement in (("customer", _CUSTOMERS), ("sales_order", _ORDERS)):
            indexes = _without_indexes(connection, table)
            connection.execute(statement, known)
            for definition in indexes:
                connection.execute(definition.encode())
    with database.administration(schema) as connection:
        connection.commit()
        connection.autocommit = True
        tables = ", ".join(f'"{schema}"."{table}"' for table in ("user", "customer", "sales_order"))
        connection.execute(f"VACUUM (ANALYZE) {tables}".encode())


def _without_indexes(connection: Connection, table: str) -> list[str]:
    """Take away the indexes of a table, all but its key: made anew when it is full they take a tenth of the time."""
    rows = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary",
        (table,),
    ).fetchall()
    for name, _ in rows:
        connection.execute(f"DROP INDEX {name}".encode())
    return [str(definition) for _, definition in rows]


#: Products and warehouses of the book; every pair is an account.
PRODUCTS: Final = 2_000
PLACES: Final = 5
#: What customers owe still, however many orders there were.
OPEN_ITEMS: Final = 2_000

_GOODS: Final = (
    "INSERT INTO warehouse (code, name, search, active) SELECT 'W' || n, 'Warehouse ' || n, 'w' || n, true"
    " FROM generate_series(1, %(places)s) n",
    "INSERT INTO product (code, name, search, unit, active) SELECT 'G' || lpad(n::text, 6, '0'), 'Good ' || n,"
    " 'good ' || n, (SELECT min(id) FROM unit), true FROM generate_series(1, %(products)s) n",
    "INSERT INTO ledger_account (role, item, place, kept) SELECT 'on_hand', p.id, w.id, true"
    " FROM product p, warehouse w WHERE p.code LIKE 'G%%' AND w.code LIKE 'W_' AND w.name LIKE 'Warehouse _'",
    "INSERT INTO ledger_account (role, item, kept) SELECT 'opening_balance', id, false FROM product"
    " WHERE code LIKE 'G%%'",
)
#: Pieces come and go, one account after another; every journal takes its other side from the opening balance.
_MOVES: Final = """
WITH goods AS (SELECT row_number() OVER (ORDER BY a.id) - 1 AS place, a.id, b.id AS other, count(*) OVER () AS every
        FROM ledger_account a JOIN ledger_account b ON b.role = 'opening_balance' AND b.item = a.item
        WHERE a.role = 'on_hand'),
    made AS (INSERT INTO ledger_journal (booked_on, form, record, transition, actor)
        SELECT %(first)s::date + (n * 7) %% %(days)s, 'opening_stock', 0, 'post', 0
        FROM generate_series(1, %(count)s) n RETURNING id, booked_on),
    sides AS (SELECT made.id, booked_on, goods.id AS own, other,
        (CASE WHEN made.id %% 3 = 0 THEN -1 ELSE 2 END)::numeric AS q
        FROM made JOIN goods ON goods.place = (made.id * 31) %% goods.every)
INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)
SELECT id, 0, own, booked_on, q, q * 5 FROM sides
UNION ALL SELECT id, 1, other, booked_on, -q, -5 * q FROM sides
"""
#: Each order is owed by its customer; all but the last ones were paid a month later.
_DEBTS: Final = (
    "INSERT INTO ledger_account (role, party, kept) SELECT DISTINCT 'receivable', customer, true FROM sales_order",
    "INSERT INTO ledger_account (role, party, document, control, kept) SELECT 'receivable', o.customer, o.id, a.id,"
    " true FROM sales_order o JOIN ledger_account a ON a.role = 'receivable' AND a.party = o.customer"
    " AND a.document = 0",
    "INSERT INTO ledger_account (role, kept) VALUES ('output_tax', false)",
    """
WITH paid AS (SELECT o.id, ordered_on, total, a.id AS own, row_number() OVER (ORDER BY o.id DESC) > %(open)s AS is_paid
        FROM sales_order o JOIN ledger_account a ON a.role = 'receivable' AND a.document = o.id),
    sides AS (SELECT *, 1 AS sign, ordered_on AS day FROM paid
        UNION ALL SELECT *, -1, ordered_on + 30 FROM paid WHERE is_paid),
    numbered AS (SELECT *, nextval('ledger_journal_id') AS journal FROM sides),
    made AS (INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor)
        SELECT journal, day, 'sales_order', id, 'approve', 0 FROM numbered)
INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)
SELECT journal, 0, own, day, 0, sign * total FROM numbered
UNION ALL SELECT journal, 1, (SELECT id FROM ledger_account WHERE role = 'output_tax'), day, 0, -sign * total
FROM numbered
""",
)
_SUMS: Final = (
    """
INSERT INTO ledger_total (account, month, quantity_in, quantity_out, amount_in, amount_out)
SELECT holder, date_trunc('month', booked_on)::date, coalesce(sum(quantity) FILTER (WHERE quantity > 0), 0),
    coalesce(-sum(quantity) FILTER (WHERE quantity < 0), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
    coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
FROM (SELECT account AS holder, e.* FROM ledger_entry e
    UNION ALL SELECT a.control, e.* FROM ledger_entry e JOIN ledger_account a ON a.id = e.account
    WHERE a.control IS NOT NULL) every
GROUP BY 1, 2
""",
    """
UPDATE ledger_account a SET quantity = s.q, amount = s.v, own_quantity = CASE WHEN s.is_own THEN s.q ELSE 0 END,
    own_amount = CASE WHEN s.is_own THEN s.v ELSE 0 END, last_on = s.day
FROM (SELECT t.account, sum(quantity_in - quantity_out) q, sum(amount_in - amount_out) v, max(month) AS day,
        EXISTS (SELECT FROM ledger_entry e WHERE e.account = t.account) AS is_own
    FROM ledger_total t GROUP BY 1) s
WHERE s.account = a.id AND a.kept
""",
)


def fill_book(database: Database, schema: str, moves: int) -> None:
    """So many journals of goods over two years, and the debts of all orders that there are."""
    with database.administration(schema) as connection:
        known = {
            "products": PRODUCTS,
            "places": PLACES,
            "first": FIRST,
            "days": DAYS,
            "count": moves,
            "open": OPEN_ITEMS,
        }
        for statement in (*_GOODS, _MOVES, *_DEBTS, *_SUMS):
            # Without statistics the server would join each of many with each of many.
            connection.execute("ANALYZE ledger_account, ledger_entry, ledger_total, product, warehouse")
            connection.execute(statement.encode(), known)
    with database.administration(schema) as connection:
        connection.commit()
        connection.autocommit = True
        names = ("product", "warehouse", "ledger_account", "ledger_entry", "ledger_journal", "ledger_total")
        connection.execute(f"VACUUM (ANALYZE) {', '.join(f'{schema}.{name}' for name in names)}".encode())
