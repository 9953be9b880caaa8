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
#: Orders lie on the days of two years, written day by day.
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
FROM drawn JOIN customer ON customer.id = buyer ORDER BY day
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
            indexes = without_indexes(connection, table)
            connection.execute(statement, known)
            for definition in indexes:
                connection.execute(definition.encode())
    with database.administration(schema) as connection:
        connection.commit()
        connection.autocommit = True
        tables = ", ".join(f'"{schema}"."{table}"' for table in ("user", "customer", "sales_order"))
        connection.execute(f"VACUUM (ANALYZE) {tables}".encode())


def without_indexes(connection: Connection, table: str) -> list[str]:
    """Take away the indexes of a table, all but its key: made anew when it is full they take a tenth of the time."""
    rows = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary",
        (table,),
    ).fetchall()
    for name, _ in rows:
        connection.execute(f"DROP INDEX {name}".encode())
    return [str(definition) for _, definition in rows]


#: Products and warehouses of the book; every pair is an account, however many entries there are.
PRODUCTS: Final = 200
PLACES: Final = 5
#: What the indexes of a large book are made with.
_ROOMY: Final = "SET LOCAL maintenance_work_mem = '512MB'"

_GOODS: Final = (
    "INSERT INTO warehouse (code, name, search, active) SELECT 'W' || n, 'Warehouse ' || n, 'w' || n, true"
    " FROM generate_series(1, %(places)s) n",
    "INSERT INTO product (code, name, search, unit, active) SELECT 'G' || lpad(n::text, 6, '0'), 'Good ' || n,"
    " 'good ' || n, (SELECT min(id) FROM unit), true FROM generate_series(1, %(products)s) n",
    "INSERT INTO ledger_account (role, item, place, kept) SELECT 'on_hand', p.id, w.id, true"
    " FROM product p, warehouse w WHERE p.code LIKE 'G%%' AND w.name LIKE 'Warehouse _'",
    "INSERT INTO ledger_account (role, item, kept) SELECT 'opening_balance', id, false FROM product"
    " WHERE code LIKE 'G%%'",
)
#: Pieces come and go, one account after another, until every account has moved in every month.
_JOURNALS: Final = """
INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor)
SELECT %(before)s + n, %(first)s::date + (n * 7) %% %(days)s, 'opening_stock', 0, 'post', 0
FROM generate_series(1, %(moves)s) n
"""
#: Every journal takes its other side from the opening balance.
_ENTRIES: Final = """
INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)
SELECT %(before)s + n, side.position, side.account, %(first)s::date + (n * 7) %% %(days)s, side.sign * pieces,
    side.sign * pieces * 5
FROM (SELECT array_agg(a.id ORDER BY a.id) AS own, array_agg(b.id ORDER BY a.id) AS others FROM ledger_account a
        JOIN ledger_account b ON b.role = 'opening_balance' AND b.item = a.item
        JOIN product p ON p.id = a.item AND p.code LIKE 'G%%' WHERE a.role = 'on_hand') goods
    CROSS JOIN generate_series(1, %(moves)s) n
    CROSS JOIN LATERAL (SELECT 1 + (n * 31) %% cardinality(own) AS place, CASE WHEN n %% 3 = 0 THEN -1 ELSE 2 END
        AS pieces) turn
    CROSS JOIN LATERAL (VALUES (1, own[turn.place], 1), (2, others[turn.place], -1)) side (position, account, sign)
"""
_SUMS: Final = (
    """
INSERT INTO ledger_total (account, month, quantity_in, quantity_out, amount_in, amount_out)
SELECT account, date_trunc('month', booked_on)::date, coalesce(sum(quantity) FILTER (WHERE quantity > 0), 0),
    coalesce(-sum(quantity) FILTER (WHERE quantity < 0), 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
    coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
FROM ledger_entry WHERE journal > %(before)s GROUP BY 1, 2
""",
    """
UPDATE ledger_account a SET quantity = s.q, amount = s.v, own_quantity = s.q, own_amount = s.v, last_on = s.day
FROM (SELECT account, sum(quantity) q, sum(amount) v, max(booked_on) AS day FROM ledger_entry
    WHERE journal > %(before)s GROUP BY 1) s
WHERE s.account = a.id AND a.kept
""",
)


def fill_book(database: Database, schema: str, entries: int) -> None:
    """So many entries of goods over two years of accounts that had none: ten million take a few minutes."""
    with database.administration(schema) as connection:
        connection.execute(_ROOMY)
        before = connection.execute("SELECT coalesce(max(id), 0) FROM ledger_journal").fetchall()[0][0]
        known = {
            "products": PRODUCTS,
            "places": PLACES,
            "first": FIRST,
            "days": DAYS,
            "moves": entries // 2,
            "before": before,
        }
        for statement in _GOODS:
            connection.execute(statement.encode(), known)
        for table, statement in (("ledger_journal", _JOURNALS), ("ledger_entry", _ENTRIES)):
            indexes = without_indexes(connection, table)
            connection.execute(statement.encode(), known)
            for definition in indexes:
                connection.execute(definition.encode())
        for statement in (*_SUMS, "SELECT setval('ledger_journal_id', max(id)) FROM ledger_journal"):
            connection.execute(statement.encode(), known)
    with database.administration(schema) as connection:
        connection.commit()
        connection.autocommit = True
        names = ("product", "warehouse", "ledger_account", "ledger_entry", "ledger_journal", "ledger_total")
        connection.execute(f"VACUUM (ANALYZE) {', '.join(f'{schema}.{name}' for name in names)}".encode())
