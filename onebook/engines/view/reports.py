"""What a page needs to ask for a report: its name and its parameters. The columns come with the figures."""

from typing import Any

from onebook.definition.report import Report


def described(report: Report, language: str) -> dict[str, Any]:
    """A report in a language. Defaults are the server's: what is not given takes them."""
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
            }
            for name, parameter in report.parameters.items()
        ],
    }
