"""What a page needs to ask for a report: its name and its parameters. The columns come with the figures."""

from typing import Any

from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import entries_of
from onebook.definition.report import Report
from onebook.engines.view.prints import prints_of_report


def described(catalog: Catalog, report: Report, language: str) -> dict[str, Any]:
    """A report in a language. Defaults are the server's: what is not given takes them. What is `required` has none: a
    statement is of somebody."""
    subjects = list(entries_of(catalog, report)) if report.source == "entries" else []
    return {
        "report": report.report,
        "label": report.label.in_language(language),
        "source": report.source,
        "of": report.of,
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
