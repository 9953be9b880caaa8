"""The one compiler of row conditions: what may be read, and what a filter asks for, as SQL."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true

from onebook.engines.table.joins import Joins
from onebook.engines.table.rights import Granting, Rights, Scope
from onebook.expression.sql import lower_condition
from onebook.expression.types import Kind


def condition(scope: Scope, columns: Joins) -> ColumnElement[bool]:
    """The rows that a scope admits; clock and user are the parameters of `context_parameters`."""
    if scope is None:
        return false()
    return true() if scope == "all" else lower_condition(scope, columns)


def permitted(rights: Rights, columns: Joins, *, binned: bool = False) -> ColumnElement[bool]:
    """The records of a form that an actor may read: those in use, or those in the recycle bin."""
    deleted_at: ColumnElement[Any] = columns.root.c.deleted_at
    place = deleted_at.is_not(None) if binned else deleted_at.is_(None)
    return place if rights.read == "all" else and_(place, condition(rights.read, columns))


def permitted_rows(rights: Rights, columns: Joins) -> ColumnElement[bool]:
    """The rows of lines whose record an actor may read; `columns` are those of the lines."""
    outer = Joins(columns.tables, columns.holder("parent"), is_correlated=True)
    inner = permitted(rights, outer)
    query = select(outer.root.c.id).where(outer.root.c.id == columns.column("parent"), inner)
    return query.correlate(columns.root).exists()


def filtered(catalog: Granting, text: str, form: str, columns: Joins) -> ColumnElement[bool]:
    """The rows for which a filter holds. Raises ExpressionRefusal for texts that do not check or do not lower."""
    return lower_condition(catalog.formula(text, form, None, Kind.FLAG), columns)
