"""Forms: master records (档案) and documents (单据), each one table with real columns and its states."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator

from onebook.definition.beside import Beside
from onebook.definition.field import Duplicate, FieldDeclaration, FieldKind
from onebook.definition.model import NOTHING, Declared, Formula, Name, Words
from onebook.definition.transition import Transition
from onebook.definition.view import View


def _state(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


class State(Declared):
    """A state of a record. The first one is where records begin, and is editable unless it says otherwise."""

    label: Words
    editable: bool = False


class Section(Declared):
    """Fields that stand together on the page, in order."""

    label: Words
    fields: tuple[Name, ...]


class ListView(Declared):
    """How a list of records begins: columns (paths may follow links), sort (`-ordered_on` falls), filter."""

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    filter: Formula | None = None


class Packs(Declared):
    """In which larger units a record is counted: rows of it, each with its unit and how many base units one of them is,
    as an exact ratio."""

    lines: Name
    unit: Name
    numerator: Name
    denominator: Name
    #: The field that says the base unit.
    base: Name

    def keys(self, link: str) -> frozenset[str]:
        """What is read of them behind a link."""
        rows = (f"{self.lines}.{name}" for name in (self.unit, self.numerator, self.denominator))
        return frozenset(f"{link}.{name}" for name in (self.base, *rows))


class Form(Declared):
    """One form. `master` records are edited for ever; `document` records move through states."""

    form: Name
    label: Words
    kind: Literal["master", "document"]
    help: Words | None = None
    was: Name | None = None
    #: `SO{yyyy}{mm}-{seq:4}`: the counter starts anew whenever the text before it changes.
    number: str | None = None
    #: When the number is given: at creation, or by a transition (consecutive numbers of what was posted).
    numbered_at: Name | Literal["create"] = "create"
    #: The field that names a record to people; default: the number.
    title: Name | None = None
    #: One record that always exists (the company's own settings).
    singleton: bool = False
    dated_by: Name | None = None
    #: Found by these, whole or by pinyin initials.
    search: tuple[Name, ...] = ()
    fields: dict[Name, FieldDeclaration]
    duplicates: tuple[Duplicate, ...] = ()
    states: dict[Name, Annotated[State, BeforeValidator(_state)]] = NOTHING
    transitions: dict[Name, Transition] = NOTHING
    sections: tuple[Section, ...] = ()
    list: ListView = ListView()
    #: The units in which it is counted.
    packs: Packs | None = None
    #: Boards and calendars, besides the table.
    views: dict[Name, View] = NOTHING
    #: What stands beside the record, or beside its rows, while it is typed.
    beside: dict[Name, Beside] = NOTHING

    @cached_property
    def line_fields(self) -> dict[str, FieldDeclaration]:
        """Its fields of kind lines."""
        return {name: field for name, field in self.fields.items() if field.kind is FieldKind.LINES}

    @property
    def first_state(self) -> str | None:
        """Where records begin."""
        return next(iter(self.states), None)

    def is_editable(self, state: str | None) -> bool:
        """Whether a record may be changed in a state; without states always."""
        return state is None or state == self.first_state or self.states[state].editable
