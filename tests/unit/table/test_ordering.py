"""Orders that lists can be read in: each shown column of each shipped form has an index that begins with it."""

from typing import Any

import pytest
from sqlalchemy import Index, Table

from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.shipped import shipped_apps
from onebook.engines.table.ordering import Part, orders, own_order
from onebook.engines.table.tables import Tables

CATALOG = Catalog.of(shipped_apps())
TABLES = Tables(CATALOG)


def laid(index: Index) -> list[str]:
    return [str(getattr(one, "name", None) or one).rpartition(".")[2] for one in index.expressions]


def serves(table: Table, parts: tuple[Part, ...]) -> bool:
    """Whether an index begins with the parts, each running as it should."""
    wanted = [f"{part.column} DESC NULLS LAST" if part.falls else part.column for part in parts]
    plain = [index for index in table.indexes if index.dialect_options["postgresql"]["using"] is False]
    return any(laid(index)[: len(wanted)] == wanted for index in plain)


@pytest.mark.parametrize("name", sorted(CATALOG.forms))
def test_every_column_that_a_list_shows_has_an_index_of_its_order(name: str) -> None:
    form = CATALOG.forms[name]
    known = orders(form)
    for column in form.list.columns:
        field = form.fields.get(column)
        if "." not in column and (field is None or field.kind not in (FieldKind.CHOICES, FieldKind.TAGS)):
            assert column in known, column
    for key, parts in known.items():
        assert parts[0].column == key
        assert serves(TABLES.form(name), parts), key


def form(**changed: Any) -> Form:
    fields = {
        "code": {"kind": "text", "label": "a", "unique": True},
        "kind": {"kind": "choice", "label": "b", "options": {"x": "x"}},
        "note": {"kind": "text", "label": "c", "length": 2000},
        "size": {"kind": "number", "label": "d"},
        "weight": {"kind": "number", "label": "e"},
        "tags": {"kind": "tags", "label": "f"},
        "other": {"kind": "link", "to": "thing", "label": "g"},
    }
    listed = {"columns": ["code", "kind", "note", "size", "tags"], "sort": ["-size", "code"]}
    return Form.model_validate({
        "form": "thing", "label": "x", "kind": "master", "fields": fields, "list": listed, **changed,
    })  # fmt: skip


def test_few_values_and_links_go_on_in_the_list_s_own_order() -> None:
    own = (Part("size", falls=True), Part("code"))
    assert own_order(form()) == own
    assert orders(form()) == {
        "size": own, "code": (Part("code"),), "kind": (Part("kind"), *own), "other": (Part("other"), *own),
    }  # fmt: skip


def test_an_order_through_a_link_has_no_index() -> None:
    assert own_order(form(list={"columns": ["code"], "sort": ["other", "code"]})) == ()
    assert orders(form(list={"columns": ["code"], "sort": ["other", "code"]}))["other"] == (Part("other"),)
