"""Checks of what becomes of a report's rows, and of what dealt with them: formulas that read nothing but the row."""

from collections.abc import Mapping, Sequence
from typing import Final

from onebook.definition.check.given import check_given, check_lines
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.definition.report_create import OPEN_FROM, OPEN_TO, Covered, ReportCreate
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.scope import Found, Scope
from onebook.expression.tree import Expression, Path
from onebook.expression.types import Kind, Type

#: Sources whose rows are groups with keys of their own.
_KEYED: Final = frozenset({"records", "balances", "positions", "open_items", "outlook"})
_UP: Final = "^."


class RowScope:
    """The names of a report's row: its columns, and behind them what its source knows."""

    def __init__(self, declared: Declarations, report: Report, source: Scope, parameters: Mapping[str, Type]) -> None:
        """The row of a report over a source. Columns that are wrong in themselves are no names."""
        self.name = source.name
        self.parent = source.parent
        self._declared = declared
        self._source = source
        self._report = report
        #: Names of days that are left, where others deal with days.
        self.left = {OPEN_FROM, OPEN_TO} if any(one.days is not None for one in report.unless) else set()
        #: Each column that can be read.
        self.columns: dict[str, Expression] = {}
        for name, column in report.columns.items():
            found = Subject.silent().attempt(check, column.shows, source, None, parameters=parameters)
            if found is not None:
                self.columns[name] = found

    def find(self, name: str) -> Found | None:
        """What a name means: a column, or what the source calls so."""
        column = self.columns.get(name)
        if column is None:
            return Found(Type(Kind.DATE), None) if name in self.left else self._source.find(name)
        # Behind what a condition chose nobody can look.
        is_link = column.type.kind is Kind.LINK and isinstance(column.tree, Path)
        return Found(column.type, self._declared.scope_of(column.type.of or "") if is_link else None)

    def stands(self, path: str) -> bool:
        """Whether the row knows what a formula reads: a column, a key, or what lies behind one that is a link."""
        if path.partition(".")[0] in self.columns or path in self.left:
            return True
        name = path.removeprefix(_UP)
        if name != path and self._source.find(name.partition(".")[0]) is not None:
            return False
        return any(name == row or name.startswith(f"{row}.") for row in self._report.rows if ":" not in row)


def check_report_creates(
    declared: Declarations, report: Report, scope: Scope | None, parameters: Mapping[str, Type], subject: Subject
) -> None:
    """Every document that rows of a report become. `scope`: the names of its source, if it has such rows at all."""
    if not report.creates and not report.unless:
        return
    if scope is None or report.source not in _KEYED or not report.rows:
        subject.at("creates" if report.creates else "unless").wrong("rows_without_keys", report.report)
        return
    row = RowScope(declared, report, scope, parameters)
    reading = _Reading(declared, row, parameters)
    reading.covered(report.unless, subject.at("unless"))
    known: set[str] = set()
    for number, create in enumerate(report.creates):
        at = subject.at("creates", number)
        if create.name in known:
            at.at("name").wrong("declared_twice", create.name)
        known.add(create.name)
        reading.creation(create, at)


class _Reading:
    """What is declared of the rows of one report, seen from these."""

    def __init__(self, declared: Declarations, row: RowScope, parameters: Mapping[str, Type]) -> None:
        self._declared = declared
        self._row = row
        self._parameters = parameters

    def covered(self, every: Sequence[Covered], at: Subject) -> None:
        """What deals with rows: fields that are there and of the kind of what they equal."""
        for number, covered in enumerate(every):
            place = at.at(number)
            form, _, lines = covered.form.partition(".")
            if form not in self._declared.forms:
                place.at("form").wrong("unknown_form", covered.form)
                continue
            target = self._declared.forms[form]
            if lines and lines not in target.line_fields:
                place.at("form").wrong("unknown_lines", covered.form)
                continue
            fields = (target.fields[lines].fields or {}) if lines else target.fields
            for name, text in covered.same.items():
                field = fields.get(name)
                if field is None or field.kind is FieldKind.LINES:
                    place.at("same", name).wrong("unknown_field", name)
                    continue
                found = self._formula(text, VALUE_KINDS[field.kind], place.at("same", name))
                if found is not None and found.type.kind is Kind.LINK and found.type.of not in (field.to, None):
                    place.at("same", name).wrong("other_link", f"{found.type.of} ≠ {field.to}")
            if covered.days is not None:
                for name, at_name in ((covered.days.starts, "starts"), (covered.days.ends, "ends")):
                    if name not in fields or fields[name].kind is not FieldKind.DATE:
                        place.at("days", at_name).wrong("unknown_field", name)
                self._formula(covered.days.first, Kind.DATE, place.at("days", "first"))
                self._formula(covered.days.last, Kind.DATE, place.at("days", "last"))
            if covered.when is not None:
                scope = self._declared.scope(form, lines or None)
                at_when = place.at("when")
                when = at_when.attempt(check, covered.when, scope, Kind.FLAG, parameters=self._parameters)
                if when is not None:
                    at_when.attempt(lower_dry, when)

    def creation(self, create: ReportCreate, at: Subject) -> None:
        if create.when is not None:
            self._formula(create.when, Kind.FLAG, at.at("when"))
        self.covered(create.unless, at.at("unless"))
        if create.by is not None:
            self._formula(create.by, None, at.at("by"))
        target = self._declared.forms.get(create.form)
        if target is None:
            at.at("form").wrong("unknown_form", create.form)
            return
        if create.nightly is not None:
            step = target.transitions.get(create.nightly)
            if step is None or target.first_state not in step.source:
                at.at("nightly").wrong("unknown_transition", create.nightly)
        check_given(self._formula, create.fields, target.fields, at.at("fields"))
        for name, lines in create.lines.items():
            place = at.at("lines", name)
            if name not in target.line_fields:
                place.wrong("unknown_lines", name)
                continue
            if lines.when is not None:
                self._formula(lines.when, Kind.FLAG, place.at("when"))
            check_given(self._formula, lines.fields, target.fields[name].fields or {}, place.at("fields"))
        check_lines(target, create.lines, at)

    def _formula(self, text: str, kind: Kind | None, at: Subject) -> Expression | None:
        found = at.attempt(check, text, self._row, kind, parameters=self._parameters)
        if found is None or at.attempt(lower_dry, found) is None:
            return None
        for path in sorted(found.paths):
            if not self._row.stands(path):
                at.wrong("not_in_row", path)
        return found
