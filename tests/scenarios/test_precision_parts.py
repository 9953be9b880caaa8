"""The demo company: its books are clean, and every page of every form and report has something to show."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from examples.precision_parts.story import build
from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import ListRequest
from onebook.storage.database import Database

#: A day late in a month: the month before is closed by then.
TODAY = date(2026, 3, 27)
NOW = datetime(2026, 3, 27, 2, 0, tzinfo=UTC)
#: Only companies whose receivables arise at approval have these.
EMPTY_FORMS = {"receivable_claim"}
#: Only companies that claim ahead of delivery, or whose payables arise at the invoice, have these; nor was an order's
#: deposit paid back, or a credit left with a supplier, in these weeks.
EMPTY_REPORTS = {
    "payables_estimated", "input_tax_estimated", "average_estimated", "average_claimed", "average_unbilled",
    "commission_refunded", "average_credit",
}  # fmt: skip


@dataclass
class Demo:
    application: Application
    schema: str


@pytest.fixture(scope="module")
def demo(database: Database) -> Demo:
    application = Application(database, now=lambda: NOW)
    company = build(application, database, today=TODAY, days=80)
    return Demo(application, company.schema)


def test_its_books_are_clean(demo: Demo) -> None:
    assert list(demo.application.check(demo.schema)) == []


def test_every_form_has_records_and_every_report_rows(demo: Demo) -> None:
    catalog = demo.application.ground(demo.schema).catalog
    forms = {
        form
        for form in catalog.forms
        if not demo.application.list(demo.schema, SYSTEM, ListRequest(form, limit=1)).rows
    }
    assert forms == EMPTY_FORMS
    bare = set()
    for report in catalog.reports.values():
        # What happens now and then need not have happened this month.
        given = {"from": "2026-01-01"} if {"from", "to"} <= set(report.parameters) else {}
        asked = ReportRequest(report.report, given, limit=1)
        if report.source != "entries" and not demo.application.report(demo.schema, SYSTEM, asked).rows:
            bare.add(report.report)
    assert bare == EMPTY_REPORTS
