"""Trying formulas in SQL without tables: whether the database can compute them, before anything is published."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, column, table, true

from onebook.expression.sql import Columns, lower
from onebook.expression.tree import Expression


class _AnyColumns:
    """Every key is a column; what it is called does not matter."""

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        return column(f"{'up_' * up}{key.replace('.', '_')}")

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        return table(f"{'up_' * up}{key.replace('.', '_')}"), true(), self


def lower_dry(expression: Expression) -> Expression:
    """The expression, if the database can compute it. Raises ExpressionRefusal."""
    lower(expression, _AnyColumns())
    return expression
