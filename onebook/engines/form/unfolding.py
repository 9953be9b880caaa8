"""Rows that stand for others: when a record is saved, what lies behind a row's link takes the row's place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.definition.field import FieldDeclaration
from onebook.definition.form import Form
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.form.compute import rows_of, settled
from onebook.engines.form.parse import MOST_ROWS
from onebook.engines.form.rows import Row, absolute
from onebook.engines.table.rights import Granting
from onebook.expression.python import Context, evaluate
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.values.refusal import Problem

#: What takes a row's place may stand for others itself; deeper than this it goes in a circle.
MOST_LEVELS: Final = 5

#: Rows as they would be given, by lines.
Lines = dict[str, list[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Expansion:
    """How rows of lines unfold, its formulas found. `rows`: where in the row those behind its link are."""

    lines: str
    when: Expression
    rows: str
    fields: Mapping[str, tuple[FieldDeclaration, Expression]]

    @property
    def keys(self) -> frozenset[str]:
        """Everything that it reads of the record."""
        found = absolute(self.when.paths, self.lines) | {f"{self.lines}.{self.rows}"}
        for _, expression in self.fields.values():
            for path in expression.paths:
                outside = path.startswith("^.")
                found |= absolute([path[2:] if outside else f"{self.rows}.{path}"], self.lines)
        return found

    @property
    def heads(self) -> frozenset[str]:
        """The fields of the row by which it stands for others."""
        paths = [path for path in self.when.paths if not path.startswith("^.")]
        return frozenset(path.partition(".")[0] for path in (*paths, self.rows))


def expansions_of(form: Form, catalog: Granting) -> Iterator[Expansion]:
    """How the rows of a form unfold."""
    for lines, field in form.line_fields.items():
        if field.expands is None:
            continue
        declared, columns = field.expands, field.fields or {}
        rows = catalog.rows_behind(form.form, lines, declared.each).key
        fields = {
            name: (
                columns[name],
                catalog.formula_behind(text, form.form, lines, declared.each, VALUE_KINDS[columns[name].kind]),
            )
            for name, text in declared.fields.items()
        }
        yield Expansion(lines, catalog.formula(declared.when, form.form, lines, Kind.FLAG), rows, fields)


class Unfolding:
    """The rows of one record: as they were typed, and what stands in their place."""

    def __init__(self, expansions: Sequence[Expansion], context: Context) -> None:
        """Nothing unfolded yet."""
        self.problems: list[Problem] = []
        self._expansions = expansions
        self._context = context
        self._levels = 0
        #: By lines: the place at which each row was typed, and whether it is another one now.
        self._origins: dict[str, list[tuple[int, bool]]] = {}
        #: The same of the rows that stand now, each by its place before the latest unfolding.
        self._places: dict[str, list[int]] = {}

    def unfold(
        self, row: Row, given: Mapping[str, Any], closed: Sequence[Problem], before: Row | None = None
    ) -> Lines | None:
        """The lines of a computed record in which other rows stand now, as they would be given; None where none do.

        Args:
            row: the record with its rows as they were given, computed.
            given: these rows as they were given, by lines.
            closed: links that the actor may not follow: nobody learns what lies behind them.
            before: what is stored; rows that still stand there as they were keep standing.
        """
        self.problems = []
        found: Lines = {}
        hidden = {((one.field or "").partition(".")[0], one.row) for one in closed}
        for expansion in self._expansions:
            lines = expansion.lines
            stored = {} if before is None else {old["id"]: old for old in rows_of(before, lines)}
            values: list[Mapping[str, Any]] = []
            origins: list[tuple[int, bool]] = []
            places: list[int] = []
            typed = self._origins.get(lines) or [(place, False) for place in range(1, len(given.get(lines) or ()) + 1)]
            own_rows, unfolds = rows_of(row, lines) if lines in given else [], False
            for place, (own, one) in enumerate(zip(own_rows, given.get(lines) or (), strict=True), 1):
                others = None
                if (lines, place) not in hidden and self._stands_for_others(expansion, own, stored.get(own["id"])):
                    others = self._others(expansion, own, typed[place - 1][0])
                if others is None:
                    values.append(one)
                    origins.append(typed[place - 1])
                    places.append(place)
                else:
                    values += others
                    origins += [(typed[place - 1][0], True)] * len(others)
                    places += [place] * len(others)
                    unfolds = True
            if len(values) > MOST_ROWS:
                self.problems.append(
                    Problem("form.too_many_rows", lines, None, {"most": MOST_ROWS, "rows": len(values)})
                )
            elif unfolds:
                found[lines] = values
                self._origins[lines], self._places[lines] = origins, places
        if not found:
            return None
        self._levels += 1
        if self._levels > MOST_LEVELS:
            self.problems += [Problem("form.unfolds_forever", lines) for lines in found]
            return None
        return found

    def came_from(self, lines: str) -> list[int]:
        """For each row that stands now, its place (from 1) among those that were unfolded last."""
        return self._places[lines]

    def is_typed(self, lines: str | None, place: int) -> bool:
        """Whether the row at a place (from 1) is as it was typed."""
        origins = self._origins.get(lines or "")
        return origins is None or not origins[place - 1][1]

    def placed(self, problems: Sequence[Problem]) -> list[Problem]:
        """The problems at the rows that were typed, each once."""
        found: dict[tuple[object, ...], Problem] = {}
        for one in problems:
            origins = self._origins.get((one.field or "").partition(".")[0])
            moved = replace(one, row=origins[one.row - 1][0]) if origins and one.row else one
            found.setdefault((moved.code, moved.field, moved.row, str(moved.data.get("text"))), moved)
        return list(found.values())

    def _stands_for_others(self, expansion: Expansion, own: Row, stored: Row | None) -> bool:
        if stored is not None and all(own.get(name) == stored.get(name) for name in expansion.heads):
            return False
        return evaluate(expansion.when, own, self._context) is True

    def _others(self, expansion: Expansion, own: Row, place: int) -> list[Mapping[str, Any]] | None:
        behind: list[Row] = own.get(expansion.rows) or []
        if not behind:
            self.problems.append(Problem("form.nothing_behind", expansion.lines, place))
            return None
        return [dict(self._values(expansion, one)) for one in behind]

    def _values(self, expansion: Expansion, behind: Row) -> Iterator[tuple[str, Any]]:
        """What is blank is left to the field's default."""
        for name, (field, expression) in expansion.fields.items():
            value = evaluate(expression, behind, self._context)
            if value is not None:
                yield name, settled(field, value)
