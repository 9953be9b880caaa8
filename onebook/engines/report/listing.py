"""One shape of a list, said in SQL once: which columns, which rows, in which order, from where on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    FromClause,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from onebook.definition.field import FieldKind
from onebook.engines.report.condition import sum_kind
from onebook.engines.report.finding import Finding, Start, directed, placed
from onebook.engines.report.heading import Heading, heading_of
from onebook.engines.report.order import Order
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
#: How a word is sought: anywhere, only where words begin, or by its letters first, which are no letters of English.
Sought = Literal["anywhere", "beginning", "letters"]
#: So many records with a letter are gathered rather than come across; so many are looked at for a common one.
_RARE: Final = 5000
_SAMPLE: Final = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: the formulas that must hold, how each word that is searched for is sought, in use or in the bin."""

    target: str
    filters: tuple[Expression, ...]
    terms: tuple[Sought, ...]
    bin: bool


class Listing:
    """The SQL of one shape of a list for one set of roles."""

    def __init__(self, reading: Reading, selection: Selection, columns: Sequence[Readable], order: Order) -> None:
        """Say it; nothing is asked of the database here."""
        self._reading = reading
        self._selection = selection
        self._rare: dict[int, CTE] = {}
        self.columns = tuple(columns)
        self.order = order
        self.headings: tuple[Heading, ...] = tuple(
            heading_of(one.key, one.field, one.label, is_masked=one.is_masked) for one in columns
        )

    def page(self, start: Start, limit: int) -> Any:
        """The rows of a page in the order in which they are read, each with its sort values.

        They are found first, and only then shown: whatever the order costs, what a row shows is asked of these alone.
        The limit stands in the text, where the planner sees how few rows are wanted."""
        order = self.order.turned if start.backwards else self.order
        found = Finding(self._reading, self._selection.target, self._ways()).found(order, start, limit)
        root = self._reading.tables.of(self._selection.target).alias()
        joins = Joins(
            self._reading.tables, self._selection.target, alias=root, start=root.join(found, found.c.id == root.c.id)
        )
        shown = list(self._columns(GuardedColumns(joins, self._reading), rendered=True))
        marks = [found.c[f"sort_{n}"] for n in range(len(order.keys))]
        query = select(root.c.id, *shown, *marks)
        return query.select_from(joins.from_clause()).order_by(*placed(found, order, start))

    def rows(self) -> Any:
        """All rows with plain values in the order of the list: for export."""
        joins = self._joins()
        guarded = GuardedColumns(joins, self._reading)
        conditions = self._conditions(joins)
        chosen = [joins.root.c.id, *self._columns(guarded, rendered=False)]
        order: list[ColumnElement[Any]] = [directed(guarded.column(key.key), key) for key in self.order.keys]
        if self.order.head is not None:
            order.insert(0, guarded.column(self.order.head).is_(None))
        order.append(joins.root.c.id.desc() if self.order.id_falls else joins.root.c.id.asc())
        return select(*chosen).select_from(joins.from_clause()).where(*conditions).order_by(*order)

    def count(self, *, is_whole: bool) -> Any:
        """How many rows match: all of them, or counted no further than one beyond the limit."""
        joins = self._joins()
        conditions = self._conditions(joins)
        if is_whole:
            return select(func.count()).select_from(joins.from_clause()).where(*conditions)
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

    def _joins(self) -> Joins:
        return Joins(self._reading.tables, self._selection.target)

    def _ways(self) -> list[Callable[[Joins], list[ColumnElement[bool]]]]:
        """Ways to the rows of a page, of which one leads anywhere: from the few records that have the letters of a
        word, or, where every word stands in many, along the list until the page is full."""
        lettered = [n for n, how in enumerate(self._selection.terms) if how == "letters"]
        if not lettered or not self._reads_search():
            return [self._conditions]

        def way(place: int) -> Callable[[Joins], list[ColumnElement[bool]]]:
            return lambda joins: [
                *(~self._is_rare(n) for n in lettered[:place]),
                *(self._is_rare(n) for n in lettered[place : place + 1]),
                *self._conditions(joins, lettered[place] if place < len(lettered) else None),
            ]

        return [way(place) for place in range(len(lettered) + 1)]

    def _conditions(self, joins: Joins, rare: int | Literal["any"] | None = "any") -> list[ColumnElement[bool]]:
        """What holds for every row. `rare`: the word whose letters few records have, or none of them; "any": whichever
        it is, for whoever looks at all rows anyway."""
        chosen = self._selection
        rights = self._reading.rights(chosen.target)
        if "." in chosen.target:
            found = [permitted_rows(rights, joins)]
        else:
            found = [permitted(rights, joins, binned=chosen.bin)]
        guarded = GuardedColumns(joins, self._reading)
        found += [lower_condition(one, guarded) for one in chosen.filters]
        for n, how in enumerate(chosen.terms):
            found.append(self._sought(joins, n, how, rare))
        return found

    def _sought(self, joins: Joins, n: int, how: Sought, rare: int | Literal["any"] | None) -> ColumnElement[bool]:
        """Where the word `term_n` may stand: in the number, and in the search column, or in the open fields if that
        knows what the actor may not see."""
        target = self._selection.target
        form = self._reading.form(target)
        if "." in target:
            raise UnknownColumn(field="search", slot="search")
        closed = self._closed()
        columns = [joins.column(name) for name in form.search if name not in closed] if closed else []
        if not columns and not form.number and (closed or not form.search):
            raise HiddenField(field="search", slot="search")
        if form.number and not (how == "letters" and form.number.isascii()):
            columns.append(joins.column("number"))
        patterns: list[ColumnElement[str]] = [bindparam(f"term_{n}")]
        patterns += [bindparam(f"term_{n}_within")] if how == "beginning" else []
        found: list[ColumnElement[bool]] = [column.ilike(pattern) for column in columns for pattern in patterns]
        if self._reads_search():
            # It is kept in small letters, as the words come.
            text = joins.column("search")
            anywhere = [text.like(pattern) for pattern in patterns]
            if how == "letters" and rare == n:
                found.append(self._by_letters(joins, n))
            elif how == "letters" and rare == "any":
                is_rare = self._is_rare(n)
                found += [and_(is_rare, self._by_letters(joins, n)), and_(~is_rare, *anywhere)]
            else:
                found += anywhere
        return or_(*found) if found else false()

    def _closed(self) -> frozenset[str]:
        """The searched fields that the actor may not see."""
        target = self._selection.target
        rights = self._reading.rights(target)
        return (rights.hidden | rights.masked) & {name.partition(".")[0] for name in self._reading.form(target).search}

    def _reads_search(self) -> bool:
        """Whether the search column is there and open to the actor."""
        target = self._selection.target
        return "." not in target and bool(self._reading.form(target).search) and not self._closed()

    def _by_letters(self, joins: Joins, n: int) -> ColumnElement[bool]:
        """The few records whose letters are those of `term_n`, and that have the word itself. Found before anything
        else is asked, whence the limit: the server guesses that a page is soon full, and would go through the list."""
        table = self._reading.tables.of(self._selection.target).alias("lettered")
        has_it = func.strpos(table.c.search, bindparam(f"term_{n}_word", type_=Text)) > 0
        few = select(table.c.id).where(self._among(table, n), has_it).limit(literal_column(str(_RARE + 1)))
        return joins.root.c.id.in_(few)

    def _is_rare(self, n: int) -> ColumnElement[bool]:
        """Whether few records have the letters of `term_n`. Asked once; where one of the first hundred has the word,
        nobody looks further: to gather all that a common letter stands in costs more than to walk along the list."""
        if n in self._rare:
            return select(self._rare[n].c.is_rare).scalar_subquery()
        table = self._reading.tables.of(self._selection.target)
        first, every = table.alias("first"), table.alias("every")
        sample = select(first.c.search).limit(literal_column(str(_SAMPLE))).subquery("sample")
        stands = select(literal(1)).select_from(sample)
        stands = stands.where(func.strpos(sample.c.search, bindparam(f"term_{n}_word", type_=Text)) > 0)
        having = select(literal(1).label("one")).select_from(every).where(self._among(every, n))
        few = select(func.count() <= _RARE).select_from(having.limit(literal_column(str(_RARE + 1))).subquery("having"))
        is_rare = case((stands.exists(), false()), else_=few.scalar_subquery())
        self._rare[n] = select(is_rare.label("is_rare")).cte(f"rare_{n}")
        return self._is_rare(n)

    def _among(self, table: FromClause, n: int) -> ColumnElement[bool]:
        return letters(table.c.search).op("@>")(bindparam(f"term_{n}_letters", type_=ARRAY(Text)))

    def _columns(self, guarded: GuardedColumns, *, rendered: bool) -> Iterator[ColumnElement[Any]]:
        for n, one in enumerate(self.columns):
            yield from self._shown(guarded, one, n, rendered)

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
