"""Records as a file gives them: rows of one document together, values by field, every wrong cell noted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.unfolding import Unfolding
from onebook.engines.process.importing.cells import Bad, column_values, reader
from onebook.engines.process.importing.mapping import NUMBER_LABEL, Target
from onebook.engines.process.importing.sheet import Sheet
from onebook.values.refusal import Problem

_NO_LINES: Mapping[str, dict[str, Any]] = {}
_NUMBER_FIELD = FieldDeclaration(kind=FieldKind.TEXT, label=NUMBER_LABEL, length=100)


@dataclass(slots=True)
class Item:
    """One record of the file. `number` is its first row there; rows of lines know theirs."""

    number: int
    values: dict[str, Any]
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    line_numbers: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: The id of the record that it is, if it is there already.
    existing: int | None = None
    #: What became of rows that stand for others.
    unfolding: Unfolding | None = None

    def row_of(self, lines: str | None, place: int | None) -> int:
        """The row in the file of a row of lines, or of the record."""
        known = self.line_numbers.get(lines or "", ())
        return known[place - 1] if place and place <= len(known) else self.number

    def unfold(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], unfolding: Unfolding) -> None:
        """Other rows stand where some of these stood; each is in the file where the one before it was."""
        for lines, given in rows.items():
            numbers = [self.row_of(lines, place) for place in unfolding.came_from(lines)]
            self.lines[lines], self.line_numbers[lines] = [dict(one) for one in given], numbers
        self.unfolding = unfolding

    def is_typed(self, lines: str | None, place: int) -> bool:
        """Whether the file itself has this row of lines."""
        return self.unfolding is None or self.unfolding.is_typed(lines, place)

    def add(self, problem: Problem, lines: str | None = None) -> None:
        """Note a problem, whose row counts rows of lines, at its row in the file."""
        row = self.row_of(lines, problem.row)
        self.problems.append(Problem(problem.code, problem.field, row, problem.data))


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """A column of links as texts, waiting to become ids: each with what holds it, its record, and its row there."""

    target: Target
    cells: list[tuple[str, dict[str, Any], Item, int]]


def items_of(sheet: Sheet, columns: Mapping[int, Target], zone: ZoneInfo) -> tuple[list[Item], list[LinkColumn]]:
    """All records of a sheet. Cells are read column by column; blank ones say nothing."""
    heads = [(place, target) for place, target in columns.items() if target.lines is None]
    rows = [(place, target) for place, target in columns.items() if target.lines is not None]
    values: dict[int, list[Any]] = {}
    bad: list[tuple[int, Target, Bad]] = []
    for place, target in columns.items():
        values[place], wrong = column_values(sheet.columns[place], reader(target.field or _NUMBER_FIELD, zone))
        bad += [(position, target, problem) for position, problem in wrong.items()]
    head_names = [target.name for _, target in heads]
    head_rows: Iterable[tuple[Any, ...]] = (
        zip(*(values[place] for place, _ in heads), strict=True) if heads else [()] * sheet.height
    )
    items: list[Item] = []
    owner: list[Item] = []
    lines_of: list[dict[str, dict[str, Any]]] = []
    for number, head in zip(sheet.numbers, head_rows, strict=True):
        given = {name: value for name, value in zip(head_names, head, strict=True) if value is not None}
        if not rows or _begins(given, items):
            items.append(Item(number, given))
        owner.append(items[-1])
    if rows:
        lines_of = _lines(sheet, rows, values, owner)
    for position, target, problem in bad:
        owner[position].problems.append(Problem(problem.code, target.key, sheet.numbers[position], problem.data))
    return items, _links(sheet, columns, values, owner, lines_of)


def _begins(given: Mapping[str, Any], items: Sequence[Item]) -> bool:
    """Whether a row begins another record: the first, and any whose head says something else than the one above."""
    return not items or any(items[-1].values.get(name) != value for name, value in given.items())


def _lines(
    sheet: Sheet, rows: Sequence[tuple[int, Target]], values: Mapping[int, list[Any]], owner: Sequence[Item]
) -> list[dict[str, dict[str, Any]]]:
    """Hang the rows of lines below their records; what each row of the file holds of each lines."""
    found: list[dict[str, dict[str, Any]]] = []
    for position, item in enumerate(owner):
        row: dict[str, dict[str, Any]] = {}
        for place, target in rows:
            value = values[place][position]
            if value is not None:
                assert target.lines is not None
                row.setdefault(target.lines, {})[target.name] = value
        for lines, given in row.items():
            item.lines.setdefault(lines, []).append(given)
            item.line_numbers.setdefault(lines, []).append(sheet.numbers[position])
        found.append(row)
    return found


def _links(
    sheet: Sheet,
    columns: Mapping[int, Target],
    values: Mapping[int, list[Any]],
    owner: Sequence[Item],
    lines_of: Sequence[Mapping[str, dict[str, Any]]],
) -> list[LinkColumn]:
    found: list[LinkColumn] = []
    for place, target in columns.items():
        if target.kind is not FieldKind.LINK:
            continue
        cells: list[tuple[str, dict[str, Any], Item, int]] = []
        last: Item | None = None
        for text, item, number, row in zip(
            values[place], owner, sheet.numbers, lines_of or repeat(_NO_LINES), strict=False
        ):
            if text is None:
                continue
            if target.lines is not None:
                cells.append((text, row[target.lines], item, number))
            elif item is not last:
                last = item
                cells.append((text, item.values, item, number))
        found.append(LinkColumn(target, cells))
    return found
