"""Fields that remember a figure of the book: which account they ask about, and what for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from onebook.definition.declarations import AccountCall
from onebook.definition.field import FieldDeclaration
from onebook.definition.form import Form
from onebook.engines.form.rows import Row, absolute
from onebook.expression.python import Context, evaluate
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.ledger.account import AccountKey
from onebook.ledger.book_at import Asked


class Calls(Protocol):
    """What of a catalog such fields are made of."""

    def formula(self, text: str, form: str, lines: str | None = None, expects: Kind | None = None) -> Expression:
        """A formula of a form or of its rows, checked."""
        ...

    def account_call(self, text: str, form: str, lines: str | None = None) -> AccountCall:
        """An account as a form writes it."""
        ...


@dataclass(frozen=True, slots=True)
class RememberedField:
    """A field that remembers, its formulas found."""

    lines: str | None
    name: str
    field: FieldDeclaration
    role: str
    leaf: frozenset[str]
    arguments: Mapping[str, Expression]
    shows: str
    when: Expression
    at: Expression | None

    @property
    def keys(self) -> frozenset[str]:
        """What it reads of the record."""
        expressions = [*self.arguments.values(), self.when, *([self.at] if self.at else ())]
        return frozenset().union(*(absolute(expression.paths, self.lines) for expression in expressions))

    def asks(self, row: Row, context: Context) -> tuple[Any, Asked | None]:
        """What it is remembered for, and which figure; none while the value or a dimension is blank."""
        value = evaluate(self.when, row, context)
        places: dict[str, int] = {}
        for dimension, argument in self.arguments.items():
            one = evaluate(argument, row, context)
            if one is None and dimension not in self.leaf:
                return value, None
            places[dimension] = int(one or 0)
        instant = evaluate(self.at, row, context) if self.at is not None else None
        if value is None:
            return None, None
        account = AccountKey(self.role, **places)
        control = AccountKey(self.role, **{name: one for name, one in places.items() if name not in self.leaf})
        return value, Asked(account, control, instant)


def remembered_fields(form: Form, catalog: Calls) -> Iterator[RememberedField]:
    """The fields of a form and of its rows that remember a figure."""
    for lines in (None, *form.line_fields):
        fields = form.fields if lines is None else form.fields[lines].fields or {}
        for name, field in fields.items():
            if field.remembers is None:
                continue
            call = catalog.account_call(field.remembers.balance, form.form, lines)
            at = field.remembers.at
            yield RememberedField(
                lines,
                name,
                field,
                call.role.account,
                frozenset(call.role.leaf),
                {str(dimension): argument for dimension, argument in call.arguments.items()},
                field.remembers.shows,
                catalog.formula(field.remembers.when, form.form, lines),
                None if at is None else catalog.formula(at, form.form, lines),
            )


def keys_of(fields: Iterable[RememberedField]) -> frozenset[str]:
    """Everything that they read of the record."""
    return frozenset().union(*(field.keys for field in fields))
