"""What every record has without a declaration is called after what the record is."""

import pytest

from onebook.definition.form import Form
from onebook.engines.table.system_fields import system_field, system_label


def form(kind: str, number: str | None) -> Form:
    """A form of a kind, with numbers or without."""
    return Form.model_validate({"form": "thing", "label": "物 | Thing", "kind": kind, "number": number, "fields": {}})


@pytest.mark.parametrize(("kind", "name"), [("document", "单号"), ("master", "编号")])
def test_a_number_is_called_after_what_it_numbers(kind: str, name: str) -> None:
    """A document has a 单号; a partner or a warehouse is no document."""
    numbered = form(kind, "N{seq:4}")
    field = system_field(numbered, None, "number")
    assert field is not None
    assert field.label.chinese == name
    assert system_label(numbered, "number").chinese == name


def test_what_is_not_numbered_has_no_number() -> None:
    """Without a pattern there is none to be asked for."""
    assert system_field(form("master", None), None, "number") is None
