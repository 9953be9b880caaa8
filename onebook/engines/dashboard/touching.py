"""Which forms a report depends on: a change of one of their records may change its figures."""

import re
from collections.abc import Iterator

from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import metrics_named
from onebook.definition.report import Report


class Touching:
    """The forms behind the reports of one published catalog; found once for each."""

    def __init__(self, catalog: Catalog) -> None:
        """Over a catalog."""
        self._catalog = catalog
        self._roles: dict[str, frozenset[str]] = {}

    def report(self, report: Report) -> frozenset[str]:
        """Those whose records it counts, or whose steps book on its account role, and those that its keys lead to."""
        if report.source == "records":
            return frozenset({report.of.partition(".")[0]})
        if report.source == "metrics":
            names = metrics_named(self._catalog, report)
            reports = {str(self._catalog.metrics[name].report) for name in names}
            return frozenset().union(*(self.report(self._catalog.reports[name]) for name in reports))
        if report.source == "subjects":
            return frozenset(form for form in self._catalog.forms if any(self._steps(form)))
        found = self._booking(report.of)
        for name in report.plus:
            found |= self._booking(name)
        return found

    def _booking(self, role: str) -> frozenset[str]:
        """The forms whose steps name a role, or a promise that is placed on it."""
        if role not in self._roles:
            holds = {
                hold.name
                for form in self._catalog.forms.values()
                for step in form.transitions.values()
                for hold in step.holds
                if re.search(rf"\b{role}\b", hold.on)
            }
            named = re.compile(rf"\b({'|'.join(sorted({role, *holds}))})\b")
            self._roles[role] = frozenset(
                form for form in self._catalog.forms if any(named.search(text) for text in self._steps(form))
            )
        return self._roles[role]

    def _steps(self, form: str) -> Iterator[str]:
        for step in self._catalog.forms[form].transitions.values():
            if step.posts or step.holds or step.settles:
                yield step.model_dump_json(exclude_defaults=True)
