"""Dashboards and workbenches: tiles on a grid, with the filters that they share."""

from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Key

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words, one_or_many
from onebook.definition.report import Parameter

#: Columns of the grid.
WIDTH = 12


class Place(Declared):
    """Where a tile stands on a wide screen, in columns of the grid and rows; narrow ones show one under the other."""

    x: Annotated[int, Key(ge=0, lt=WIDTH)]
    y: Annotated[int, Key(ge=0, le=200)]
    w: Annotated[int, Key(ge=1, le=WIDTH)]
    h: Annotated[int, Key(ge=1, le=20)]


class Shortcut(Declared):
    """A way to something: a new record, a list (with a condition), a report, another dashboard."""

    label: Words | None = None
    new: Name | None = None
    form: Name | None = None
    report: Name | None = None
    dashboard: Name | None = None
    #: Of a list.
    filter: Formula | None = None


class ToDo(Declared):
    """How many records of a form wait for the reader: those that the condition admits, or whose approval they owe; and
    what a field of theirs sums to."""

    label: Words
    form: Name
    filter: Formula | None = None
    approval: bool = False
    sum: Name | None = None


Draw = Literal[
    "number", "gauge", "table", "pivot", "line", "bar", "stacked", "area", "pie", "funnel", "scatter", "map",
    "calendar",
]  # fmt: skip


class Tile(Declared):
    """One tile: exactly one of metrics, report, list, shortcuts, todos, flows, text."""

    tile: Name
    label: Words | None = None
    at: Place
    #: How figures are drawn: metrics by default as numbers, reports as tables. `map` by region of China.
    draw: Draw | None = None
    metrics: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
    #: What metrics over a span, and reports of a time, are compared with; of metrics the grain of the line below.
    compare: Literal["previous", "year"] | None = None
    trend: Literal["day", "month", "quarter", "year"] | None = None
    #: gauge: what counts as full, a formula over metrics, as those of the tile are asked.
    goal: Formula | None = None
    report: Name | None = None
    #: Of the report's keys those that rows are grouped by, and the one whose values become columns.
    rows: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    pivot: str | None = None
    #: Of the report's columns those that are shown; of a list its keys.
    columns: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    sort: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    #: The most rows; of charts the rest is one more, `others`.
    top: Annotated[int, Key(ge=1, le=1000)] | None = None
    #: Running sums down the rows; shares of the column's total.
    running: bool = False
    share: bool = False
    #: Parameters of the report or metric: formulas over the dashboard's own parameters. What bears the same name as a
    #: parameter of the dashboard follows it by itself.
    parameters: dict[Name, Formula] = NOTHING
    #: Parameters of the dashboard without which it says nothing: until they are given it asks for them.
    needs: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
    #: A list: its form, and a condition that knows the dashboard's parameters; drawn by a view of the form, if any.
    form: Name | None = None
    view: Name | None = None
    filter: Formula | None = None
    shortcuts: tuple[Shortcut, ...] = ()
    todos: tuple[ToDo, ...] = ()
    #: What waits for the reader's agreement, to be answered in place.
    flows: bool = False
    text: Words | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it shows: of a tile that passed its checks exactly one."""
        names = ("metrics", "report", "form", "shortcuts", "todos", "flows", "text")
        found = (name for name in names if getattr(self, name))
        return tuple("list" if name == "form" else name for name in found)

    @property
    def kind(self) -> str:
        """What it shows."""
        return self.kinds[0]

    @property
    def drawn(self) -> str:
        """How it is drawn, where the declaration leaves it open too."""
        return self.draw or ("number" if self.metrics else "pivot" if self.pivot else "table")


class Dashboard(Declared):
    """A dashboard or workbench. Whoever may read it sees the tiles that they may read; nothing else is hinted at."""

    dashboard: Name
    label: Words
    help: Words | None = None
    #: Roles that find it; everybody who may read anything on it, if none is named.
    roles: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
    #: Filters that the tiles share.
    parameters: dict[Name, Parameter] = NOTHING
    tiles: Annotated[tuple[Tile, ...], Key(min_length=1)]
    #: Shown without a frame, dark, and renewed by itself: for a screen on a wall.
    is_wall: bool = False
