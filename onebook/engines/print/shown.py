"""What of a print one actor may see: each key with its label, what has to be read for it, and its text from a row."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.rows import under
from onebook.engines.form.text import masked
from onebook.engines.print.text import said
from onebook.engines.report.reading import Readable, Reading
from onebook.engines.report.refusals import HiddenField, NotReadable
from onebook.engines.table.rights import ALL
from onebook.engines.table.walk import end_of, link_target
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression
from onebook.values.label import Label


@dataclass(frozen=True, slots=True)
class Guard:
    """A linked record on the way that only those see for whom the condition holds."""

    link: str
    condition: Expression

    @property
    def reads(self) -> Iterator[str]:
        """The keys that have to be there."""
        yield from (f"{self.link}.{path}" for path in self.condition.paths)

    def admits(self, row: Mapping[str, Any], context: Context) -> bool:
        """Whether what lies behind it in this row is for the actor to see."""
        behind = under(dict(row), self.link, self.condition.paths)
        return evaluate(self.condition, behind, context) is True


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One key that may be shown, of a record or of its rows."""

    key: str
    field: FieldDeclaration
    label: Label
    is_masked: bool
    #: What names the record at the end of a link.
    title: str | None
    title_field: FieldDeclaration | None
    guards: tuple[Guard, ...]

    @property
    def kind(self) -> FieldKind:
        """What it holds."""
        return self.field.kind

    def reads(self) -> Iterator[str]:
        """The keys that have to be there."""
        yield f"{self.key}.{self.title}" if self.title else self.key
        for guard in self.guards:
            yield from guard.reads

    def value(self, row: Mapping[str, Any], context: Context) -> Any:
        """The value of a row: blank behind a record that is not for the actor to see, masked where they see half."""
        if not all(guard.admits(row, context) for guard in self.guards):
            return None
        found = row.get(f"{self.key}.{self.title}" if self.title else self.key)
        return masked(found) if self.is_masked else found

    def text(self, row: Mapping[str, Any], context: Context, language: str) -> str:
        """The value as it stands on paper."""
        shown = self.title_field or self.field
        if self.kind is FieldKind.LINK and self.title is None:
            return ""
        return said(shown.kind, self.value(row, context), language, context.zone, shown.options)

    def figure(self, row: Mapping[str, Any], context: Context) -> Decimal | None:
        """The value, if it is one to count with."""
        value = self.value(row, context)
        return value if isinstance(value, Decimal) else None


def shown_key(reading: Reading, target: str, key: str) -> ShownKey | None:
    """A key of a form or its lines for one actor; None if it, or anything on the way to it, is hidden from them."""
    readable: Readable | None = None
    with suppress(HiddenField, NotReadable):
        readable = reading.readable(target, key, "column")
    if readable is None:
        return None
    field = readable.field
    title = reading.title_key(field.to) if field.kind is FieldKind.LINK and field.to else None
    title_field = None
    if title is not None and field.to is not None:
        holder, name = end_of(reading.tables, field.to, title)
        title_field = reading.tables.fields(holder).get(name)
    guards = tuple(guards_of(reading, target, key))
    return ShownKey(key, field, _own_label(readable), readable.is_masked, title, title_field, guards)


def _own_label(readable: Readable) -> Label:
    """What the last field of a path is called: `order.customer.address` is an address."""
    return readable.field.label


def guards_of(reading: Reading, target: str, key: str) -> Iterator[Guard]:
    """What decides for each record whether the actor may see what a key leads to; the key itself may be read."""
    names = key.split(".")
    for place in range(1, len(names)):
        further = link_target(reading.tables, target, names[place - 1])
        assert further is not None, "the catalog checked that the key leads somewhere"
        target = further
        scope = reading.rights(target).read
        if scope in (ALL, None) or reading.is_open(target, names[place]):
            continue
        assert not isinstance(scope, str)
        assert scope is not None
        link = ".".join(names[:place])
        yield Guard(f"{link}.parent" if "." in target else link, scope)
