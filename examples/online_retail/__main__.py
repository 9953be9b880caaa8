"""Load the lines of a real web shop (UCI Online Retail II) as goods, customers and orders; every bad row is explained.

Usage: python -m examples.online_retail [FILE.xlsx [SHEET ...]]

Without a file the committed sample is taken, without a sheet all of them. A scratch database is started and thrown
away; the wrong rows of each sheet are written into the working directory as `online_retail_wrong_1.xlsx` and so on,
ready to be mended and imported again.
"""

import csv
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from python_calamine import CalamineWorkbook

from onebook.access.actor import SYSTEM
from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import publish
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.cells import Bad, text_of
from onebook.engines.process.importing.request import ImportRequest, ImportResult
from onebook.engines.process.importing.run import Import, words_of
from onebook.engines.process.importing.sheet import Columns, Limits
from onebook.engines.process.importing.workbook import read_workbook
from onebook.storage.database import Database
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import create_company, migrate

SAMPLE = Path("tests/data/online_retail/online_retail_sample.xlsx")
WRONG = "online_retail_wrong_{}.xlsx"
#: What the columns of the file are in an order.
COLUMNS = {
    "Invoice": "number",
    "StockCode": "lines.product",
    "Description": None,
    "Quantity": "lines.quantity",
    "InvoiceDate": "ordered_on",
    "Price": "lines.price",
    "Customer ID": "customer",
    "Country": None,
}


def main() -> None:
    """Start a scratch company, load it, say what happened."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    content = path.read_bytes()
    sheets = sys.argv[2:] or CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "data", {"fsync": "off"})
        server.start()
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE online_retail")
            database = Database(server.url("online_retail"))
            load(database, content, sheets)
            database.close()
        finally:
            server.stop()


def load(database: Database, content: bytes, sheets: Sequence[str]) -> list[ImportResult]:
    """Goods, customers, then orders; what was done for each."""
    migrate(database)
    with database.administration() as connection:
        company = create_company(connection, "Online retail")
    published = publish(database, company.schema, shipped_apps())
    ground = Ground(company.schema, published.catalog, published.version, ZoneInfo("Europe/London"))
    with database.administration(company.schema) as connection:
        found = connection.execute("SELECT name FROM unit ORDER BY id LIMIT 1").fetchone()
        assert found is not None
    pages = [read_workbook(content, Limits(), sheet)[1] for sheet in sheets]
    goods, customers = masters(pages, str(found[0]))
    results = [
        take(database, ground, ImportRequest("product", goods, skip_wrong=True))[0],
        take(database, ground, ImportRequest("customer", customers, skip_wrong=True))[0],
    ]
    for number, sheet in enumerate(sheets, 1):
        request = ImportRequest("sales_order", content, COLUMNS, skip_wrong=True, sheet=sheet)
        result, wrong = take(database, ground, request)
        results.append(result)
        if wrong is not None:
            Path(WRONG.format(number)).write_bytes(wrong)
    return results


def masters(pages: Iterable[Columns], unit: str) -> tuple[bytes, bytes]:
    """The goods and customers that the lines speak of, as csv files; the first description of a code is its name."""
    goods: dict[str, str] = {}
    customers: dict[str, str] = {}
    for _, code, description, _, _, _, customer, country in (
        row for page in pages for row in [*zip(*page, strict=True)][1:]
    ):
        try:
            goods.setdefault(text_of(code), str(description or code))
            if customer:
                customers.setdefault(text_of(customer), f"{country} {text_of(customer)}")
        except Bad:
            continue
    return (
        as_csv(["code", "name", "unit"], ((code, name, unit) for code, name in goods.items())),
        as_csv(["code", "name"], customers.items()),
    )


def as_csv(headers: list[str], rows: Iterable[tuple[str, ...]]) -> bytes:
    """A csv file."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([headers, *rows])
    return buffer.getvalue().encode()


def take(database: Database, ground: Ground, request: ImportRequest) -> tuple[ImportResult, bytes | None]:
    """Import a file, and print what it did and why rows were left out; with the file of the wrong rows, if any."""
    begun = time.perf_counter()
    importing = Import(ground, request, SYSTEM, datetime.now(UTC))
    result = importing.run(database)
    seconds = time.perf_counter() - begun
    print(f"{request.form}: {result.new} new, {result.wrong} wrong, {importing.sheet.height} rows, {seconds:.1f} s")
    reasons = Counter((problem.code, problem.field) for problem in result.problems)
    for (code, field), times in reasons.most_common():
        first = next(one for one in result.problems if (one.code, one.field) == (code, field))
        print(f"  {times} × {field}: row {first.row}: {words_of(first, 'en')}")
    return result, importing.wrong_rows(result.problems, "en") if result.problems else None


if __name__ == "__main__":
    main()
