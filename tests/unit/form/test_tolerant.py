"""Values that are still being typed: what cannot be read is told and left out, everything else stays as it was."""

from typing import Any

from onebook.definition.form import Form
from onebook.engines.form.tolerant import readable, without
from onebook.engines.process.looking.copying import values_to_copy
from onebook.engines.table.rights import EVERYTHING, Rights
from onebook.values.refusal import Problem

FORM = Form.model_validate(
    {
        "form": "thing",
        "label": "物 | Thing",
        "kind": "master",
        "fields": {
            "name": {"kind": "text", "label": "名", "unique": True},
            "size": {"kind": "number", "label": "大小"},
            "made_on": {"kind": "date", "label": "日期"},
            "double": {"kind": "number", "formula": "size * 2", "label": "两倍"},
            "lines": {
                "kind": "lines",
                "label": "行",
                "fields": {
                    "code": {"kind": "text", "unique": True, "label": "码"},
                    "count": {"kind": "quantity", "label": "数"},
                    "due": {"kind": "date", "label": "期"},
                },
            },
        },
    }
)


def _read(values: dict[str, Any], rights: Rights = EVERYTHING) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    kept, problems = readable(FORM, values, rights)
    return kept, [(one.code, one.field, one.row) for one in problems]


def test_what_can_be_read_stays_untouched() -> None:
    values = {"name": "a", "size": "1.5", "lines": [{"count": "1"}, {"id": 7}]}
    assert _read(values) == (values, [])


def test_what_cannot_be_read_becomes_blank_and_what_is_misplaced_goes() -> None:
    given: dict[str, Any] = {
        "size": "big",
        "double": "2",
        "gone": 1,
        "a.b": 2,
        "lines": [{"count": "x", "code": "c"}, 3, {"id": "?"}],
    }
    kept, problems = _read(given)
    assert kept == {"size": None, "lines": [{"count": None, "code": "c"}, {}, {}]}
    assert set(problems) == {
        ("form.not_number", "size", None),
        ("form.not_typed", "double", None),
        ("form.unknown_field", "gone", None),
        ("form.unknown_field", "a.b", None),
        ("form.not_number", "lines.count", 1),
        ("form.not_rows", "lines", 2),
        ("form.not_link", "lines.id", 3),
    }
    assert given["lines"][0] == {"count": "x", "code": "c"}


def test_more_problems_than_one_refusal_tells_are_all_found() -> None:
    kept, problems = _read({"lines": [{"count": "x"} for _ in range(450)]})
    assert len(problems) == 450
    assert kept == {"lines": [{"count": None}] * 450}


def test_lines_that_are_no_rows_at_all_go() -> None:
    assert _read({"lines": "many"}) == ({}, [("form.not_rows", "lines", None)])
    assert _read({"lines": [{"id": 5}, {"id": 5}]}) == ({}, [("form.row_twice", "lines", None)])


def test_hidden_fields_are_not_known() -> None:
    rights = Rights(read="all", update="all", hidden=frozenset({"size", "lines.count"}))
    kept, problems = _read({"size": "1", "lines": [{"count": "1", "code": "c"}]}, rights)
    assert kept == {"lines": [{"code": "c"}]}
    assert problems == [("form.unknown_field", "size", None), ("form.unknown_field", "lines.count", 1)]


def test_places_of_problems_become_blank() -> None:
    values = {"name": "a", "lines": [{"code": "x"}]}
    blank = without(values, [Problem("form.link_missing", "name"), Problem("form.link_missing", "lines.code", 1)])
    assert blank == {"name": None, "lines": [{"code": None}]}
    assert without(values, [Problem("form.field_locked", "name")]) == {"lines": [{"code": "x"}]}
    assert values == {"name": "a", "lines": [{"code": "x"}]}


def test_a_copy_takes_what_may_be_typed_but_no_days_and_nothing_unique() -> None:
    row = {
        "name": "a", "size": 1, "made_on": "2026-01-01", "double": 2,
        "lines": [{"id": 9, "code": "c", "count": 5, "due": "2026-01-01", "position": 1}],
    }  # fmt: skip
    assert values_to_copy(FORM, row, EVERYTHING) == {"size": 1, "lines": [{"code": "c", "count": 5}]}
    narrow = Rights(read="all", create="all", read_only=frozenset({"size"}), hidden=frozenset({"lines.count"}))
    assert values_to_copy(FORM, row, narrow) == {"lines": [{"code": "c"}]}
