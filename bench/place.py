"""Where the bench runs: a PostgreSQL of its own, as durable as in production, and companies that are ready to sell."""

import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from onebook.access.actor import SYSTEM
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.process.command import Command, Create
from onebook.engines.process.importing.request import ImportRequest, ImportResult
from onebook.storage.database import Database
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import create_company, migrate
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef

#: The clock stands still, so that every round falls into the same month.
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
#: The stock is two years older, so that there is room for a history before today.
OPENED_ON = "2024-03-01"
#: Pieces that are never sold out.
PLENTY = "1000000000"
#: Rows of one opening document.
ROWS = 500


@dataclass(frozen=True)
class Company:
    """A company with all shipped apps, customers, and products that are never sold out."""

    application: Application
    schema: str
    customers: Sequence[int]
    products: Sequence[int]

    def ask(self, sql: str, **parameters: object) -> Rows:
        with self.application.database.transaction(self.schema, read_only=True) as transaction:
            return transaction.run(Statement(sql, parameters))[0]

    def made(self, form: str, then: str | None = None, **values: object) -> RecordRef:
        command = Command(Create(form, values, then, accept_warnings=True), SYSTEM)
        return self.application.execute(self.schema, command).record

    def take(self, form: str, fields: Sequence[str], rows: Sequence[Sequence[object]]) -> ImportResult:
        """Import rows: a workbook whose headers are the names of the fields."""
        request = ImportRequest(form, sheet(fields, rows), mapping={name: name for name in fields})
        return self.application.import_(self.schema, SYSTEM, request)

    def maintain(self) -> None:
        """What autovacuum would have done by tomorrow."""
        with self.application.database.administration(self.schema) as connection:
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM (ANALYZE)")


@contextmanager
def database() -> Iterator[Database]:
    """A migrated database of a temporary server; both are removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="onebook-bench-"))
    server = EmbeddedServer(folder)
    server.start()
    try:
        database = Database(server.url(), size=16)
        migrate(database)
        yield database
        database.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def company(database: Database, name: str, *, customers: int = 40, products: int = 200) -> Company:
    """A new company, ready to sell: customers without a low credit limit, products with plenty in stock."""
    application = Application(database, now=lambda: NOW)
    with database.administration() as connection:
        schema = create_company(connection, name).schema
    application.publish(schema, shipped_apps(), SYSTEM)
    bare = Company(application, schema, (), ())
    unit = bare.ask("SELECT name FROM unit WHERE code = 'PCS'")[0][0]
    goods = [(f"P{n:05}", f"Product {n:05}", unit, "12.50", "0.13") for n in range(products)]
    bare.take("product", ("code", "name", "unit", "sales_price", "tax_rate"), goods)
    bare.take("customer", ("name", "credit_limit"), [(f"Customer {n:05}", PLENTY) for n in range(customers)])
    sold = [row[0] for row in bare.ask("SELECT id FROM product ORDER BY id")]
    buyers = [row[0] for row in bare.ask("SELECT id FROM customer ORDER BY id")]
    for start in range(0, products, ROWS):
        lines = [{"product": one, "quantity": PLENTY, "price": "6"} for one in sold[start : start + ROWS]]
        bare.made("opening_stock", "post", opened_on=OPENED_ON, lines=lines)
    return Company(application, schema, buyers, sold)


def sheet(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook of one sheet."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    page = workbook.add_worksheet()
    for place, row in enumerate([headers, *rows]):
        page.write_row(place, 0, row)
    workbook.close()
    return file.getvalue()
