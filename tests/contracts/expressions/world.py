"""The little world that formulas of the contract are about: scopes, rows with blanks in every place, tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import Column, ColumnElement, FromClause, MetaData, Table, select
from sqlalchemy.dialects.postgresql.psycopg import dialect

from onebook.expression.context import Context
from onebook.expression.functions.lowered import COLUMN_TYPES
from onebook.expression.scope import Found, Scope
from onebook.expression.sql import context_parameters, lower
from onebook.expression.tree import Expression
from onebook.expression.types import Kind, Type
from onebook.values.label import Label

CONTEXT = Context(
    today=date(2026, 3, 31),
    now=datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
    me=7,
    department=20,
    departments=frozenset({20, 21}),
    roles=frozenset({"clerk", "buyer"}),
    colleagues=frozenset({7, 8}),
    zone=ZoneInfo("Asia/Shanghai"),
)

TEXT, NUMBER, FLAG, DATE = Kind.TEXT, Kind.NUMBER, Kind.FLAG, Kind.DATE
INSTANT, LINK, LINES, TEXTS = Kind.INSTANT, Kind.LINK, Kind.LINES, Kind.TEXTS


@dataclass
class Fields:
    """A scope over a few fields."""

    name: str
    parent: Scope | None = None
    found: dict[str, Found] = field(default_factory=dict)

    def find(self, name: str) -> Found | None:
        """By name, or by the Chinese label."""
        if name in self.found:
            return self.found[name]
        for own, found in self.found.items():
            if found.label is not None and found.label.chinese == name:
                return Found(found.type, found.scope, own, found.label)
        return None

    def add(self, name: str, kind: Kind, label: str, scope: "Fields | None" = None, of: str | None = None) -> None:
        """Declare a field; links and rows have the scope behind them."""
        leads = of or (scope.name if scope else None)
        self.found[name] = Found(Type(kind, leads), scope, label=Label.parse(label))


PART = Fields("part")
UNIT = Fields("part.units")
PERSON = Fields("person")
NOTE = Fields("note")
ROW = Fields("note.lines", NOTE)

for scope, declared in (
    (PART, (("code", TEXT, "编码"), ("name", TEXT, "名称"), ("weight", NUMBER, "重量"), ("fragile", FLAG, "易碎"))),
    (UNIT, (("label", TEXT, "单位"), ("factor", NUMBER, "换算"))),
    (PERSON, (("name", TEXT, "姓名"), ("level", NUMBER, "等级"), ("joined_on", DATE, "加入日期"))),
    (
        ROW,
        (
            *(("quantity", NUMBER, "数量"), ("price", NUMBER, "单价"), ("gift", FLAG, "赠品")),
            *(("remark", TEXT, "备注"), ("wanted_on", DATE, "需要日期")),
        ),
    ),
    (
        NOTE,
        (
            *(("a", NUMBER, "甲"), ("b", NUMBER, "乙"), ("c", NUMBER, "丙")),
            *(("s", TEXT, "文字"), ("t", TEXT, "说明"), ("p", FLAG, "是否"), ("q", FLAG, "确认")),
            *(("d", DATE, "日期"), ("e", DATE, "到期"), ("i", INSTANT, "时刻"), ("j", INSTANT, "另一时刻")),
            ("tags", TEXTS, "标签"),
        ),
    ),
):
    for name, kind, label in declared:
        scope.add(name, kind, label)
PART.add("units", LINES, "单位表", UNIT)
ROW.add("part", LINK, "零件", PART)
NOTE.add("person", LINK, "人员", PERSON)
NOTE.add("other", LINK, "另一人", PERSON)
NOTE.add("user", LINK, "用户", of="user")
NOTE.add("dept", LINK, "部门", of="department")
NOTE.add("lines", LINES, "明细", ROW)
for scope in (PART, PERSON, NOTE):
    scope.found["id"] = Found(Type(LINK, scope.name))

ROW.found["position"] = Found(Type(NUMBER), None)

TARGETS = {scope.name: scope for scope in (PART, UNIT, PERSON, NOTE, ROW)}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _records(scope: Fields, columns: str, rows: Iterable[tuple[Any, ...]]) -> dict[int, dict[str, Any]]:
    """Records by id, from tuples in the order of the columns; texts become what the field's kind says."""
    readers = {NUMBER: _number, DATE: _day, INSTANT: _moment}
    made = {}
    for values in rows:
        record = dict(zip(columns.split(), values, strict=True))
        for name, value in record.items():
            kind = scope.found[name].type.kind if name in scope.found else None
            record[name] = readers[kind](value) if kind in readers else value
        made[record["id"]] = record
    return made


PARTS = _records(
    PART,
    "id code name weight fragile",
    [
        (1, "B-1", "螺栓", "0.125", False),
        (2, "N-2", "螺母", "0.05", None),
        (3, "G'3", "玻璃%", None, True),
        (4, None, "", "-1.5", True),
    ],
)
UNITS = _records(
    UNIT,
    "id parent position label factor",
    [(11, 1, 1, "箱", "12"), (12, 1, 2, "托", "480"), (13, 2, 1, None, "1.5"), (14, 2, 2, "袋", None)],
)
PEOPLE = _records(
    PERSON,
    "id name level joined_on",
    [(21, "王芳", "3", "2020-02-29"), (22, "Łukasz", None, "1999-12-31"), (23, None, "-2.5", None)],
)
NOTES = _records(
    NOTE,
    "id a b c s t p q d e i j tags person other user dept",
    [
        (101, "1", "2", "3", "abc", "B", True, True, "2024-01-31", "2024-02-29", "2024-05-01T00:00:00+00:00",
         "2024-05-01T08:00:00+08:00", ("x", "y"), 21, 21, 7, 20),
        (102, "0", "-0.5", "0.000001", "", "  两端 空白　", False, True, "2023-12-31", "2024-01-01",
         "2023-12-31T16:00:00+00:00", None, (), 22, 21, 8, 21),
        (103, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None),
        (104, "-7", "3", None, "客户经理", "12.50", None, False, "2024-02-29", None, None,
         "2024-05-01T00:00:00.000001+00:00", ("客", ""), 23, 22, 9, 22),
        (105, "2.5", "-2.5", "1000000", "Ärger ßß ÿ", "%_\\'\"{}", True, None, "0001-01-01", "9999-12-31",
         "2026-03-31T15:59:59.999999+00:00", "2026-03-31T16:00:00+00:00", ("x",), 21, None, None, None),
        (106, "999999999999.999999", "0.000000000001", "7", "13812341234", "-3", False, False, "2026-03-31",
         "2026-03-30", None, None, ("y", "x", "z"), None, 23, 7, 22),
        (107, "0.005", "1.005", "-0.005", "a,b,,c", "1e5", True, False, "2100-02-28", "2000-02-29", None, None, None,
         22, 22, 7, 20),
        (108, "3", "7", "-1", "A", "a", None, True, "2025-10-31", "2025-11-30", None, None, ("z",), 21, 23, 8, 21),
        (109, "-0.5", "0.125", "365", "+0012.340", " 99999999999999999999999999999.5 ", False, None, "2024-12-30",
         "2025-01-05", None, None, (), 23, 23, 9, 20),
    ],
)  # fmt: skip
ROWS = _records(
    ROW,
    "id parent position quantity price gift remark wanted_on part",
    [
        (201, 101, 1, "2", "1.5", False, "急", "2024-03-01", 1),
        (202, 101, 2, "3", "0.333333", None, None, None, 2),
        (203, 101, 3, "10", "2", True, "赠", "2024-02-01", 1),
        (204, 104, 1, None, "9.99", True, "", "2024-02-29", 3),
        (205, 104, 2, "-1", None, None, "b", None, None),
        (206, 105, 1, "0", "0", False, "a", "2025-01-01", 4),
        (207, 106, 1, "1", "3", None, None, None, 2),
        (208, 107, 1, "1.000001", "0.999999", False, "z", "2023-01-01", 2),
        (209, 107, 2, "1.000001", "0.999999", True, "Z", "2023-01-01", 3),
        (210, 108, 2, "7", "1", True, "后", None, 1),
        (211, 108, 1, "3", "1", False, "先", None, 2),
        (212, 109, 1, None, None, None, None, None, None),
    ],
)

_BY_TARGET = {"part": PARTS, "part.units": UNITS, "person": PEOPLE, "note": NOTES, "note.lines": ROWS}


def _flat(record: Mapping[str, Any], scope: Fields) -> dict[str, Any]:
    """A row as Python reads it: linked fields under dotted keys, linked rows as lists."""
    row = dict(record)
    for name, found in scope.found.items():
        linked = found.scope
        if found.type.kind is Kind.LINK and isinstance(linked, Fields) and row.get(name) is not None:
            inner = _flat(_BY_TARGET[linked.name][row[name]], linked)
            row |= {f"{name}.{key}": value for key, value in inner.items()}
        elif found.type.kind is Kind.LINES and isinstance(linked, Fields):
            row[name] = [
                _flat(line, linked)
                for line in sorted(_BY_TARGET[linked.name].values(), key=lambda line: int(line["position"]))
                if line["parent"] == record["id"]
            ]
    return row


def note_rows() -> list[dict[str, Any]]:
    """Every record of the form note, in the order of ids."""
    return [_flat(record, NOTE) for record in NOTES.values()]


def line_rows() -> list[dict[str, Any]]:
    """Every row of the lines of notes, in the order of ids, each with its record."""
    notes = {note["id"]: note for note in note_rows()}
    return [{**_flat(record, ROW), "^": notes[record["parent"]]} for record in ROWS.values()]


# The same in the database

METADATA = MetaData()
TABLES = {
    name: Table(
        name.replace(".", "__"),
        METADATA,
        *(Column(key, COLUMN_TYPES[LINK]) for key in ("id", "parent") if key not in scope.found or key == "id"),
        Column("position", COLUMN_TYPES[NUMBER]),
        *(
            Column(key, COLUMN_TYPES[found.type.kind])
            for key, found in scope.found.items()
            if found.type.kind is not LINES and key not in ("id", "position")
        ),
    )
    for name, scope in TARGETS.items()
}

DIALECT = dialect()  # type: ignore[no-untyped-call]


class Lying:
    """Where fields lie: a table under an alias, linked fields and rows by subqueries."""

    def __init__(self, target: str, outer: "Lying | None" = None) -> None:
        self.scope = TARGETS[target]
        self.table = TABLES[target].alias()
        self._outer = outer

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a dotted key."""
        if up:
            assert self._outer is not None
            return self._outer.column(key, up - 1)
        first, _, rest = key.partition(".")
        if not rest:
            return self.table.c[first]
        linked = self.scope.found[first].scope
        assert isinstance(linked, Fields)
        inner = Lying(linked.name)
        query = select(inner.column(rest)).where(inner.table.c.id == self.table.c[first])
        return query.correlate_except(inner.table).scalar_subquery()

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], "Lying"]:
        """The rows of lines, our own or those of a linked record."""
        if up:
            assert self._outer is not None
            return self._outer.rows(key, up - 1)
        path, _, name = key.rpartition(".")
        scope = self.scope
        for step in path.split(".") if path else ():
            linked = scope.found[step].scope
            assert isinstance(linked, Fields)
            scope = linked
        lines = scope.found[name].scope
        assert isinstance(lines, Fields)
        inner = Lying(lines.name, self)
        holder = self.column(path) if path else self.table.c.id
        return inner.table, inner.table.c.parent == holder, inner


def create(connection: psycopg.Connection[Any]) -> None:
    """Make the tables and fill them."""
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column.name}" {column.type.compile(DIALECT)}' for column in table.columns)
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})'.encode())
        for record in _BY_TARGET[name].values():
            values = {key: list(value) if isinstance(value, tuple) else value for key, value in record.items()}
            names = ", ".join(f'"{key}"' for key in values)
            places = ", ".join(f"%({key})s" for key in values)
            connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'.encode(), values)


def in_database(
    connection: psycopg.Connection[Any], expressions: list[Expression], target: str = "note", context: Context = CONTEXT
) -> list[list[Any]]:
    """The value of each formula for every row of the target, in the order of ids."""
    lying = Lying(target)
    outer = None
    if target == "note.lines":
        outer = Lying("note")
        lying = Lying(target, outer)
    query = select(*(lower(expression, lying).label(f"e{at}") for at, expression in enumerate(expressions)))
    query = query.select_from(lying.table).order_by(lying.table.c.id)
    if outer is not None:
        query = query.where(outer.table.c.id == lying.table.c.parent)
    compiled = query.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    found = connection.execute(str(compiled).encode(), {**compiled.params, **context_parameters(context)}).fetchall()
    return [
        [tuple(row[at]) if isinstance(row[at], list) else row[at] for row in found] for at in range(len(expressions))
    ]
