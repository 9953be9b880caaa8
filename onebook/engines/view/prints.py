"""Which prints there are of a form or of a report, for whoever may read it."""

from typing import Any

from onebook.definition.catalog import Catalog
from onebook.definition.print import Print


def prints_of_form(catalog: Catalog, form: str, language: str) -> list[dict[str, Any]]:
    """The prints of a form's records."""
    return [_described(one, language) for one in catalog.prints.values() if one.of == form]


def prints_of_report(catalog: Catalog, report: str, language: str) -> list[dict[str, Any]]:
    """The prints of a report."""
    return [_described(one, language) for one in catalog.prints.values() if one.report == report]


def _described(one: Print, language: str) -> dict[str, Any]:
    return {"name": one.print, "label": one.label.in_language(language), "paper": one.paper.value}
