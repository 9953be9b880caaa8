"""A form's table with the tables that its dotted keys reach: the columns that lowered formulas read."""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, func, select

from onebook.definition.scope import COMPANY
from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import lines_target, link_target

_OUTER: Final = "parent"


class Joins:
    """The columns of a form (or of lines) under an alias. Dotted keys become LEFT JOINs, each path once; ask
    `from_clause()` after the last column was asked for.

    Rows reached from here (`rows`) stand in correlated subqueries, where dotted keys become scalar subqueries."""

    def __init__(
        self,
        tables: Tables,
        target: str,
        *,
        alias: FromClause | None = None,
        start: FromClause | None = None,
        outer: "Joins | None" = None,
        is_correlated: bool = False,
    ) -> None:
        """Columns of a target: `sales_order` or `sales_order.lines`.

        Args:
            tables: the tables of the catalog.
            target: whose columns have no dot.
            alias: the target's table where it already stands in a query.
            start: what that query reads from so far, the alias included.
            outer: the columns one level up, for rows inside a record's query.
            is_correlated: whether joins are impossible because the FROM belongs to somebody else.
        """
        self.tables = tables
        self.target = target
        self.root: FromClause = alias if alias is not None else tables.of(target).alias()
        self._start: FromClause = start if start is not None else self.root
        self._outer = outer
        self._is_correlated = is_correlated
        self._steps: dict[str, tuple[str, FromClause]] = {}
        self._joined: list[tuple[FromClause, ColumnElement[bool]]] = []

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a dotted key, `up` levels out (rows stand one level inside their record)."""
        if up:
            return self._of_outer(key, up)
        path, _, name = key.rpartition(".")
        if not path:
            return self._company_id() if self._is_company(name) else self.root.c[name]
        if self._is_correlated:
            return self._looked_up(key)
        _, alias = self._reach(path)
        return alias.c[name]

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], "Joins"]:
        """Rows of lines (`lines`, `product.units`): their table, the condition that makes them ours, their columns."""
        if up:
            if self._outer is not None:
                return self._outer.rows(key, up - 1)
            key = f"{_OUTER}.{key}"
        path, _, name = key.rpartition(".")
        holder = self.holder(path)
        lines = lines_target(self.tables, holder, name)
        if lines is None:
            raise KeyError(f"{holder}.{name} is not of kind lines")
        inner = Joins(self.tables, lines, outer=self, is_correlated=True)
        return inner.root, inner.root.c.parent == self.id_of(path), inner

    def holder(self, path: str) -> str:
        """The form or lines at the end of a path of links; of the empty path our own."""
        target = self.target
        for name in path.split(".") if path else ():
            found = link_target(self.tables, target, name)
            if found is None:
                raise KeyError(f"{target}.{name} is no link")
            target = found
        return target

    def id_of(self, path: str) -> ColumnElement[Any]:
        """The id at the end of a path of links; no join is needed for its last step."""
        return self.column(path) if path else self.root.c.id

    def from_clause(self) -> FromClause:
        """The table with every join asked for so far."""
        clause = self._start
        for alias, condition in self._joined:
            clause = clause.outerjoin(alias, condition)
        return clause

    def _reach(self, path: str) -> tuple[str, FromClause]:
        """The joined table at the end of a path, joining what is not joined yet."""
        if path in self._steps:
            return self._steps[path]
        before, _, name = path.rpartition(".")
        target, alias = self._reach(before) if before else (self.target, self.root)
        found = link_target(self.tables, target, name)
        if found is None:
            raise KeyError(f"{target}.{name} is no link")
        joined = self.tables.of(found).alias()
        own_company = name == COMPANY and name not in alias.c
        link = self._company_id() if own_company else alias.c[name]
        self._joined.append((joined, joined.c.id == link))
        self._steps[path] = (found, joined)
        return self._steps[path]

    def _of_outer(self, key: str, up: int) -> ColumnElement[Any]:
        if self._outer is not None:
            return self._outer.column(key, up - 1)
        return self.column(f"{_OUTER}.{key}", up - 1)

    def _is_company(self, name: str) -> bool:
        return name == COMPANY and name not in self.root.c and COMPANY in self.tables.forms

    def _company_id(self) -> ColumnElement[Any]:
        """The id of the company's own record; there is one, and a second would not multiply rows."""
        company = self.tables.form(COMPANY).alias()
        return select(func.min(company.c.id)).where(company.c.deleted_at.is_(None)).scalar_subquery()

    def _looked_up(self, key: str) -> ColumnElement[Any]:
        """The value of a dotted key by a subquery of its own, correlated by the first link alone."""
        first, _, rest = key.partition(".")
        target = link_target(self.tables, self.target, first)
        if target is None:
            raise KeyError(f"{self.target}.{first} is no link")
        inner = Joins(self.tables, target)
        value = inner.column(rest)
        query = select(value).select_from(inner.from_clause()).where(inner.root.c.id == self.column(first))
        return query.correlate(self.root).scalar_subquery()
