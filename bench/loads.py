"""Measures of loading: an import against reading the file and copying its rows, into a bare table and into the real."""

import io
from collections.abc import Iterator
from typing import Any

import psycopg
from python_calamine import CalamineWorkbook

from bench.place import NOW, company, sheet
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM
from onebook.engines.form.search_text import search_text
from onebook.engines.process.importing.request import ImportRequest
from onebook.storage.database import Database

ROWS = 100_000
ROUNDS = 3
FIELDS = ("code", "name", "unit", "sales_price", "tax_rate", "barcode")


def imports(database: Database) -> Iterator[Ratio]:
    """100,000 products from a workbook, with links, checks and search for twins, against calamine and COPY."""
    ground, other = (company(database, name, customers=1, products=1) for name in ("Import", "By hand"))
    unit = str(ground.ask("SELECT name FROM unit WHERE code = 'PCS'")[0][0])
    known = sheet(FIELDS, _rows(9, unit))
    files = _files(unit, 2 * (ROUNDS + 1))
    same = _files(unit, ROUNDS + 1)

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
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for row in _read(known):
                    copy.write_row(row)

        # The bare table has no index, no constraint, no search text and no trail; the next yardstick has them all.
        yield compare("import of 100,000 products", ours, bare, target=4, rounds=ROUNDS)
        # From here on both tables grow alike.
        ground = company(database, "Import again", customers=1, products=1)

        def by_hand() -> None:
            with connection.transaction():
                _by_hand(connection, other.schema, _read(next(same)))

        yield compare("import, against COPY into the same tables", ours, by_hand, target=2, rounds=ROUNDS)


def _by_hand(connection: psycopg.Connection, schema: str, rows: list[list[Any]]) -> None:
    """The same rows as an import writes, with their search text and their trail; whatever could be wrong is not."""
    connection.execute(f'SET LOCAL search_path = "{schema}", onebook, public'.encode())
    units = {name: number for number, name in connection.execute("SELECT id, name FROM unit").fetchall()}
    ids = connection.execute("SELECT nextval('record_id') FROM generate_series(1, %s)", (len(rows),)).fetchall()
    into = "id, version, code, name, unit, sales_price, tax_rate, barcode, allows_negative, active, search"
    with connection.cursor().copy(f"COPY product ({into}) FROM STDIN".encode()) as copy:
        for (number,), (code, name, unit, price, rate, barcode) in zip(ids, rows, strict=True):
            found = search_text((name, None, code, barcode))
            copy.write_row((number, 1, code, name, units[unit], price, rate, barcode, False, True, found))
    with connection.cursor().copy(
        "COPY onebook_change (form, record, at, by, action, version, changes) FROM STDIN"
    ) as copy:
        for (number,) in ids:
            copy.write_row(("product", number, NOW, 0, "import", 1, "{}"))


def _read(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=True)[1:]


def _files(unit: str, count: int) -> Iterator[bytes]:
    """Files of which each has its own products, made before anything is timed."""
    return iter([sheet(FIELDS, _rows(turn, unit)) for turn in range(count)])


def _rows(turn: int, unit: str) -> list[tuple[object, ...]]:
    """Products that no other turn has."""
    return [
        (f"{turn}-{n:06}", f"商品 {turn} {n:06}", unit, 1 + n % 900 / 100, "0.13", f"69{turn}{n:010}")
        for n in range(ROWS)
    ]
