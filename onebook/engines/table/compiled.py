"""SQLAlchemy statements turned into text once: at run time only parameters are bound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

from onebook.storage.transaction import Statement

_DIALECT: Final[Dialect] = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class CompiledText:
    """The text of a statement, with the literals that its formulas hold."""

    sql: str
    literals: Mapping[str, Any]

    def bound(self, parameters: Mapping[str, object]) -> Statement:
        """The statement with values for its other parameters; names that it does not use do no harm."""
        return Statement(self.sql, {**self.literals, **parameters} if self.literals else parameters)


def compiled(statement: ClauseElement) -> CompiledText:
    """The text of a statement in psycopg's placeholders."""
    result = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return CompiledText(str(result), {name: value for name, value in result.params.items() if value is not None})
