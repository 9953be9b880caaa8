"""Lists: pages of the records that an actor may read, filtered, ordered, searched, summed and counted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.report.condition import Said, said
from onebook.engines.report.cursor import opened, sealed
from onebook.engines.report.groups import GROUP_LIMIT, Grouping, GroupKey, Groups
from onebook.engines.report.heading import Heading, rows_of
from onebook.engines.report.listing import UNORDERED, Listing, Selection, SortKey, Sought
from onebook.engines.report.reading import Readable, Reading
from onebook.engines.report.refusals import HiddenField, NotExportable, NotReadable, UnknownColumn, UnknownForm
from onebook.engines.report.request import COUNT_LIMIT, PAGE_LIMIT, Count, ListRequest, Page
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.rights import rights
from onebook.engines.table.tables import Tables
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.storage.transaction import Statement, Transaction
from onebook.values.label import Label

#: How many different shapes of lists are remembered in SQL.
REMEMBERED: Final = 2000
MOST_TERMS: Final = 5
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
        values = self._values(request, conditions, context) | {"page_limit": limit + 1}
        blanks: tuple[bool, ...] | None = None
        if request.cursor is not None:
            marks = opened(self._seal(shape), request.cursor, len(listing.sort) + 1)
            blanks = tuple(mark is None for mark in marks[:-1])
            values |= {f"cursor_{n}": mark for n, mark in enumerate(marks[:-1])} | {"cursor_id": marks[-1]}
        statements = [self._text(shape, blanks, lambda: listing.page(blanks)).bound(values)]
        summed = request.sums and any(listing.is_summed(one) for one in listing.columns)
        if summed:
            statements.append(self._text(shape, "sums", listing.sums).bound(values))
        if request.count:
            statements.append(self._text(shape, "count", listing.count).bound(values))
        rows, *further = transaction.run(*statements)
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            width = len(listing.sort)
            last = rows[-1]
            following = sealed(self._seal(shape), [*last[len(last) - width :], last[0]] if width else [last[0]])
        totals = _totals(listing, further.pop(0)[0]) if summed else ({} if request.sums else None)
        count = _count(further.pop(0)[0][0]) if request.count else None
        return Page(request.form, listing.headings, rows_of(listing.headings, rows), following, totals, count)

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
        values = self._values(request, conditions, context) | {"page_limit": request.limit + 1}
        return self._text(shape, None, lambda: listing.page(None)).bound(values)

    def _said(self, request: ListRequest, actor: Actor) -> Said | None:
        if not request.conditions:
            return None
        reading = self._reading(request.form, actor)
        return said([(one, _compared(reading, request.form, one.field)) for one in request.conditions])

    def _known(self, target: str) -> None:
        form, _, lines = target.partition(".")
        if form not in self._catalog.forms or (lines and lines not in self._catalog.forms[form].line_fields):
            raise UnknownForm(form=target)

    def _reading(self, target: str, actor: Actor) -> Reading:
        self._known(target)
        return Reading(self._catalog, self._tables, actor)

    def _listing(self, request: ListRequest, conditions: Said | None, actor: Actor) -> tuple[_Shape, Listing]:
        text = f"{conditions.text} {conditions.types}" if conditions else ""
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
        filters = [self._expression(target, text, reading) for text in (request.filter,) if text]
        if conditions is not None:
            form, _, lines = target.partition(".")
            scope = self._catalog.scope(form, lines or None)
            filters.append(check(conditions.text, scope, Kind.FLAG, parameters=dict(conditions.types)))
            reading.may_read_all(target, filters[-1], "filter")
        selection = Selection(target, tuple(filters), terms, request.bin)
        return Listing(reading, selection, self._columns(request, reading), self._sort(request, reading))

    def _expression(self, target: str, text: str, reading: Reading) -> Expression:
        form, _, lines = target.partition(".")
        expression = check(text, self._catalog.scope(form, lines or None), Kind.FLAG)
        reading.may_read_all(target, expression, "filter")
        return expression

    def _columns(self, request: ListRequest, reading: Reading) -> list[Readable]:
        if request.columns is not None:
            return [reading.readable(request.form, key, "column") for key in request.columns]
        return [
            found for key in default_columns(reading, request.form) if (found := _visible(reading, request.form, key))
        ]

    def _sort(self, request: ListRequest, reading: Reading) -> list[SortKey]:
        asked = request.sort
        if asked is None:
            own = () if "." in request.form else reading.form(request.form).list.sort
            asked = tuple(key for key in own if _may_sort(reading, request.form, key.lstrip("-"))) or ("-id",)
        found = []
        for text in asked:
            key = text.lstrip("-")
            readable = reading.readable(request.form, key, "sort")
            if readable.field.kind in UNORDERED:
                raise UnknownColumn(field=key, slot="sort")
            found.append(SortKey(key, text.startswith("-"), readable.field))
        return found

    def _values(self, request: ListRequest, conditions: Said | None, context: Context) -> dict[str, Any]:
        terms: dict[str, Any] = {}
        for n, term in enumerate(_terms(request.search)):
            if _sought(term) == "beginning":
                terms |= {f"term_{n}": f"{_escaped(term)}%", f"term_{n}_within": f"% {_escaped(term)}%"}
            else:
                terms |= {f"term_{n}": f"%{_escaped(term)}%", f"term_{n}_letters": list(term), f"term_{n}_word": term}
        given = replace(context, parameters=conditions.values) if conditions else context
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


def _may_sort(reading: Reading, target: str, key: str) -> bool:
    try:
        reading.readable(target, key, "sort")
    except (HiddenField, NotReadable):
        return False
    return True


def _terms(search: str) -> list[str]:
    return search.lower().split()[:MOST_TERMS]


def _sought(term: str) -> Sought:
    """How a word is sought. Two letters of English stand somewhere in everything, so that they are sought where words
    begin; two others are too few for the index that knows three at a time, and have one of their own."""
    if len(term) >= SHORTEST:
        return "anywhere"
    if term.isascii():
        return "beginning" if term.isalpha() else "anywhere"
    return "letters" if len(term) == SHORTEST - 1 and not any(map(str.isascii, term)) else "anywhere"


def _escaped(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _totals(listing: Listing, row: tuple[Any, ...]) -> dict[str, str]:
    keys = [one.key for one in listing.columns if listing.is_summed(one)]
    return {key: total or "0" for key, total in zip(keys, row, strict=True)}


def _count(number: int) -> Count:
    return Count(min(number, COUNT_LIMIT), number > COUNT_LIMIT)
