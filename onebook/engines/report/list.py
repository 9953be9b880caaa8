"""Lists: pages of the records that an actor may read, filtered, ordered, searched, summed and counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.report.condition import Said, said
from onebook.engines.report.cursor import opened, sealed
from onebook.engines.report.finding import Start
from onebook.engines.report.groups import GROUP_LIMIT, Grouping, GroupKey, Groups
from onebook.engines.report.heading import Heading, rows_of
from onebook.engines.report.listing import Listing, Selection, Sought
from onebook.engines.report.order import Order, may_sort, ordered
from onebook.engines.report.reading import Readable, Reading
from onebook.engines.report.refusals import HiddenField, NotExportable, NotReadable, UnknownForm, WrongCursor
from onebook.engines.report.request import COUNT_LIMIT, PAGE_LIMIT, SKIP_LIMIT, Count, ListRequest, Page
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.rights import rights
from onebook.engines.table.tables import Tables
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.expression.tree import Expression
from onebook.expression.types import Kind, Type
from onebook.storage.planning import planned_anew
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.label import Label

#: How many different shapes of lists are remembered in SQL.
REMEMBERED: Final = 2000
MOST_TERMS: Final = 5
#: Rows of a page as statements are made for them: the next size is read and cut.
_SIZES: Final = (10, 20, 50, 100, 200, 500, PAGE_LIMIT)
#: From this many letters on a word is found within others: indexes know three at a time.
SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that decides the SQL of a list, apart from values."""

    form: str
    columns: tuple[str, ...] | None
    filter: str | None
    conditions: str
    sort: tuple[str, ...] | None
    terms: tuple[Sought, ...]
    bin: bool
    roles: frozenset[str] | None


class Lists:
    """The lists of one published catalog. Shapes are said in SQL once and remembered."""

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        """Lists over the forms of a catalog."""
        self._catalog = catalog
        self._tables = tables
        self._listings: dict[_Shape, Listing] = {}
        self._texts: dict[tuple[_Shape, object], CompiledText] = {}

    def page(self, transaction: Transaction, request: ListRequest, actor: Actor, context: Context) -> Page:
        """One page, in one round trip. Refuses what the actor may not see, in whatever slot it is asked for."""
        conditions = self._said(request, actor)
        shape, listing = self._listing(request, conditions, actor)
        limit = max(1, min(request.limit, PAGE_LIMIT))
        values = self._values(request, conditions, context)
        start, marks = self._start(shape, listing, request)
        values |= {f"cursor_{n}": mark for n, mark in enumerate(marks[:-1])}
        values |= {"cursor_id": marks[-1]} if marks else {}
        values |= {"page_skip": min(request.skip, SKIP_LIMIT)} if start.skips else {}
        statements = [self._page(shape, listing, start, limit).bound(values)]
        summed = request.sums and any(listing.is_summed(one) for one in listing.columns)
        if summed:
            statements.append(self._text(shape, "sums", listing.sums).bound(values))
        if request.count:
            part = "whole" if request.count == "all" else "count"
            statements.append(self._text(shape, part, lambda: listing.count(is_whole=part == "whole")).bound(values))
        if request.conditions or request.filter or start.skips:
            # What is rare is found and then ordered, what is common is met in the order of the list.
            rows, *further = planned_anew(transaction, *statements)
        else:
            rows, *further = transaction.run(*statements)
        previous, following = self._marks(shape, listing, rows, start, limit)
        rows = rows[:limit][::-1] if start.backwards else rows[:limit]
        totals = _totals(listing, further.pop(0)[0]) if summed else ({} if request.sums else None)
        count = _count(further.pop(0)[0][0], is_whole=request.count == "all") if request.count else None
        shown = rows_of(listing.headings, rows)
        return Page(request.form, listing.headings, shown, following, totals, count, previous=previous)

    def groups(
        self, transaction: Transaction, request: ListRequest, by: GroupKey, actor: Actor, context: Context
    ) -> Groups:
        """How the rows that match fall into groups, in one round trip. Refuses what `page` refuses."""
        conditions = self._said(request, actor)
        shape, listing = self._listing(request, conditions, actor)
        readable = self._reading(request.form, actor).readable(request.form, by.key, "group")
        grouping = Grouping(listing, readable, by.grain)
        limit = max(1, min(request.limit, GROUP_LIMIT))
        values = self._values(request, conditions, context) | {"group_limit": limit + 1}
        [rows] = transaction.run(self._text(shape, ("groups", by), grouping.query).bound(values))
        groups = grouping.groups(rows[:limit])
        return Groups(request.form, grouping.by, grouping.grain, groups, len(rows) > limit, context.zone)

    def stream(
        self, transaction: Transaction, request: ListRequest, actor: Actor, context: Context
    ) -> tuple[tuple[Heading, ...], Iterator[tuple[Any, ...]]]:
        """The headings and all rows with plain values, through a server-side cursor: for export, by whatever door."""
        label = self.label(request.form)
        if not self.may_export(request.form, actor):
            raise NotExportable(name=label)
        conditions = self._said(request, actor)
        shape, listing = self._listing(request, conditions, actor)
        text = self._text(shape, "rows", listing.rows)
        rows = transaction.stream(text.bound(self._values(request, conditions, context)))
        return listing.headings, (row[1:] for row in rows)

    def label(self, target: str) -> Label:
        """What a form, or its lines, is called. Raises UnknownForm."""
        self._known(target)
        form, _, lines = target.partition(".")
        declared = self._catalog.forms[form]
        return declared.fields[lines].label if lines else declared.label

    def may_export(self, target: str, actor: Actor) -> bool:
        """Whether the actor's roles let them take the form's records out as a file."""
        return rights(self._catalog, actor, target.partition(".")[0]).export

    def statement(self, request: ListRequest, actor: Actor, context: Context) -> Statement:
        """The statement of a first page: for whoever sends it together with others, and for EXPLAIN."""
        conditions = self._said(request, actor)
        shape, listing = self._listing(request, conditions, actor)
        return self._page(shape, listing, Start(), request.limit).bound(self._values(request, conditions, context))

    def _page(self, shape: _Shape, listing: Listing, start: Start, limit: int) -> CompiledText:
        """A page and one row more, which tells whether there is another. Texts are made for a few sizes only."""
        size = next(size for size in _SIZES if size >= limit) + 1
        return self._text(shape, (start, size), lambda: listing.page(start, size))

    def _start(self, shape: _Shape, listing: Listing, request: ListRequest) -> tuple[Start, list[object]]:
        """Where the page begins, and the values of its mark. Raises WrongCursor."""
        if sum((request.cursor is not None, request.before is not None, request.end)) > 1:
            raise WrongCursor
        cursor = request.cursor if request.before is None else request.before
        is_backwards = request.before is not None or request.end
        if cursor is None:
            return Start(is_backwards, skips=request.skip > 0), []
        marks = opened(self._seal(shape), cursor, len(listing.order.keys) + 1)
        return Start(is_backwards, tuple(mark is None for mark in marks[:-1]), request.skip > 0), marks

    def _marks(
        self, shape: _Shape, listing: Listing, rows: Rows, start: Start, limit: int
    ) -> tuple[str | None, str | None]:
        """The marks of what stands before and behind a page, as it was read; None where that is nothing."""
        page, width = rows[:limit], len(listing.order.keys)
        ends = [sealed(self._seal(shape), [*row[len(row) - width :], row[0]]) for row in (page[:1] + page[-1:])]
        onwards = ends[-1] if len(rows) > limit else None
        back = ends[0] if ends and (start.blanks is not None or start.skips) else None
        return (onwards, back) if start.backwards else (back, onwards)

    def _said(self, request: ListRequest, actor: Actor) -> Said | None:
        if not request.conditions:
            return None
        reading = self._reading(request.form, actor)
        return said(request.conditions, lambda key: _compared(reading, request.form, key))

    def _known(self, target: str) -> None:
        form, _, lines = target.partition(".")
        if form not in self._catalog.forms or (lines and lines not in self._catalog.forms[form].line_fields):
            raise UnknownForm(form=target)

    def _reading(self, target: str, actor: Actor) -> Reading:
        self._known(target)
        return Reading(self._catalog, self._tables, actor)

    def _listing(self, request: ListRequest, conditions: Said | None, actor: Actor) -> tuple[_Shape, Listing]:
        text = f"{conditions.text} {conditions.types}" if conditions else ""
        text += "".join(f" {name} {kind}" for name, (kind, _) in sorted(request.parameters.items()))
        terms = tuple(map(_sought, _terms(request.search)))
        # The system has no roles but may everything: it must not share what a person without roles sees.
        roles = None if actor.id == 0 else actor.roles
        shape = _Shape(request.form, request.columns, request.filter, text, request.sort, terms, request.bin, roles)
        found = self._listings.get(shape)
        if found is None:
            found = self._said_in_full(request, conditions, terms, self._reading(request.form, actor))
            if len(self._listings) >= REMEMBERED:
                self._listings.clear()
                self._texts.clear()
            self._listings[shape] = found
        return shape, found

    def _said_in_full(
        self, request: ListRequest, conditions: Said | None, terms: tuple[Sought, ...], reading: Reading
    ) -> Listing:
        target = request.form
        reading.must_read(target)
        types = {name: kind for name, (kind, _) in request.parameters.items()}
        filters = [self._expression(target, text, reading, types) for text in (request.filter,) if text]
        if conditions is not None:
            form, _, lines = target.partition(".")
            scope = self._catalog.scope(form, lines or None)
            filters.append(check(conditions.text, scope, Kind.FLAG, parameters=dict(conditions.types)))
            reading.may_read_all(target, filters[-1], "filter")
        selection = Selection(target, tuple(filters), terms, request.bin)
        return Listing(reading, selection, self._columns(request, reading), self._order(request, reading))

    def _expression(self, target: str, text: str, reading: Reading, types: Mapping[str, Type]) -> Expression:
        form, _, lines = target.partition(".")
        expression = check(text, self._catalog.scope(form, lines or None), Kind.FLAG, parameters=types)
        reading.may_read_all(target, expression, "filter")
        return expression

    def _columns(self, request: ListRequest, reading: Reading) -> list[Readable]:
        if request.columns is not None:
            return [reading.readable(request.form, key, "column") for key in request.columns]
        return [
            found for key in default_columns(reading, request.form) if (found := _visible(reading, request.form, key))
        ]

    def _order(self, request: ListRequest, reading: Reading) -> Order:
        asked = request.sort
        if asked is None:
            own = () if "." in request.form else reading.form(request.form).list.sort
            asked = tuple(key for key in own if may_sort(reading, request.form, key.lstrip("-"))) or ("-id",)
        return ordered(reading, request.form, asked)

    def _values(self, request: ListRequest, conditions: Said | None, context: Context) -> dict[str, Any]:
        terms: dict[str, Any] = {}
        for n, term in enumerate(_terms(request.search)):
            if _sought(term) == "beginning":
                terms |= {f"term_{n}": f"{_escaped(term)}%", f"term_{n}_within": f"% {_escaped(term)}%"}
            else:
                terms |= {f"term_{n}": f"%{_escaped(term)}%", f"term_{n}_letters": list(term), f"term_{n}_word": term}
        values = {name: value for name, (_, value) in request.parameters.items()}
        given = replace(context, parameters={**values, **(conditions.values if conditions else {})})
        return {**context_parameters(given), **terms}

    def _text(self, shape: _Shape, part: object, build: Any) -> CompiledText:
        found = self._texts.get((shape, part))
        if found is None:
            found = self._texts[shape, part] = compiled(build())
        return found

    def _seal(self, shape: _Shape) -> str:
        return f"{self._catalog.version} {shape.form} {shape.sort}"


def _compared(reading: Reading, target: str, key: str) -> FieldDeclaration:
    """What a condition compares with. An id is one of its own form, as a link to it is."""
    field = reading.readable(target, key, "filter").field
    return field.model_copy(update={"kind": FieldKind.LINK, "to": target}) if key == "id" else field


def default_columns(reading: Reading, target: str) -> list[str]:
    """The columns of a list that asks for none: those that its form declares, else its first ones."""
    form = reading.form(target)
    if "." in target:
        lines = target.partition(".")[2]
        return ["parent", *(form.fields[lines].fields or {})]
    if form.list.columns:
        return list(form.list.columns)
    own = [name for name, field in form.fields.items() if field.kind not in (FieldKind.LINES, FieldKind.LONG_TEXT)]
    return [*(["number"] if form.number else []), *own[:12], *(["state"] if form.states else [])]


def _visible(reading: Reading, target: str, key: str) -> Readable | None:
    try:
        return reading.readable(target, key, "column")
    except (HiddenField, NotReadable):
        return None


def _terms(search: str) -> list[str]:
    return search.lower().split()[:MOST_TERMS]


def _sought(term: str) -> Sought:
    """How a word is sought. Two letters of English stand somewhere in everything, so that they are sought where words
    begin; one or two others are too few for the index that knows three at a time, and have one of their own."""
    if len(term) >= SHORTEST:
        return "anywhere"
    if term.isascii():
        return "beginning" if term.isalpha() else "anywhere"
    return "anywhere" if any(map(str.isascii, term)) else "letters"


def _escaped(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _totals(listing: Listing, row: tuple[Any, ...]) -> dict[str, str]:
    keys = [one.key for one in listing.columns if listing.is_summed(one)]
    return {key: total or "0" for key, total in zip(keys, row, strict=True)}


def _count(number: int, *, is_whole: bool) -> Count:
    return Count(number, False) if is_whole else Count(min(number, COUNT_LIMIT), number > COUNT_LIMIT)
