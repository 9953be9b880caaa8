"""What names mean: a scope finds the fields of a form, of its rows, or of a role's dimensions."""

from dataclasses import dataclass
from typing import Protocol

from onebook.expression.types import Type
from onebook.values.label import Label


class Scope(Protocol):
    """The names of one form or of its rows. Rows have their record's scope as parent: own names win."""

    @property
    def name(self) -> str:
        """The form (`purchase`) or the rows (`purchase.lines`); the type of `ID()` links to it."""
        ...

    @property
    def parent(self) -> "Scope | None":
        """The scope of the record that the rows belong to."""
        ...

    def find(self, name: str) -> "Found | None":
        """What an own name (or its label, if the scope knows labels) means; never looks into the parent."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a name means: its type, and for links and lines the scope behind it."""

    type: Type
    scope: Scope | None = None
    #: The name in declarations, if it was found by its label.
    name: str | None = None
    #: What people call it.
    label: Label | None = None
