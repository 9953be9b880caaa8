"""Export: any list or report as xlsx or csv, through a server-side cursor, with the rights of whoever takes it out."""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Literal
from zoneinfo import ZoneInfo

from onebook.access.actor import Actor
from onebook.engines.report.condition import told
from onebook.engines.report.files.csv_text import csv_blocks
from onebook.engines.report.files.xlsx import write_xlsx
from onebook.engines.report.heading import Heading
from onebook.engines.report.list import Lists
from onebook.engines.report.report import ReportRequest, Reports
from onebook.engines.report.request import ListRequest
from onebook.expression.context import Context
from onebook.storage.transaction import Transaction
from onebook.values.label import ENGLISH, Label

Format = Literal["xlsx", "csv"]
_BY = Label("导出人", "Exported by")
_AT = Label("导出时间", "Exported at")
_WHAT = Label("内容", "Content")
_FILTER = Label("筛选", "Filter")


class Exports:
    """What leaves a company as files."""

    def __init__(self, lists: Lists, reports: Reports) -> None:
        """Over the lists and reports of a catalog."""
        self._lists = lists
        self._reports = reports

    def list(
        self,
        transaction: Transaction,
        request: ListRequest,
        actor: Actor,
        context: Context,
        target: BinaryIO,
        form: Format,
    ) -> None:
        """Write every row of a list, in its order, with its columns. Raises NotExportable and what lists refuse."""
        label = self._lists.label(request.form)
        headings, rows = self._lists.stream(transaction, request, actor, context)
        asked = [
            request.filter or "",
            request.search,
            *map(told, request.conditions),
        ]
        _write(target, form, label, headings, rows, actor, context, " ".join(filter(None, asked)))

    def report(
        self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context, target: BinaryIO,
        form: Format, asked: str = "",
    ) -> None:  # fmt: skip
        """Write every row of a report. `asked`: its parameters in words. Raises NotExportable and what reports
        refuse."""
        headings, rows = self._reports.stream(transaction, request, actor, context)
        _write(target, form, self._reports.label(request.report), headings, rows, actor, context, asked)


def _write(
    target: BinaryIO, form: Format, label: Label, headings: Sequence[Heading], rows: Iterable[tuple[Any, ...]],
    actor: Actor, context: Context, asked: str,
) -> None:  # fmt: skip
    language = actor.language
    zone = context.zone if isinstance(context.zone, ZoneInfo) else ZoneInfo("UTC")
    if form == "csv":
        for block in csv_blocks(headings, rows, language=language, zone=zone):
            target.write(block)
        return
    at = context.now.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    about = [(_WHAT, label.in_language(language)), (_BY, actor.name), (_AT, at), (_FILTER, asked)]
    said = [(what.english if language == ENGLISH else what.chinese, text) for what, text in about]
    write_xlsx(target, label.in_language(language), headings, rows, language=language, zone=zone, about=said)
