"""Formulas in messages: what they read, and what they show to one reader. What that reader may not see is a dash."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol

from onebook.definition.field import FieldKind
from onebook.definition.scope import COMPANY
from onebook.engines.print.shown import Guard, ShownKey, guards_of, shown_key
from onebook.engines.print.text import said
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn
from onebook.engines.table.rights import ALL
from onebook.engines.table.walk import lines_target, link_target
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression, Path

#: Stands for what is blank, or not for this reader to see.
DASH: Final = "—"
_SLOT: Final = "column"


class Shown(Protocol):
    """What stands in the place of a formula."""

    def reads(self) -> Iterator[str]:
        """The keys that have to be there."""
        ...

    def text(self, row: Mapping[str, Any], context: Context, language: str) -> str:
        """Its words, from a row."""
        ...


@dataclass(frozen=True, slots=True)
class _Key:
    """One field, or a path through links: shown as on paper."""

    key: ShownKey

    def reads(self) -> Iterator[str]:
        return self.key.reads()

    def text(self, row: Mapping[str, Any], context: Context, language: str) -> str:
        return self.key.text(row, context, language) or DASH


@dataclass(frozen=True, slots=True)
class _Computed:
    """A formula of which everything may be seen whole, as far as each record behind links is the reader's to see."""

    expression: Expression
    guards: tuple[Guard, ...]

    def reads(self) -> Iterator[str]:
        yield from self.expression.paths
        for guard in self.guards:
            yield from guard.reads

    def text(self, row: Mapping[str, Any], context: Context, language: str) -> str:
        if not all(guard.admits(row, context) for guard in self.guards):
            return DASH
        value = evaluate(self.expression, row, context)
        return said(FieldKind.QUANTITY, value, language, context.zone) or DASH


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Something that is not for this reader."""

    def reads(self) -> Iterator[str]:
        return iter(())

    def text(self, row: Mapping[str, Any], context: Context, language: str) -> str:
        del row, context, language
        return DASH


def shown_formula(reading: Reading, form: str, expression: Expression) -> Shown:
    """What a formula of a form shows to the actor of a reading."""
    tree = expression.tree
    if isinstance(tree, Path) and tree.key.partition(".")[0] != COMPANY:
        key = shown_key(reading, form, tree.key)
        return _Key(key) if key is not None else _Hidden()
    with suppress(HiddenField, NotReadable, UnknownColumn):
        reading.may_read_all(form, expression, _SLOT)
        paths = [path for path in expression.paths if path.partition(".")[0] != COMPANY]
        if all(_is_whole(reading, form, path) for path in paths if _is_of_rows(reading, form, path)):
            single = [path for path in paths if not _is_of_rows(reading, form, path)]
            return _Computed(expression, tuple(guard for path in single for guard in guards_of(reading, form, path)))
    return _Hidden()


def _is_of_rows(reading: Reading, target: str, path: str) -> bool:
    """Whether a path leads through rows."""
    for name in path.split("."):
        if lines_target(reading.tables, target, name) is not None:
            return True
        further = link_target(reading.tables, target, name)
        if further is None:
            return False
        target = further
    return False


def _is_whole(reading: Reading, target: str, path: str) -> bool:
    """Whether the actor may see all records that a path leads through: of rows none is looked at by itself."""
    names = path.split(".")
    for name, following in pairwise(names):
        further = lines_target(reading.tables, target, name)
        if further is None:
            further = link_target(reading.tables, target, name)
            if further is None or (reading.rights(further).read != ALL and not reading.is_open(further, following)):
                return False
        target = further
    return True
