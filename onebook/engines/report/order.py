"""In which order a list stands: what its reader asked for and what stands behind it, in parts that indexes serve."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, tuple_

from onebook.definition.field import FieldKind
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn
from onebook.engines.table.ordering import Part as IndexPart
from onebook.engines.table.ordering import orders

#: System columns that are never blank, so that blanks need no place in the order.
NEVER_BLANK = frozenset(
    {"id", "version", "state", "position", "parent", "created_at", "created_by", "updated_at", "updated_by"}
)
#: Kinds that have no order.
UNORDERED = frozenset({FieldKind.CHOICES, FieldKind.TAGS, FieldKind.LINES})


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order, with links already followed to their titles. `falls`: from the last to the first."""

    key: str
    falls: bool
    blanks_first: bool = False
    may_be_blank: bool = True

    @property
    def turned(self) -> "SortKey":
        """The key as it is read from the end."""
        return replace(self, falls=not self.falls, blanks_first=not self.blanks_first)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that stand together and are read through one index. `is_blank`: whether they lack the order's head; None
    where the order has none. `leading`: how many keys are blank in all of them, before `keys` begin."""

    is_blank: bool | None
    keys: tuple[SortKey, ...]
    leading: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """The keys of an order; the id stands behind the last and runs as it does.

    Blanks stand last, whichever way the list runs. An index that is read backwards has them first: then the rows that
    have a value and those that lack it are read apart, the latter behind the former. `head` is the column that they
    lack, `leading` how many keys are blank without it."""

    keys: tuple[SortKey, ...]
    head: str | None = None
    leading: int = 0

    @property
    def presence(self) -> str:
        """The column that the rows have which have the head: of a link the id that it leads to, so that what it leads
        to may be gone through first."""
        return f"{self.head}.id" if self.leading > 1 else str(self.head)

    @property
    def id_falls(self) -> bool:
        """Whether the id runs downwards."""
        return self.keys[-1].falls

    @property
    def turned(self) -> "Order":
        """The order as it is read from the end."""
        return replace(self, keys=tuple(key.turned for key in self.keys))

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """From the top to the end of the list, whichever way it is read."""
        if self.head is None:
            return (Stretch(None, self.keys),)
        return Stretch(False, self.keys), Stretch(True, self.keys[self.leading :], self.leading)

    def place(self, blanks: Sequence[bool]) -> int:
        """In which of the stretches a row stands of which these keys are blank."""
        return int(self.head is not None and blanks[self.leading - 1])


def ordered(reading: Reading, target: str, asked: Sequence[str]) -> Order:
    """The order that a reader asks for; a key with a minus before it falls. Raises UnknownColumn, HiddenField,
    NotReadable."""
    asked = asked or ("id",)
    for text in asked:
        key = text.lstrip("-")
        if reading.readable(target, key, "sort").field.kind in UNORDERED:
            raise UnknownColumn(field=key, slot="sort")
    known = {} if "." in target else orders(reading.form(target))
    first = asked[0].lstrip("-")
    if len(asked) == 1 and first in known:
        return _through(reading, target, first, asked[0].startswith("-"), known[first])
    return Order(tuple(_key(reading, target, text.lstrip("-"), text.startswith("-")) for text in asked))


def _through(reading: Reading, target: str, key: str, falls: bool, parts: Sequence[IndexPart]) -> Order:
    """The order by one key as its index has it, or from the end of that."""
    behind = parts[1:] if all(may_sort(reading, target, part.column) for part in parts) else ()
    is_turned = falls != parts[0].falls
    further = [SortKey(part.column, part.falls, may_be_blank=part.column not in NEVER_BLANK) for part in behind]
    if is_turned:
        further = [one.turned for one in further]
    title = _key(reading, target, key, falls)
    if title.key != key:
        # By what people read; of those that read alike, what leads to the same stands together.
        named = replace(title, blanks_first=is_turned)
        link = SortKey(key, falls, blanks_first=is_turned, may_be_blank=False)
        return Order((named, link, *further), head=key, leading=2)
    if is_turned and title.may_be_blank:
        given = replace(title, blanks_first=True, may_be_blank=False)
        return Order((given, *further), head=key, leading=1)
    return Order((replace(title, blanks_first=is_turned), *further))


def _key(reading: Reading, target: str, key: str, falls: bool) -> SortKey:
    """Links are ordered by what people read, the title."""
    field = reading.readable(target, key, "sort").field
    if field.kind is FieldKind.LINK and field.to and (title := reading.title_key(field.to)):
        return SortKey(f"{key}.{title}", falls)
    return SortKey(key, falls, may_be_blank=key not in NEVER_BLANK)


def may_sort(reading: Reading, target: str, key: str) -> bool:
    """Whether the reader may see what a key orders by."""
    try:
        reading.readable(target, key, "sort")
    except (HiddenField, NotReadable):
        return False
    return True


def beyond(
    keys: Sequence[SortKey], columns: Sequence[ColumnElement[Any]], marks: Sequence[ColumnElement[Any]],
    blanks: Sequence[bool], own_id: tuple[ColumnElement[Any], ColumnElement[Any]], *, id_falls: bool,
) -> Iterator[ColumnElement[bool]]:  # fmt: skip
    """The conditions of the rows behind a mark, each such that an index begins right where its rows do.

    Keys that run the same way are compared as one row. Such a comparison leaves out the rows that are equal up to a
    blank; where blanks stand behind, these have a condition of their own. `own_id`: the id's column and its mark."""
    same: list[ColumnElement[bool]] = []
    run: list[int] = []

    def further(*last: tuple[ColumnElement[Any], ColumnElement[Any]]) -> ColumnElement[bool]:
        compared = [*((columns[at], marks[at]) for at in run), *last]
        row, mark = (tuple_(*side) if len(side) > 1 else side[0] for side in zip(*compared, strict=True))
        falls = keys[run[0]].falls if run else id_falls
        return and_(*same, row < mark if falls else row > mark)

    for n, (key, column, blank) in enumerate(zip(keys, columns, blanks, strict=True)):
        equal = [*same, *(columns[at] == marks[at] for at in run)]
        if run and (blank or key.falls != keys[run[0]].falls):
            yield further()
            same, run = equal, []
        if blank:
            if key.blanks_first:
                yield and_(*equal, column.is_not(None))
            same = [*equal, column.is_(None)]
        else:
            if key.may_be_blank and not key.blanks_first:
                yield and_(*equal, column.is_(None))
            run.append(n)
    if run and keys[run[0]].falls != id_falls:
        equal = [*same, *(columns[at] == marks[at] for at in run)]
        yield further()
        same, run = equal, []
    yield further(own_id)
