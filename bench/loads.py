"""Measures of loading: an import against reading the file and copying its rows into a bare table."""

import io
from collections.abc import Iterator

import psycopg
from python_calamine import CalamineWorkbook

from bench.place import company, sheet
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM
from onebook.engines.process.importing.request import ImportRequest
from onebook.storage.database import Database

ROWS = 100_000
FIELDS = ("code", "name", "unit", "sales_price", "tax_rate", "barcode")


def imports(database: Database) -> Iterator[Ratio]:
    """100,000 products from a workbook, with links, checks and search for twins, against calamine and COPY."""
    ground = company(database, "Import", customers=1, products=1)
    unit = ground.ask("SELECT name FROM unit WHERE code = 'PCS'")[0][0]
    files = iter([sheet(FIELDS, _rows(turn, str(unit))) for turn in range(4)])
    known = sheet(FIELDS, _rows(9, str(unit)))

    def ours() -> None:
        request = ImportRequest("product", next(files), mapping={name: name for name in FIELDS})
        assert ground.application.import_(ground.schema, SYSTEM, request).new == ROWS

    with psycopg.connect(database.url, autocommit=True) as connection:

        def bare() -> None:
            connection.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS bare (code text, name text, unit text, sales_price numeric,"
                " tax_rate numeric, barcode text)"
            )
            connection.execute("TRUNCATE bare")
            rows = (
                CalamineWorkbook.from_filelike(io.BytesIO(known)).get_sheet_by_index(0).to_python(skip_empty_area=True)
            )
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for row in rows[1:]:
                    copy.write_row(row)

        yield compare("import of 100,000 products", ours, bare, target=4, rounds=3)


def _rows(turn: int, unit: str) -> list[tuple[object, ...]]:
    """Products that no other turn has."""
    return [
        (f"{turn}-{n:06}", f"商品 {turn} {n:06}", unit, 1 + n % 900 / 100, "0.13", f"69{turn}{n:010}")
        for n in range(ROWS)
    ]
