"""One shape of a list, said in SQL once: which columns, which rows, in which order, from where on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.report.condition import sum_kind
from onebook.engines.report.heading import Heading, heading_of
from onebook.engines.report.reading import GuardedColumns, Readable, Reading
from onebook.engines.report.refusals import HiddenField, UnknownColumn
from onebook.engines.report.request import COUNT_LIMIT
from onebook.engines.report.shown import as_text, masked
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted, permitted_rows
from onebook.engines.table.searching import letters
from onebook.expression.sql import lower_condition
from onebook.expression.tree import Expression

#: System columns that are counted, not measured: they leave as they are.
COUNTED = frozenset({"id", "version", "position"})
#: Columns that are never blank, so that blanks need no place in the order.
NEVER_BLANK = frozenset(
    {"id", "version", "state", "position", "parent", "created_at", "created_by", "updated_at", "updated_by"}
)
#: Kinds that have no order.
UNORDERED = frozenset({FieldKind.CHOICES, FieldKind.TAGS, FieldKind.LINES})


#: How a word is sought: anywhere, only where words begin, or by its letters first, which are no letters of English.
Sought = Literal["anywhere", "beginning", "letters"]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of the order. `falls`: from the last to the first; blanks stand last either way."""

    key: str
    falls: bool
    field: FieldDeclaration

    @property
    def may_be_blank(self) -> bool:
        """Whether rows can lack it."""
        return self.key not in NEVER_BLANK


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: the formulas that must hold, how each word that is searched for is sought, in use or in the bin."""

    target: str
    filters: tuple[Expression, ...]
    terms: tuple[Sought, ...]
    bin: bool


class Listing:
    """The SQL of one shape of a list for one set of roles."""

    def __init__(
        self, reading: Reading, selection: Selection, columns: Sequence[Readable], sort: Sequence[SortKey]
    ) -> None:
        """Say it; nothing is asked of the database here."""
        self._reading = reading
        self._selection = selection
        self.columns = tuple(columns)
        self.sort = tuple(sort)
        self.headings: tuple[Heading, ...] = tuple(
            heading_of(one.key, one.field, one.label, is_masked=one.is_masked) for one in columns
        )

    def page(self, blanks: Sequence[bool] | None) -> Any:
        """The rows of a page, one more than `page_limit` to know whether there is a next; each with its sort values.

        `blanks`: which sort values of the cursor (`cursor_0` ...) are blank; None for the first page."""
        if blanks is None:
            if not self._is_split:
                return self._branch(None, rendered=True)
            branches = [self._branch(part, rendered=True) for part in (self._given, self._blank)]
        else:
            branches = [self._branch(after, rendered=True) for after in self._after(blanks)]
        if len(branches) == 1:
            return branches[0]
        together = union_all(*(select(*branch.subquery().c) for branch in branches)).subquery()
        order: list[Any] = []
        for n, key in enumerate(self.sort):
            column = together.c[f"sort_{n}"]
            order.append(column.desc().nulls_last() if key.falls else column.asc().nulls_last())
        order.append(together.c.id.desc() if self._id_falls else together.c.id.asc())
        return select(*together.c).order_by(*order).limit(bindparam("page_limit"))

    def rows(self) -> Any:
        """All rows with plain values in the order of the list: for export."""
        return self._branch(None, rendered=False, limited=False)

    def count(self) -> Any:
        """How many rows match, counted no further than one beyond the limit."""
        joins = self._joins()
        conditions = self._conditions(joins)
        inner = (
            select(literal(1).label("one")).select_from(joins.from_clause()).where(*conditions).limit(COUNT_LIMIT + 1)
        )
        return select(func.count()).select_from(inner.subquery())

    def sums(self) -> Any:
        """The totals of the columns that can be added up, as text."""
        joins = self._joins()
        guarded = GuardedColumns(joins, self._reading)
        totals = [
            as_text(func.sum(guarded.column(one.key)), one.field.kind).label(f"sum_{n}")
            for n, one in enumerate(self.columns)
            if self.is_summed(one)
        ]
        conditions = self._conditions(joins)
        return select(*totals).select_from(joins.from_clause()).where(*conditions)

    def is_summed(self, column: Readable) -> bool:
        """Whether a column has a total."""
        return sum_kind(column.field) and not column.is_masked and column.key.rpartition(".")[2] not in COUNTED

    def matching(self) -> tuple[Joins, GuardedColumns, list[ColumnElement[bool]]]:
        """The rows that match, for whoever asks something else of them: tables, columns as the actor sees them, and
        conditions. Its FROM is known once every column was asked for."""
        joins = self._joins()
        return joins, GuardedColumns(joins, self._reading), self._conditions(joins)

    def title_key(self, target: str) -> str | None:
        """The key that names the records of a form to the reader."""
        return self._reading.title_key(target)

    @property
    def _is_split(self) -> bool:
        """Whether rows that have the sort value and those that lack it are read apart.

        The index of a field rises with its blanks last. Read backwards it gives the blanks first, where no list wants
        them; but without them it gives the falling order."""
        if len(self.sort) != 1:
            return False
        only = self.sort[0]
        return only.falls and only.may_be_blank and only.field.index and "." not in only.key

    def _given(self, joins: Joins) -> ColumnElement[bool]:
        return self._places(joins)[0].is_not(None)

    def _blank(self, joins: Joins) -> ColumnElement[bool]:
        return self._places(joins)[0].is_(None)

    @property
    def _id_falls(self) -> bool:
        return bool(self.sort) and self.sort[-1].falls

    def _joins(self) -> Joins:
        return Joins(self._reading.tables, self._selection.target)

    def _conditions(self, joins: Joins) -> list[ColumnElement[bool]]:
        chosen = self._selection
        rights = self._reading.rights(chosen.target)
        if "." in chosen.target:
            found = [permitted_rows(rights, joins)]
        else:
            found = [permitted(rights, joins, binned=chosen.bin)]
        guarded = GuardedColumns(joins, self._reading)
        found += [lower_condition(one, guarded) for one in chosen.filters]
        for n, how in enumerate(chosen.terms):
            found.append(self._sought(joins, n, how))
        return found

    def _sought(self, joins: Joins, n: int, how: Sought) -> ColumnElement[bool]:
        """Where the word `term_n` may stand: in the number, and in the search column, or in the open fields if that
        knows what the actor may not see."""
        target = self._selection.target
        form = self._reading.form(target)
        if "." in target:
            raise UnknownColumn(field="search", slot="search")
        rights = self._reading.rights(target)
        closed = (rights.hidden | rights.masked) & {name.partition(".")[0] for name in form.search}
        columns = [joins.column(name) for name in form.search if name not in closed] if closed else []
        if not columns and not form.number and (closed or not form.search):
            raise HiddenField(field="search", slot="search")
        if form.number and not (how == "letters" and form.number.isascii()):
            columns.append(joins.column("number"))
        patterns: list[ColumnElement[str]] = [bindparam(f"term_{n}")]
        patterns += [bindparam(f"term_{n}_within")] if how == "beginning" else []
        found: list[ColumnElement[bool]] = [column.ilike(pattern) for column in columns for pattern in patterns]
        if form.search and not closed:
            # It is kept in small letters, as the words come.
            text = joins.column("search")
            found += [self._by_letters(joins, n)] if how == "letters" else [text.like(pattern) for pattern in patterns]
        return or_(*found) if found else false()

    def _by_letters(self, joins: Joins, n: int) -> ColumnElement[bool]:
        """The records whose letters are those of `term_n`, and that have the word itself. Found before anything else is
        asked, whence the offset: the server guesses that a page is soon full, and would look through the whole list."""
        table = self._reading.tables.of(self._selection.target).alias("lettered")
        among = letters(table.c.search).op("@>")(bindparam(f"term_{n}_letters", type_=ARRAY(Text)))
        has_it = func.strpos(table.c.search, bindparam(f"term_{n}_word", type_=Text)) > 0
        return joins.root.c.id.in_(select(table.c.id).where(among, has_it).offset(literal_column("0")))

    def _branch(
        self, after: Callable[[Joins], ColumnElement[bool]] | None, *, rendered: bool, limited: bool = True
    ) -> Select[Any]:
        joins = self._joins()
        guarded = GuardedColumns(joins, self._reading)
        chosen: list[ColumnElement[Any]] = [joins.root.c.id.label("id")]
        for n, one in enumerate(self.columns):
            chosen += self._shown(guarded, one, n, rendered)
        order: list[ColumnElement[Any]] = []
        for n, key in enumerate(self.sort):
            column = guarded.column(self._sort_column(key))
            if limited:
                chosen.append(column.label(f"sort_{n}"))
            directed = column.desc() if key.falls else column.asc()
            # Said only where there can be blanks: an index serves the order either way round then.
            is_mixed = key.may_be_blank and not (limited and self._is_split)
            order.append(directed.nulls_last() if key.falls and is_mixed else directed)
        order.append(joins.root.c.id.desc() if self._id_falls else joins.root.c.id.asc())
        conditions = self._conditions(joins)
        if after is not None:
            conditions.append(after(joins))
        query = select(*chosen).select_from(joins.from_clause()).where(*conditions).order_by(*order)
        return query.limit(bindparam("page_limit")) if limited else query

    def _shown(self, guarded: GuardedColumns, one: Readable, n: int, rendered: bool) -> list[ColumnElement[Any]]:
        value = guarded.column(one.key)
        if one.is_masked:
            return [masked(value, one.field.kind).label(f"value_{n}")]
        if one.field.kind is FieldKind.LINK and one.field.to:
            title = self._reading.title_key(one.field.to)
            named = guarded.column(f"{one.key}.{title}") if title else literal(None)
            return [value.label(f"value_{n}"), named.label(f"title_{n}")] if rendered else [named.label(f"value_{n}")]
        if rendered and one.key.rpartition(".")[2] not in COUNTED:
            value = as_text(value, one.field.kind)
        return [value.label(f"value_{n}")]

    def _sort_column(self, key: SortKey) -> str:
        """Links are ordered by what people read, the title."""
        if key.field.kind is FieldKind.LINK and key.field.to and (title := self._reading.title_key(key.field.to)):
            return f"{key.key}.{title}"
        return key.key

    def _after(self, blanks: Sequence[bool]) -> list[Callable[[Joins], ColumnElement[bool]]]:
        """The conditions of the rows after a cursor, each such that an index begins right where its rows do.

        A row comparison leaves out those rows that are equal up to a blank; they have conditions of their own."""
        if not self.sort:
            return [lambda joins: joins.root.c.id > bindparam("cursor_id")]
        if len({key.falls for key in self.sort}) > 1:
            first = self.sort[0]
            found = [lambda joins: self._beyond(joins, blanks)]
            if first.may_be_blank and not blanks[0]:
                found.append(lambda joins: self._places(joins)[0].is_(None))
            return found
        count = sum(1 for _ in self._beyond_evenly(self._joins(), blanks))
        return [partial(self._one_beyond, blanks=blanks, place=place) for place in range(count)]

    def _one_beyond(self, joins: Joins, *, blanks: Sequence[bool], place: int) -> ColumnElement[bool]:
        return next(islice(self._beyond_evenly(joins, blanks), place, None))

    def _beyond_evenly(self, joins: Joins, blanks: Sequence[bool]) -> Iterator[ColumnElement[bool]]:
        """The conditions where all keys run the same way."""
        columns = self._places(joins)
        marks = [bindparam(f"cursor_{n}", type_=column.type) for n, column in enumerate(columns)]
        same: list[ColumnElement[bool]] = []
        run: list[int] = []
        for n, (key, column, blank) in enumerate(zip(self.sort, columns, blanks, strict=True)):
            equal = [*same, *(columns[at] == marks[at] for at in run)]
            if blank:
                if run:
                    yield and_(*same, self._further([columns[at] for at in run], [marks[at] for at in run]))
                same, run = [*equal, column.is_(None)], []
            else:
                if key.may_be_blank:
                    yield and_(*equal, column.is_(None))
                run.append(n)
        own_id: ColumnElement[Any] = joins.root.c.id
        last: ColumnElement[Any] = bindparam("cursor_id")
        yield and_(*same, self._further([*(columns[at] for at in run), own_id], [*(marks[at] for at in run), last]))

    def _further(self, columns: list[ColumnElement[Any]], marks: list[ColumnElement[Any]]) -> ColumnElement[bool]:
        row, mark = (tuple_(*columns), tuple_(*marks)) if len(columns) > 1 else (columns[0], marks[0])
        return row < mark if self._id_falls else row > mark

    def _places(self, joins: Joins) -> list[ColumnElement[Any]]:
        """The values that rows are ordered by."""
        guarded = GuardedColumns(joins, self._reading)
        return [guarded.column(self._sort_column(key)) for key in self.sort]

    def _beyond(self, joins: Joins, blanks: Sequence[bool]) -> ColumnElement[bool]:
        """The condition where some keys rise and others fall."""
        columns = self._places(joins)
        marks = [bindparam(f"cursor_{n}", type_=column.type) for n, column in enumerate(columns)]
        own_id: ColumnElement[Any] = joins.root.c.id
        mark_id: ColumnElement[Any] = bindparam("cursor_id")
        same: list[ColumnElement[bool]] = []
        ways: list[ColumnElement[bool]] = []
        for key, column, mark, blank in zip(self.sort, columns, marks, blanks, strict=True):
            if not blank:
                further = column < mark if key.falls else column > mark
                ways.append(and_(*same, or_(further, column.is_(None)) if same and key.may_be_blank else further))
            same.append(column.is_(None) if blank else column == mark)
        ways.append(and_(*same, own_id < mark_id if self._id_falls else own_id > mark_id))
        if blanks[0]:
            return and_(columns[0].is_(None), or_(*ways))
        bound = columns[0] <= marks[0] if self.sort[0].falls else columns[0] >= marks[0]
        return and_(bound, or_(*ways))
