"""The rows of a page, found by order and conditions alone: their ids and sort values, each query through one index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    text,
    union_all,
)

from onebook.engines.report.order import Order, SortKey, Stretch, beyond
from onebook.engines.report.reading import GuardedColumns, Reading
from onebook.engines.table.joins import Joins

#: So many rows lead to one and the same on average before they are read one target after another.
_CROWDED: Final = 100
#: What holds for every row, said with these tables.
Conditions = Callable[[Joins], list[ColumnElement[bool]]]
#: How many rows to pass over.
_SKIP: Final[ColumnElement[int]] = bindparam("page_skip", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins. `backwards`: read from the end of the list; `blanks`: which sort values of the mark
    (`cursor_0` ...) are blank; None where the page begins at the top, or at the end. `skips`: rows
    are passed over from there, `page_skip` of them."""

    backwards: bool = False
    blanks: tuple[bool, ...] | None = None
    skips: bool = False


class Finding:
    """Where the rows of a list are found for one reader."""

    def __init__(self, reading: Reading, target: str, ways: Sequence[Conditions]) -> None:
        """The rows of a target for which conditions hold; of several ways no two lead to the same row."""
        self._reading = reading
        self._target = target
        self._ways = ways

    def found(self, order: Order, start: Start, limit: int) -> FromClause:
        """The first rows in an order, or those behind a mark: `place` of the stretch, `id`, `sort_0` ..."""
        stretches = list(enumerate(order.stretches))
        if start.backwards:
            stretches.reverse()
        at = order.place(start.blanks) if start.blanks is not None else stretches[0][0]
        # What the reader has passed is not looked at again.
        ahead = [(place, stretch) for place, stretch in stretches if (place <= at if start.backwards else place >= at)]
        wanted = _literal(limit)
        # The rows that are passed over may stand in any of the queries.
        most = wanted + _SKIP if start.skips else wanted
        selects: list[Select[Any]] = []
        for place, stretch in ahead:
            # Far down a list it costs less to order everything at once.
            for way in self._ways:
                query = _Query(self, way, order, place, stretch, most, may_be_led=not start.skips)
                selects += query.behind(start.blanks) if start.blanks is not None and place == at else query.all()
        if len(selects) == 1:
            return (selects[0].limit(wanted).offset(_SKIP) if start.skips else selects[0]).subquery("found")
        together = union_all(*(select(*one.subquery().c) for one in selects)).subquery("together")
        merged = select(*together.c).order_by(*placed(together, order, start)).limit(wanted)
        return (merged.offset(_SKIP) if start.skips else merged).subquery("found")

    def joins(self) -> Joins:
        """The tables, not joined yet."""
        return Joins(self._reading.tables, self._target)

    def guarded(self, joins: Joins) -> GuardedColumns:
        """Columns as the reader sees them."""
        return GuardedColumns(joins, self._reading)

    def leads_to(self, link: str) -> FromClause:
        """The table behind a link, and nothing joined to it."""
        return self._reading.tables.of(self.joins().holder(link)).alias("leading")

    def crowds(self, link: str) -> ColumnElement[bool]:
        """Whether so many rows lead to each target of a link that a page is less than one of them has; as the server
        last counted them, asked anew each time and before anything else."""
        own, other = (self._reading.tables.of(one).name for one in (self._target, self.joins().holder(link)))
        return literal_column(
            f"(SELECT mine.reltuples > {_CROWDED} * greatest(theirs.reltuples, 1) FROM pg_class mine, pg_class theirs"
            f" WHERE mine.oid = '\"{own}\"'::regclass AND theirs.oid = '\"{other}\"'::regclass)"
        )


class _Query:
    """The queries that read one stretch."""

    def __init__(
        self, finding: Finding, way: Conditions, order: Order, place: int, stretch: Stretch, limit: ColumnElement[int],
        *, may_be_led: bool,
    ) -> None:  # fmt: skip
        self._finding = finding
        self._order = order
        self._place = place
        self._stretch = stretch
        self._limit = limit
        self._may_be_led = may_be_led
        self._joins = finding.joins()
        self._guarded = finding.guarded(self._joins)
        self._id: ColumnElement[Any] = self._joins.root.c.id
        self._way = way
        self._conditions = way(self._joins)
        if stretch.is_blank is not None and order.head is not None:
            key = order.head if stretch.is_blank else order.presence
            column = self._guarded.column(key)
            self._conditions.append(column.is_(None) if stretch.is_blank else column.is_not(None))
        self._columns = [self._guarded.column(key.key) for key in stretch.keys]
        self._marks = [
            bindparam(f"cursor_{n}", type_=column.type) for n, column in enumerate(self._columns, start=stretch.leading)
        ]

    def all(self) -> list[Select[Any]]:
        """From its first row on."""
        if not self._is_led:
            return [self._ordered()]
        crowds = self._crowds()
        return [self._ordered().where(~crowds), self._by_target().where(crowds)]

    def behind(self, blanks: Sequence[bool]) -> list[Select[Any]]:
        """From the row behind the mark on."""
        own = blanks[self._stretch.leading :]
        mark: tuple[ColumnElement[Any], ColumnElement[Any]] = (self._id, bindparam("cursor_id"))
        keys, columns, marks = self._stretch.keys, self._columns, self._marks
        if not self._is_led:
            ways = beyond(keys, columns, marks, own, mark, id_falls=self._order.id_falls)
            return [self._ordered().where(way) for way in ways]
        # First the rest of what leads to the same, then what leads to the next.
        same = and_(columns[0].is_(None) if own[0] else columns[0] == marks[0], columns[1] == marks[1])
        rest = beyond(keys[2:], columns[2:], marks[2:], own[2:], mark, id_falls=self._order.id_falls)
        found = [self._ordered().where(same, way) for way in rest]
        title, leads = keys[0], keys[1]
        crowds = self._crowds()
        # Both of the target's own, so that its index of titles begins behind the mark.
        led = self._joins.column(f"{leads.key}.id")
        for way in beyond([title], columns[:1], marks[:1], own[:1], (led, marks[1]), id_falls=leads.falls):
            found.append(self._ordered().where(~crowds, way))
        target = self._target()
        named = [target.c[title.key.rpartition(".")[2]]]
        for way in beyond([title], named, marks[:1], own[:1], (target.c.id, marks[1]), id_falls=leads.falls):
            found.append(self._by_target(target).where(crowds, way))
        return found

    @property
    def _is_led(self) -> bool:
        """Whether the rows may be read by going through what they lead to, in the order of its own titles."""
        title = self._stretch.keys[0].key if self._stretch.keys else ""
        is_link = self._order.leading > 1 and not self._stretch.is_blank and title.count(".") == 1
        return is_link and self._may_be_led

    def _target(self) -> FromClause:
        return self._finding.leads_to(str(self._order.head))

    def _crowds(self) -> ColumnElement[bool]:
        return self._finding.crowds(str(self._order.head))

    def _ordered(self) -> Select[Any]:
        """Ordered by the server, through an index where there is one."""
        values = [*self._blank_values(), *self._columns]
        chosen = [value.label(f"sort_{n}") for n, value in enumerate(values)]
        query = select(_literal(self._place).label("place"), self._id.label("id"), *chosen)
        query = query.select_from(self._joins.from_clause()).where(*self._conditions)
        return query.order_by(*self._direction()).limit(self._limit)

    def _by_target(self, target: FromClause | None = None) -> Select[Any]:
        """One target after another in the order of their titles, of each no more rows than the page has."""
        target = self._target() if target is None else target
        title, leads = self._stretch.keys[:2]
        joins = self._finding.joins()
        guarded = self._finding.guarded(joins)
        conditions = [*self._way(joins), joins.root.c[leads.key] == target.c.id]
        own = [(key, guarded.column(key.key)) for key in self._stretch.keys[2:]]
        own_id: ColumnElement[Any] = joins.root.c.id
        each = (
            select(own_id.label("id"), *(column.label(f"sort_{n}") for n, (_, column) in enumerate(own, start=2)))
            .select_from(joins.from_clause())
            .where(*conditions)
            .order_by(*(directed(column, key) for key, column in own), _id_directed(own_id, self._order))
            .limit(self._limit)
            .lateral("each")
        )
        named: ColumnElement[Any] = target.c[title.key.rpartition(".")[2]]
        ordered = [directed(named, title), target.c.id.desc() if leads.falls else target.c.id.asc()]
        behind = [directed(each.c[f"sort_{n}"], key) for n, (key, _) in enumerate(own, start=2)]
        chosen = [each.c[f"sort_{n}"] for n in range(2, 2 + len(own))]
        query = select(
            _literal(self._place).label("place"), each.c.id, named.label("sort_0"), target.c.id.label("sort_1"), *chosen
        )
        query = query.select_from(target.join(each, text("true")))
        return query.order_by(*ordered, *behind, _id_directed(each.c.id, self._order)).limit(self._limit)

    def _direction(self) -> list[ColumnElement[Any]]:
        keys = zip(self._stretch.keys, self._columns, strict=True)
        return [*(directed(column, key) for key, column in keys), _id_directed(self._id, self._order)]

    def _blank_values(self) -> list[ColumnElement[Any]]:
        guarded = self._finding.guarded(self._finding.joins())
        return [cast(null(), guarded.column(key.key).type) for key in self._order.keys[: self._stretch.leading]]


def placed(found: FromClause, order: Order, start: Start) -> list[ColumnElement[Any]]:
    """The order of rows that were found, as they are read."""
    keys = [directed(found.c[f"sort_{n}"], key) for n, key in enumerate(order.keys)]
    place = found.c.place.desc() if start.backwards else found.c.place.asc()
    return [place, *keys, _id_directed(found.c.id, order)]


def directed(column: ColumnElement[Any], key: SortKey) -> ColumnElement[Any]:
    """A column in the direction of a key, its blanks where the key has them."""
    turned = column.desc() if key.falls else column.asc()
    return turned.nulls_first() if key.blanks_first else turned.nulls_last()


def _id_directed(column: ColumnElement[Any], order: Order) -> ColumnElement[Any]:
    return column.desc() if order.id_falls else column.asc()


def _literal(number: int) -> ColumnElement[int]:
    """A number in the text itself."""
    return literal_column(str(number), BigInteger)
