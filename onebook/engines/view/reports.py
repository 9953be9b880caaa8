"""What a page needs to ask for a report: its name and its parameters. The columns come with the figures."""

import re
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import entries_of
from onebook.definition.check.subject_reports import opening_columns
from onebook.definition.report import Report
from onebook.engines.table.rights import rights
from onebook.engines.view.prints import prints_of_report

#: What stands in the names of measures over a span: before it, within it, at its end.
_SPANNED: Final = re.compile(r"\b(opening|incoming|outgoing|closing)_")


def described(catalog: Catalog, report: Report, language: str) -> dict[str, Any]:
    """A report in a language. Defaults are the server's: what is not given takes them. What is `required` has none: a
    statement is of somebody."""
    is_spanned = report.source == "balances"
    subjects = list(entries_of(catalog, report)) if report.source == "entries" else []
    return {
        "report": report.report,
        "label": report.label.in_language(language),
        "source": report.source,
        "of": report.of,
        # The first columns of its page are the keys of its rows, so many; a row is opened by them.
        "keys": len(report.rows),
        "opens": list(opening_columns(catalog, report)) if report.source == "subjects" else None,
        "tenses": _tenses(report) if is_spanned else {},
        "parameters": [
            {
                "name": name,
                "kind": parameter.kind.value,
                "label": parameter.label.in_language(language),
                "to": parameter.to,
                "has_default": parameter.default is not None,
                "required": subjects == [name] and parameter.default is None,
            }
            for name, parameter in report.parameters.items()
        ],
        "prints": prints_of_report(catalog, report.report, language),
    }


def creations(catalog: Catalog, report: Report, actor: Actor, language: str) -> list[dict[str, Any]]:
    """The documents that an actor may make of a report's rows; its page says which rows qualify."""
    return [
        {"name": one.name, "label": one.label.in_language(language), "form": one.form}
        for one in report.creates
        if rights(catalog, actor, one.form).create is not None
    ]


def _tenses(report: Report) -> dict[str, str]:
    return {name: _tense(column.shows) for name, column in report.columns.items() if column.is_sum}


def _tense(shows: str) -> str:
    """Of which days a column is: those before the span (`opening`), those of it (`moved`), or all up to its end."""
    named = set(_SPANNED.findall(shows))
    if named == {"opening"}:
        return "opening"
    return "moved" if named and named <= {"incoming", "outgoing"} else "closing"
