"""Tables as the database takes them: in circles, with long names, and with what it guards itself."""

from typing import ClassVar

import psycopg
import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.form import Form
from onebook.definition.shipped import shipped_apps
from onebook.engines.table import ddl
from onebook.engines.table.names import LONGEST, identifier, table_name
from onebook.engines.table.tables import Tables
from onebook.storage.database import Database
from onebook.storage.schema import Company

LONG = "a_form_with_a_very_long_name_indeed_of_fortysix"


class Declared:
    """Forms that point at each other in a circle."""

    forms: ClassVar[dict[str, Form]] = {
        str(form["form"]): Form.model_validate(form)
        for form in (
            {
                "form": "order", "label": "甲", "kind": "master", "search": ["group"],
                "fields": {
                    "group": {"kind": "text", "label": "a"},
                    "next": {"kind": "link", "to": f"{LONG}.{LONG}", "label": "b"},
                    "rate": {"kind": "choice", "label": "c", "options": {"10%": "a", "it's": "b"}},
                    "several": {"kind": "choices", "label": "d", "options": {"x": "a", "y": "b"}},
                    "month": {"kind": "month", "label": "e"},
                    "flag": {"kind": "flag", "label": "f"},
                    "size": {"kind": "number", "scale": 3, "label": "g"},
                },
                "duplicates": [{"fields": ["group", "rate"], "how": "normalised"}, {"fields": ["group"], "how": "alike",
                               "then": "warn"}, {"fields": ["group"]}],
            },
            {
                "form": LONG, "label": "乙", "kind": "master",
                "fields": {LONG: {"kind": "lines", "label": "c", "fields": {
                    "back": {"kind": "link", "to": "order", "label": "d"}}}},
            },
        )
    }  # fmt: skip


TABLES = Tables(Declared())


@pytest.fixture
def schema(database: Database, company: Company) -> str:
    """A company with these tables."""
    with database.administration(company.schema) as connection:
        for statement in ddl.create_all(TABLES):
            connection.execute(statement)
    return company.schema


def execute(database: Database, schema: str, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with database.administration(schema) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def test_circles_and_long_names(database: Database, schema: str) -> None:
    name = table_name(f"{LONG}.{LONG}")
    assert len(name) == LONGEST
    [(first,)] = execute(database, schema, f"INSERT INTO {LONG} DEFAULT VALUES RETURNING id")
    [(row,)] = execute(database, schema, f"INSERT INTO {name} (parent, position) VALUES (%s, 1) RETURNING id", first)
    [(order,)] = execute(database, schema, 'INSERT INTO "order" (next) VALUES (%s) RETURNING id', row)
    execute(database, schema, f"UPDATE {name} SET back = %s", order)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        execute(database, schema, 'UPDATE "order" SET next = 99')
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        execute(database, schema, f"DELETE FROM {LONG}")
    assert len({first, row, order}) == 3, "one sequence for all"


@pytest.mark.parametrize(
    "values",
    ["(rate) VALUES ('20%')", "(several) VALUES ('{x,z}')", "(month) VALUES ('2026-01-02')", "(size) VALUES (1e21)"],
)
def test_the_database_guards_itself(database: Database, schema: str, values: str) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange)):
        execute(database, schema, f'INSERT INTO "order" {values}')
    execute(database, schema, "INSERT INTO \"order\" (rate, several, month) VALUES ('10%', '{y,x}', '2026-01-01')")
    assert execute(database, schema, 'SELECT flag, version FROM "order"') == [(False, 1)]


def test_every_index_and_constraint_is_there(database: Database, schema: str) -> None:
    found = execute(database, schema, "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
    indexes = {str(name) for (name,) in found}
    assert {str(index.name) for table in TABLES.all().values() for index in table.indexes} <= indexes
    found = execute(
        database, schema, "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
    )
    constraints = {name for (name,) in found}
    for table in TABLES.all().values():
        assert set(ddl.checks(table)) <= constraints
        assert {key.name for key in ddl.foreign_keys(table)} <= constraints


def test_columns_come_later(database: Database, schema: str) -> None:
    table = TABLES.form("order")
    for statement in (
        ddl.drop_column("order", "rate"),
        ddl.rename_column("order", "month", "was"),
        *[ddl.drop_constraint(table, name) for name in ddl.check_names(table, "month")],
        ddl.add_column(table, "rate"),
        ddl.add_column(table, "month"),
        *ddl.add_checks(table, ["rate", "month"]),
        ddl.drop_constraint(table, identifier("order", "next", "fk")),
        *ddl.add_foreign_keys(table, ["next"]),
        ddl.retype_column(table, "size", "size::text::numeric"),
        ddl.drop_index("order_search"),
        *[ddl.create_index(index) for index in table.indexes if index.name == "order_search"],
    ):
        execute(database, schema, statement)
    with pytest.raises(psycopg.errors.CheckViolation):
        execute(database, schema, "INSERT INTO \"order\" (rate) VALUES ('z')")


def test_cut_names_stay_apart() -> None:
    names = {identifier(LONG, LONG, ending) for ending in ("fk", "options", "unique")}
    assert len(names) == 3
    assert all(len(name) == LONGEST for name in names)
    assert identifier("a", "b") == "a_b"


def test_what_lists_are_read_through_is_indexed_once() -> None:
    """Links of documents in the order of the list; a field of its own with the id; no two indexes that do the same."""
    tables = Tables(Catalog.of(shipped_apps()))
    orders = {str(index.name): ddl.create_index(index) for index in tables.form("sales_order").indexes}
    behind = "(customer, ordered_on DESC NULLS LAST, number DESC NULLS LAST, id DESC)"
    assert behind in orders["sales_order_customer_listed"]
    assert "(total, id) WHERE deleted_at IS NULL" in orders["sales_order_total_sorted"]
    products = {str(index.name) for index in tables.form("product").indexes}
    assert "product_barcode_sorted" in products
    # By these two the barcode, or the code, would be kept twice.
    assert not products & {"product_barcode_exact", "product_list_ordered"}


def test_only_what_can_be_a_duplicate_is_in_its_index() -> None:
    [text] = [
        ddl.create_index(index)
        for index in TABLES.form("order").indexes
        if index.name == identifier("order", "group", "rate", "normalised")
    ]
    assert text.endswith('WHERE "group" IS NOT NULL AND "rate" IS NOT NULL AND deleted_at IS NULL')
