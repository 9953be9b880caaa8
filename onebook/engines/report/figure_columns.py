"""Columns of figures: measures by name, dimensions as links, and what lies behind those links."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from onebook.engines.report.reading import GuardedColumns, Reading
from onebook.engines.report.refusals import UnknownColumn
from onebook.engines.table.joins import Joins
from onebook.expression.sql import Columns


class FigureColumns:
    """What formulas over figures read. Links behind which somebody looks are joined, each once."""

    def __init__(
        self,
        reading: Reading,
        base: FromClause,
        values: Mapping[str, ColumnElement[Any]],
        links: Mapping[str, str],
    ) -> None:
        """Columns of `base`: all named `values`, of which `links` lead to forms."""
        self._reading = reading
        self._base = base
        self._values = values
        self._links = links
        self._joined: dict[str, Joins] = {}

    def has(self, key: str) -> bool:
        """Whether a figure or a key is called so."""
        return key in self._values

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a measure, a dimension, or of what a dimension leads to. Raises UnknownColumn."""
        if key in self._values:
            return self._values[key]
        link, rest = self._split(key)
        if rest == "id":
            return self._values[link]
        return GuardedColumns(self.behind(link), self._reading).column(rest, up)

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """The rows of lines behind a dimension."""
        link, rest = self._split(key)
        return GuardedColumns(self.behind(link), self._reading).rows(rest, up)

    def behind(self, link: str) -> Joins:
        """The columns of the form that a link leads to."""
        if link not in self._joined:
            self._joined[link] = Joins(self._reading.tables, self._links[link])
        return self._joined[link]

    @property
    def looks_behind(self) -> bool:
        """Whether anything behind a link was asked for."""
        return bool(self._joined)

    def from_clause(self) -> FromClause:
        """The figures with everything that was looked behind."""
        clause = self._base
        for link, joins in self._joined.items():
            clause = clause.outerjoin(joins.from_clause(), joins.root.c.id == self._values[link])
        return clause

    def _split(self, key: str) -> tuple[str, str]:
        names = key.split(".")
        for place in range(len(names) - 1, 0, -1):
            link = ".".join(names[:place])
            if link in self._links:
                return link, ".".join(names[place:])
        raise UnknownColumn(field=key, slot="measure")
