"""Records as somebody types them, with everything that the server computes of them: what the browser is held to.

`python -m tests.contracts.computation.sheets` writes the file anew; a test compares it.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from onebook.access.actor import SYSTEM
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.read import read_text
from onebook.engines.form.checks import problems_of
from onebook.engines.form.compute import compute
from onebook.engines.form.forms import Forms
from onebook.engines.form.linked import Linked
from onebook.engines.form.parse import parse_values
from onebook.engines.form.rows import OUTER, Row
from onebook.engines.table.rights import EVERYTHING
from onebook.engines.view.describe import describe
from onebook.engines.view.page import shown
from onebook.expression.context import Context
from onebook.values.label import ENGLISH

HERE = Path(__file__).parent
FILE = HERE.parents[2] / "web" / "src" / "computation" / "sheets.jsonl"
SEED, RECORDS = 20260401, 80
CONTEXT = Context(date(2026, 3, 31), datetime(2026, 3, 31, 2, 0, tzinfo=UTC), 7, zone=ZoneInfo("Asia/Shanghai"))
COMPANY = 1
USERS = {7: "Anna", 8: "Boris"}
#: id: price, size, days, keeper, other sizes.
THINGS: dict[int, tuple[str | None, str | None, int | None, int | None, dict[str, int]]] = {
    21: ("1.25", "S", 10, 8, {"M": 12, "L": 144}),
    22: ("19.999999", "S", None, None, {}),
    23: (None, None, 0, 7, {"M": 3}),
    24: ("0.333333", "M", 400, None, {"S": 2}),
}


def text() -> str:
    """The file: first the form as described and what lies behind links, then a record on each line."""
    catalog = Catalog.of([read_text(HERE.joinpath("sheet.yaml").read_text("utf-8"))])
    chance = random.Random(SEED)
    records = [_record(catalog, _typed(chance)) for _ in range(RECORDS)]
    world = {
        "form": describe(catalog, SYSTEM, "sheet", ENGLISH),
        "context": {"today": CONTEXT.today.isoformat(), "now": CONTEXT.now.isoformat(), "me": CONTEXT.me},
        "linked": _linked_answer(),
    }
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in (world, *records))


def _linked_answer() -> dict[str, Any]:
    things = {str(number): _thing_answer(number) for number in THINGS}
    return {"main": things, "lines.thing": things, "company": {"rate": "0.05"}}


def _thing_answer(number: int) -> dict[str, Any]:
    price, size, days, keeper, sizes = THINGS[number]
    return {
        "price": price, "size": size, "days": None if days is None else str(days),
        "keeper": None if keeper is None else {"id": keeper, "title": USERS[keeper]},
        "sizes": [{"name": name, "times": str(times)} for name, times in sizes.items()],
    }  # fmt: skip


def _typed(chance: random.Random) -> dict[str, Any]:
    """What somebody typed: some fields, some of them blank, and some rows."""
    choices: dict[str, list[Any]] = {
        "main": [None, *THINGS], "keeper": [None, *USERS], "begins_on": ["2026-02-27", "2024-02-29", None],
        "ends_on": [None, "2026-03-01"], "urgent": [True, False], "reason": [None, "because"],
        "rate": [None, "0.13", "0"], "tags": [None, ["a", "b"]],
    }  # fmt: skip
    cells: dict[str, list[Any]] = {
        "thing": [*THINGS, *THINGS, None], "size": ["S", "M", "L", None], "price": ["0.005", "12.5", None],
        "quantity": ["1", "2.5", "1000", "0", "0.000001", None, "3", "7"],
    }  # fmt: skip

    def some(names: dict[str, list[Any]], often: float, always: tuple[str, ...] = ()) -> dict[str, Any]:
        return {
            name: chance.choice(values)
            for name, values in names.items()
            if name in always or chance.random() < often
        }  # fmt: skip

    rows = [some(cells, 0.25, ("thing", "quantity")) for _ in range(chance.choice((0, 1, 1, 2, 3, 5)))]
    return {**some(choices, 0.4), "lines": rows}


def _record(catalog: Catalog, typed: dict[str, Any]) -> dict[str, Any]:
    form = catalog.forms["sheet"]
    compiled = Forms(catalog).form("sheet")
    given = parse_values(form, typed, EVERYTHING)
    row: Row = {name: value for name, value in given.items() if name != "lines"}
    row |= {"id": None, "company": COMPANY, "number": None, "created_at": CONTEXT.now, "created_by": CONTEXT.me}
    row["lines"] = [
        {**values, "id": None, "position": Decimal(place), OUTER: row} for place, values in enumerate(given["lines"], 1)
    ]
    linked = Linked()
    links = compiled.plan.links
    for link in links:
        _teach(linked, link.target, link.keys)
    assert not compute(compiled.plan, links, row, linked, CONTEXT)
    problems = [[one.code, one.field, one.row] for one in problems_of(form, compiled.plan, row, CONTEXT)]
    return {"typed": typed, "values": _values(form, row), "problems": sorted(problems, key=str)}


def _teach(linked: Linked, target: str, keys: frozenset[str]) -> None:
    catalog: dict[str, dict[int, Row]] = {
        "thing": {number: _thing(number) for number in THINGS},
        "company": {COMPANY: {"rate": parse_number("0.05")}},
        "user": {number: {"name": name} for number, name in USERS.items()},
    }
    linked.learn(target, catalog[target], keys)


def _thing(number: int) -> Row:
    price, size, days, keeper, sizes = THINGS[number]
    rows = [{"name": name, "times": parse_number(str(times))} for name, times in sizes.items()]
    values = {"price": parse_number(price), "days": parse_number(None if days is None else str(days))}
    return {**values, "size": size, "keeper": keeper, "sizes": rows}


def parse_number(text: str | None) -> Decimal | None:
    """A decimal, or blank."""
    return None if text is None else Decimal(text)


def _values(form: Form, row: Row) -> dict[str, Any]:
    """What a page shows, without what the browser leaves to the server."""
    told = dict(_cells(form, row, None))
    told["lines"] = [dict(_cells(form, one, "lines")) for one in row["lines"]]
    return told


def _cells(form: Form, row: Row, lines: str | None) -> Iterator[tuple[str, Any]]:
    fields = form.fields if lines is None else form.fields[lines].fields or {}
    for name, field in fields.items():
        if name not in ("lines", "sounds"):
            # A zero is told without the digits that happen to stand behind its point.
            value = row.get(name)
            is_zero = isinstance(value, Decimal) and not value and field.kind is not FieldKind.MONEY
            value = "0" if is_zero else shown(field.kind, value)
            yield name, value.isoformat() if isinstance(value, date) else value


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
