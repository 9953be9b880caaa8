"""What a sale costs the database does not grow with the sales before it, whatever the statistics were at first."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from onebook.storage.transaction import Statement
from tests.scenarios.world import World

FLUSH = Statement("SELECT pg_stat_force_next_flush()")
READ = """
SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables WHERE schemaname = current_schema())
    + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes WHERE schemaname = current_schema())"""


def count_as_empty(world: World) -> None:
    """Statistics of a company that nobody has sold anything in: every plan is made for empty tables."""
    with psycopg.connect(world.application.database.url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (world.schema,)).fetchall()
        for (table,) in tables:
            name = sql.Identifier(world.schema, table)
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(name))
            # Nothing may count them again while the test runs.
            connection.execute(sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)").format(name))


def end_other_sessions(world: World) -> None:
    """Nobody else tells late what they read: sessions hand in their counts when they end, or after seconds of rest."""
    [[own]] = world.ask("SELECT pg_backend_pid()")
    with psycopg.connect(world.application.database.url, autocommit=True) as connection:
        others = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        ended = f"SELECT pg_terminate_backend(pid, 10000) FROM ({others}) o WHERE pid NOT IN (%s, pg_backend_pid())"
        connection.execute(ended, (own,))


def rows_read(world: World, sales: int, customer: int, products: Sequence[int]) -> int:
    """How many rows and index entries the database looked at for so many sales, from order to write-off."""
    before = _read(world)
    for sale in range(sales):
        # Goods in turn: nobody vacuums here, and rows that change all the time would lie there in many versions.
        sold = [products[(2 * sale + line) % len(products)] for line in range(2)]
        order = world.order(customer, *((product, "3") for product in sold))
        [delivery] = world.run(order, "approve").created
        world.run(delivery, "ship")
        receipt = world.receipt(customer, "60")
        world.allocate(customer, (receipt, order, "60"))
    return _read(world) - before


def _read(world: World) -> int:
    with world.application.database.transaction(world.schema) as transaction:
        transaction.commit(FLUSH)
    return int(world.ask(READ)[0][0])


def test_the_fiftieth_sale_reads_no_more_than_the_fifth(world: World) -> None:
    customer, products = world.customer("Steady"), [world.product(f"Bolt {n}") for n in range(10)]
    for product in products:
        world.stock(product, "100000")
    count_as_empty(world)
    rows_read(world, 2, customer, products)
    end_other_sessions(world)
    first = rows_read(world, 5, customer, products)
    rows_read(world, 40, customer, products)
    later = rows_read(world, 5, customer, products)
    assert later <= first * 1.2, f"{first / 5:.0f} rows of one sale became {later / 5:.0f}"
