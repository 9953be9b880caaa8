"""What stands at the head of a column: its key, label, kind, and how its figures are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.values.label import Label

MONEY_KINDS = frozenset({FieldKind.MONEY})
NUMBER_KINDS = frozenset({FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.PRICE, FieldKind.MONEY, FieldKind.PERCENT})


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of an answer. `target`: the form that a link column points to."""

    key: str
    label: Label
    kind: FieldKind
    scale: int | None = None
    target: str | None = None
    options: tuple[tuple[str, Label], ...] = ()
    is_masked: bool = False
    #: Whether it can be summed and, in reports, whether it is.
    is_measure: bool = False
    #: Whether rows are grouped by it.
    is_key: bool = False
    #: Of a column that a pivot has unfolded: the measure, and the value that it stands at, as rows hold it.
    of: str | None = None
    at: Any = None

    @property
    def is_number(self) -> bool:
        """Whether it holds figures: masked ones are signs in their place."""
        return self.kind in NUMBER_KINDS and not self.is_masked

    def described(self, language: str) -> dict[str, object]:
        """For the client: meaning, never components."""
        said: dict[str, object] = {"key": self.key, "label": self.label.in_language(language), "kind": self.kind.value}
        if self.target:
            said["to"] = self.target
        if self.scale is not None:
            said["scale"] = self.scale
        if self.options:
            said["options"] = {code: label.in_language(language) for code, label in self.options}
        if self.is_measure:
            said["measure"] = True
        if self.is_key:
            said["is_key"] = True
        if self.of is not None:
            said |= {"of": self.of, "pivot": self.at}
        return said


def heading_of(key: str, field: FieldDeclaration, label: Label | None = None, *, is_masked: bool = False) -> Heading:
    """The heading of a declared field."""
    return Heading(
        key,
        label or field.label,
        field.kind,
        2 if field.kind is FieldKind.MONEY else field.scale,
        field.to if field.kind is FieldKind.LINK else None,
        tuple((field.options or {}).items()),
        is_masked,
        field.kind in NUMBER_KINDS,
    )


def rows_of(
    headings: Sequence[Heading], rows: Sequence[tuple[Any, ...]], *, has_id: bool = True
) -> list[Mapping[str, Any]]:
    """Rows as mappings by column key. Links become their id and title, blank ones nothing.

    A link takes two places in a row, everything else one; the row's own id comes first, if it has one."""
    steps: list[tuple[str, int, bool]] = []
    place = int(has_id)
    for heading in headings:
        is_link = heading.target is not None and not heading.is_masked
        steps.append((heading.key, place, is_link))
        place += 2 if is_link else 1
    found: list[Mapping[str, Any]] = []
    for row in rows:
        values: dict[str, Any] = {"id": row[0]} if has_id else {}
        for key, at, is_link in steps:
            value = row[at]
            values[key] = {"id": value, "title": row[at + 1]} if is_link and value is not None else value
        found.append(values)
    return found
