"""The door of the room: which prints there are of a form or report, and the pages of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.print import Print
from onebook.engines.form.forms import Forms
from onebook.engines.print.records import RecordPrint
from onebook.engines.print.refusals import UnknownPrint
from onebook.engines.print.reports import ReportPrint
from onebook.engines.print.sheet import pages
from onebook.engines.report.report import Reports
from onebook.expression.context import Context
from onebook.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Content:
    """What a print shows, ready to be set: done outside of the transaction that read it."""

    label: str
    data: Mapping[str, Any]


class Prints:
    """The prints of one published catalog."""

    def __init__(self, catalog: Catalog, forms: Forms, reports: Reports) -> None:
        """Over a catalog."""
        self._catalog = catalog
        self._forms = forms
        self._reports = reports

    def of_records(
        self, transaction: Transaction, form: str, ids: Sequence[int], name: str, actor: Actor, context: Context,
        now: datetime,
    ) -> Content:  # fmt: skip
        """One sheet for each record, entered in its trail; the caller commits."""
        declared = self._print(name, of=form)
        printing = RecordPrint(self._forms, self._catalog, actor, declared, actor.language)
        sheets = printing.sheets(transaction, list(dict.fromkeys(ids)), context, now)
        return self._content(declared, sheets, actor)

    def of_report(
        self, transaction: Transaction, report: str, parameters: Mapping[str, Any], sort: tuple[str, ...] | None,
        name: str, actor: Actor, context: Context,
    ) -> Content:  # fmt: skip
        """The whole report."""
        declared = self._print(name, report=report)
        printing = ReportPrint(self._forms, self._catalog, self._reports, actor, declared, actor.language)
        return self._content(declared, [printing.sheet(transaction, parameters, sort, context)], actor)

    def _print(self, name: str, *, of: str | None = None, report: str | None = None) -> Print:
        declared = self._catalog.prints.get(name)
        if declared is None or (declared.of, declared.report) != (of, report):
            raise UnknownPrint(name=name)
        return declared

    def _content(self, declared: Print, sheets: Sequence[Any], actor: Actor) -> Content:
        data = pages(declared, sheets, actor.name, actor.language)
        return Content(declared.label.in_language(actor.language), data)
