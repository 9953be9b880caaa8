"""Prints of records: what each sheet says, read in one round trip with the rights of whoever prints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.print import Print
from onebook.definition.scope import COMPANY
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.query import Answer, Question
from onebook.engines.form.rows import Row
from onebook.engines.print.codes import code128, qr
from onebook.engines.print.printed import Printed
from onebook.engines.print.refusals import TooMuch
from onebook.engines.print.sheet import Cell, Column, Sheet
from onebook.engines.print.shown import ShownKey, shown_key
from onebook.engines.print.text import capitals, figure, said
from onebook.engines.print.words import AGAIN, CAPITAL, DRAFT, PRINTED, RECORDS, ROWS
from onebook.engines.report.reading import Reading
from onebook.expression.context import Context
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.label import Label

MOST_RECORDS: Final = 200
MOST_ROWS: Final = 20_000


class Letterhead:
    """What of the company's own record stands at the head: its name, address, telephone."""

    def __init__(self, forms: Forms, catalog: Catalog, reading: Reading, names: Sequence[str]) -> None:
        """These fields, without those that are hidden from the actor."""
        hidden = reading.rights(COMPANY).hidden if COMPANY in catalog.forms else frozenset()
        self._names = [name for name in names if name not in hidden]
        self._query = forms.query(Question(COMPANY, frozenset(self._names), is_singleton=True)) if self._names else None
        self._answer: Answer | None = None

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        if self._query is None or self._answer is not None:
            return ()
        return self._query.statements([], {})

    def take(self, results: Sequence[Rows]) -> None:
        """The company."""
        assert self._query is not None
        self._answer = self._query.answer(results)

    def texts(self) -> list[str]:
        """Its lines, without what is blank."""
        row: Mapping[str, Any] = next(iter(self._answer.rows.values()), {}) if self._answer else {}
        return [str(row[name]) for name in self._names if row.get(name)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A key with what is declared beside it."""

    shown: ShownKey
    label: str
    declared: Any = None


class RecordPrint:
    """One print of a form for one actor. What they may not see is not read, and has neither column nor label."""

    def __init__(self, forms: Forms, catalog: Catalog, actor: Actor, declared: Print, language: str) -> None:
        """Find what is shown."""
        assert declared.of is not None
        self._forms = forms
        self._catalog = catalog
        self._actor = actor
        self._declared = declared
        self._language = language
        self._form = catalog.forms[declared.of]
        self._reading = Reading(catalog, forms.tables, actor)
        form, lines = declared.of, declared.lines
        self._barcode = self._key(declared.barcode)
        self._qr = self._key(declared.qr)
        self._head = list(self._parts(form, declared.head))
        self._figures = list(self._parts(form, declared.figures))
        hidden = self._reading.rights(form).hidden
        self._columns = list(self._parts(f"{form}.{lines}", declared.columns)) if lines and lines not in hidden else []

    def sheets(self, transaction: Transaction, ids: Sequence[int], context: Context, now: datetime) -> list[Sheet]:
        """One sheet per record, in the order asked for, and an entry in the trail of each.

        Refuses with form.not_found, and with print.too_much."""
        if len(ids) > MOST_RECORDS:
            raise TooMuch(most=MOST_RECORDS, what=RECORDS)
        form, lines = self._form.form, self._declared.lines
        load = RecordLoad(self._forms, form, ids, self._keys(), self._actor, context)
        letterhead = Letterhead(self._forms, self._catalog, self._reading, self._declared.letterhead)
        printed = Printed(form, self._declared.print, ids)
        gather(transaction, load, letterhead, printed)
        rows = [load.row(one) for one in ids]
        if lines and sum(len(row.get(lines) or ()) for row in rows) > MOST_ROWS:
            raise TooMuch(most=MOST_ROWS, what=ROWS)
        transaction.run(printed.entered(self._actor, now, [row["version"] for row in rows]))
        return [self._sheet(row, letterhead.texts(), printed.count(row["id"]) + 1, context) for row in rows]

    def _key(self, key: str | None) -> ShownKey | None:
        return shown_key(self._reading, self._form.form, key) if key else None

    def _parts(self, target: str, declared: Mapping[str, Any]) -> Iterator[_Part]:
        for one in declared.values():
            shown = shown_key(self._reading, target, one.shows)
            if shown is not None:
                yield _Part(shown, self._words(one.label or shown.label), one)

    def _keys(self) -> set[str]:
        single = [part.shown for part in (*self._head, *self._figures)]
        single += [one for one in (self._barcode, self._qr) if one is not None]
        keys = {key for one in single for key in one.reads()}
        return keys | {f"{self._declared.lines}.{key}" for part in self._columns for key in part.shown.reads()}

    def _sheet(self, row: Row, letterhead: list[str], count: int, context: Context) -> Sheet:
        declared = self._declared
        table = list(self._table(row, context))
        return Sheet(
            title=self._words(declared.title or declared.label),
            letterhead=letterhead,
            mark=self._words(DRAFT) if self._form.states and row.get("state") == self._form.first_state else None,
            barcode=code128(self._barcode.text(row, context, self._language)) if self._barcode else None,
            qr=qr(self._qr.text(row, context, self._language)) if self._qr else None,
            head=list(self._above(row, context)),
            columns=[column for column, _ in table],
            rows=list(zip(*(cells for _, cells in table), strict=True)),
            figures=list(self._below(row, context)),
            notes=[self._words(note) for note in declared.notes],
            signatures=[self._words(one) for one in declared.signatures],
            copies=[self._words(one) for one in declared.copies],
            printed=stamp(context, self._actor, count, self._language),
        )

    def _above(self, row: Row, context: Context) -> Iterator[tuple[str, str, int]]:
        """The fields at the head that say something."""
        for part in self._head:
            if text := self._text(part, row, context):
                yield part.label, text, part.declared.span

    def _column(self, part: _Part) -> Column:
        is_position = part.shown.key == "position"
        return Column(part.label, part.shown.kind, part.declared.width, part.declared.total, is_position)

    def _table(self, row: Row, context: Context) -> Iterator[tuple[Column, list[Cell]]]:
        """The columns that say something in some row, with their cells. Without rows all of them stand."""
        rows = row.get(self._declared.lines or "") or ()
        for part in self._columns:
            cells = [Cell(self._text(part, one, context), part.shown.figure(one, context)) for one in rows]
            if part.declared.total or not cells or any(cell.text for cell in cells):
                yield self._column(part), cells

    def _below(self, row: Row, context: Context) -> Iterator[tuple[str, str, bool]]:
        for part in self._figures:
            value = part.shown.figure(row, context)
            if value is None:
                yield part.label, self._text(part, row, context), False
            else:
                yield from figures(part.label, part.shown.kind, value, part.declared.capital, self._language)

    def _text(self, part: _Part, row: Row, context: Context) -> str:
        return part.shown.text(row, context, self._language)

    def _words(self, label: Label) -> str:
        return label.in_language(self._language)


def figures(
    label: str, kind: FieldKind, value: Any, is_capital: bool, language: str
) -> Iterator[tuple[str, str, bool]]:
    """A figure below the table, in capital numerals too if that is asked for and there are any."""
    words = capitals(value, language) if is_capital else None
    if words is not None:
        yield CAPITAL.in_language(language).format(label=label), words, True
    sign = "¥" if kind is FieldKind.MONEY else ""
    yield label, f"{sign}{figure(kind, value)}", False


def stamp(context: Context, actor: Actor, count: int | None, language: str) -> str:
    """When and by whom, and how often."""
    at = said(FieldKind.INSTANT, context.now, language, context.zone)
    printed = PRINTED.in_language(language).format(at=at, who=actor.name)
    return printed if count is None else AGAIN.in_language(language).format(printed=printed, count=count)
