"""One sheet: everything that stands on one copy of one print, as the template wants it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from onebook.definition.field import FieldKind
from onebook.definition.print import Paper, Print
from onebook.engines.print.codes import Barcode
from onebook.engines.print.paper import SIZES
from onebook.engines.print.text import exact, figure
from onebook.engines.print.typeset import FONT
from onebook.engines.print.words import PAGE_TOTAL, PAGES, TOTAL
from onebook.engines.report.heading import NUMBER_KINDS
from onebook.values.label import Label

#: Shares of the width by kind, where the declaration says none; 0 is as wide as the content.
_SHARES = {FieldKind.TEXT: 4, FieldKind.LONG_TEXT: 5, FieldKind.LINK: 4, FieldKind.MONEY: 2, FieldKind.DATE: 0}
_OTHERWISE = 2
_CENTRED = frozenset({FieldKind.DATE, FieldKind.FLAG, FieldKind.MONTH, FieldKind.CHOICE})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. `total`: the sum over all rows, if it is summed."""

    label: str
    kind: FieldKind
    width: int | None = None
    is_summed: bool = False
    is_narrow: bool = False

    def told(self, total: Decimal | None) -> dict[str, Any]:
        """For the template."""
        is_number = self.kind in NUMBER_KINDS and not self.is_narrow
        side = "end" if is_number else "middle" if self.is_narrow or self.kind in _CENTRED else "start"
        width = self.width if self.width is not None else 0 if self.is_narrow else _SHARES.get(self.kind, _OTHERWISE)
        return {
            "label": self.label,
            "side": side,
            "width": width,
            "sums": self.is_summed,
            "scale": 2 if self.kind is FieldKind.MONEY else None,
            "total": figure(self.kind, total) if total is not None else "",
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and counts for."""

    text: str
    number: Decimal | None = None


@dataclass(slots=True)
class Sheet:
    """The content of one print of one record or report."""

    title: str
    letterhead: Sequence[str] = ()
    mark: str | None = None
    barcode: Barcode | None = None
    qr: str | None = None
    #: Labels, texts, and how many places each takes.
    head: Sequence[tuple[str, str, int]] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()
    #: Rows that are not summed and stand out, by their places.
    emphasized: frozenset[int] = frozenset()
    #: Labels and texts below the table; those that grow take the room that is left.
    figures: Sequence[tuple[str, str, bool]] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    printed: str = ""
    copies: Sequence[str] = field(default_factory=tuple)

    def told(self, number: int, copy: str) -> dict[str, Any]:
        """One copy, for the template."""
        summed = [place for place, column in enumerate(self.columns) if column.is_summed]
        totals = dict.fromkeys(summed, Decimal(0))
        rows = []
        for place, cells in enumerate(self.rows):
            counts = {} if place in self.emphasized else {key: cells[key].number or Decimal(0) for key in summed}
            for key, value in counts.items():
                totals[key] += value
            rows.append(
                {
                    "strong": place in self.emphasized,
                    "cells": [cell.text for cell in cells],
                    "figures": {str(key): exact(self.columns[key].kind, value) for key, value in counts.items()},
                }
            )
        return {
            "id": number,
            "copy": copy,
            "title": self.title,
            "mark": self.mark,
            "letterhead": list(self.letterhead),
            "barcode": self.barcode.told() if self.barcode else None,
            "qr": self.qr,
            "head": [{"label": label, "text": text, "span": span} for label, text, span in self.head],
            "across": 3,
            "columns": [column.told(totals.get(place)) for place, column in enumerate(self.columns)],
            "rows": rows,
            "figures": [{"label": label, "text": text, "grows": grows} for label, text, grows in self.figures],
            "notes": list(self.notes),
            "signatures": list(self.signatures),
            "printed": self.printed,
        }


def pages(declared: Print, sheets: Sequence[Sheet], author: str, language: str) -> dict[str, Any]:
    """Everything that the template is given."""

    def in_words(label: Label) -> str:
        return label.in_language(language)

    told: list[dict[str, Any]] = []
    for sheet in sheets:
        for copy in _copies(declared.paper, sheet.copies):
            told.append(sheet.told(len(told), copy))
    return {
        "paper": SIZES[declared.paper].told(),
        "title": in_words(declared.label),
        "author": author,
        "font": FONT,
        "words": {"page_total": in_words(PAGE_TOTAL), "total": in_words(TOTAL), "pages": in_words(PAGES)},
        "sheets": told,
    }


def _copies(paper: Paper, names: Sequence[str]) -> Sequence[str]:
    """The copies that are printed one by one: on carbon paper one, which bears the names of all."""
    if paper.is_continuous or not names:
        return ["　".join(names)]
    return names
