"""All declarations of a company together, with what formulas, accounts, holds and meters mean among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from onebook.definition.account import ON, AccountRole, Dimension
from onebook.definition.app import App, Data, Menu
from onebook.definition.dashboard import Dashboard
from onebook.definition.field import AccountMeter, FieldDeclaration, HoldMeter
from onebook.definition.form import Form
from onebook.definition.metric import Metric
from onebook.definition.model import NOTHING
from onebook.definition.print import Print
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.definition.rows_behind import rows_behind
from onebook.definition.rule import Rule, Template
from onebook.definition.scope import DimensionScope, RecordScope, RowScope, Scopes
from onebook.definition.transition import Hold
from onebook.definition.write import text_of
from onebook.expression.check import check
from onebook.expression.parse import parse_call
from onebook.expression.refusals import ArgumentsMissing, NameUnknown
from onebook.expression.scope import Scope
from onebook.expression.tree import Expression, Path
from onebook.expression.types import Kind, Type


@dataclass(frozen=True, slots=True)
class AccountCall:
    """`receivable(customer, order)`: a role, and the formula (of type link) of each dimension that is given."""

    role: AccountRole
    arguments: Mapping[Dimension, Expression]


@dataclass(frozen=True, slots=True)
class Meter:
    """A field that shows a hold or an account: where it stands and what it shows."""

    form: str
    lines: str | None
    field: str
    meter: HoldMeter | AccountMeter

    @property
    def target(self) -> str:
        """The table's name in formulas and scopes: `sales_order` or `sales_order.lines`."""
        return f"{self.form}.{self.lines}" if self.lines else self.form


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold with the form and transition that place it."""

    form: str
    transition: str
    hold: Hold


class Declarations:
    """Everything declared, by name. Formulas are checked once and remembered."""

    def __init__(
        self,
        apps: Sequence[App],
        forms: Mapping[str, Form],
        accounts: Mapping[str, AccountRole],
        reports: Mapping[str, Report],
        roles: Mapping[str, Role],
        menus: Mapping[str, Menu],
        data: Sequence[Data],
        prints: Mapping[str, Print] = NOTHING,
        *,
        metrics: Mapping[str, Metric] = NOTHING,
        dashboards: Mapping[str, Dashboard] = NOTHING,
        rules: Mapping[str, Rule] = NOTHING,
        templates: Mapping[str, Template] = NOTHING,
    ) -> None:
        """Put together what the apps declare, overlays laid."""
        self.apps = tuple(apps)
        self.forms = forms
        self.accounts = accounts
        self.reports = reports
        self.roles = roles
        self.menus = menus
        self.data = tuple(data)
        self.prints = prints
        self.metrics = metrics
        self.dashboards = dashboards
        self.rules = rules
        self.templates = templates
        self._scopes = Scopes(forms)
        self._formulas: dict[tuple[str, str, str | None, Kind | None], Expression] = {}
        self._calls: dict[tuple[str, str, str | None], AccountCall] = {}
        self._meters: dict[str, tuple[Meter, ...]] = {form: tuple(_meters(self.forms[form])) for form in forms}
        self._hold_meters: dict[tuple[str, str], tuple[Meter, ...]] = {}
        self._account_meters: dict[str, tuple[Meter, ...]] = {}
        self._holds = {
            name: {hold.name: hold for step in form.transitions.values() for hold in step.holds}
            for name, form in forms.items()
        }

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Each app as one text, by its name."""
        return {app.app: text_of(app) for app in self.apps}

    @cached_property
    def version(self) -> str:
        """The same for the same declarations, and another one for others."""
        return sha256("\n".join(self.texts.values()).encode()).hexdigest()[:16]

    def scope(self, form: str, lines: str | None = None) -> RecordScope | RowScope:
        """Where the formulas of a form, or of its rows, stand."""
        return self._scopes.rows(form, lines) if lines else self._scopes.record(form)

    def scope_of(self, target: str) -> Scope | None:
        """The scope behind a link: `sales_order`, `sales_order.lines`."""
        return self._scopes.of(target)

    def picks_scope(self, account: str) -> DimensionScope:
        """Where the formulas stand that put pieces of a role in order: they also know `on`, the day of the posting."""
        return self.role_scope(account, {ON: Type(Kind.DATE)})

    def role_scope(self, account: str, measures: Mapping[str, Type] | None = None) -> DimensionScope:
        """Where the formulas of a role's limits stand; reports add the measures of their source."""
        return DimensionScope(self._scopes, self.accounts[account], measures)

    def formula(self, text: str, form: str, lines: str | None = None, expects: Kind | None = None) -> Expression:
        """A formula of a form or of its rows, checked. Raises ExpressionRefusal, never for what the catalog checked."""
        key = (text, form, lines, expects)
        if key not in self._formulas:
            self._formulas[key] = check(text, self.scope(form, lines), expects)
        return self._formulas[key]

    def rows_behind(self, form: str, lines: str, path: str) -> Path:
        """The rows to which links lead from a row of a form: `thing.parts`. Raises ExpressionRefusal."""
        return rows_behind(path, self.scope(form, lines))[0]

    def formula_behind(self, text: str, form: str, lines: str, path: str, expects: Kind | None = None) -> Expression:
        """A formula that stands in the rows behind a row's links; `^.` leads to that row. Raises ExpressionRefusal."""
        return check(text, rows_behind(path, self.scope(form, lines))[1], expects)

    def account_call(self, text: str, form: str, lines: str | None = None) -> AccountCall:
        """An account as a form writes it: its role, and a formula for each dimension given, in the role's order.

        Raises ExpressionRefusal."""
        key = (text, form, lines)
        if key not in self._calls:
            name, arguments = parse_call(text)
            if name not in self.accounts:
                raise NameUnknown(position=1, part=name)
            role = self.accounts[name]
            if len(arguments) > len(role.dimensions):
                raise ArgumentsMissing(position=1, part=text, function=name)
            self._calls[key] = AccountCall(
                role,
                {
                    dimension: self.formula(argument, form, lines, Kind.LINK)
                    for dimension, argument in zip(role.dimensions, arguments, strict=False)
                },
            )
        return self._calls[key]

    def fields(self, form: str, lines: str | None = None) -> Mapping[str, FieldDeclaration]:
        """The fields of a form, or of its rows."""
        fields = self.forms[form].fields
        return (fields[lines].fields or {}) if lines else fields

    def holds(self, form: str) -> Mapping[str, Hold]:
        """The holds that a form's transitions place, by name."""
        return self._holds[form]

    def placed_holds(self) -> Iterator[PlacedHold]:
        """Every hold of every form."""
        for form in self.forms.values():
            for name, step in form.transitions.items():
                for hold in step.holds:
                    yield PlacedHold(form.form, name, hold)

    def meters(self, form: str) -> tuple[Meter, ...]:
        """The meter fields of a form and of its rows."""
        return self._meters[form]

    def hold_meters(self, form: str, hold: str) -> tuple[Meter, ...]:
        """The fields that show a hold of a form."""
        found = self._hold_meters.get((form, hold))
        if found is None:
            found = self._hold_meters[form, hold] = tuple(
                meter for meter in self._meters[form] if isinstance(meter.meter, HoldMeter) and meter.meter.hold == hold
            )
        return found

    def account_meters(self, account: str) -> tuple[Meter, ...]:
        """The fields, of whatever form, that show a balance of a role."""
        found = self._account_meters.get(account)
        if found is None:
            found = self._account_meters[account] = tuple(
                meter
                for meters in self._meters.values()
                for meter in meters
                if isinstance(meter.meter, AccountMeter) and meter.meter.account == account
            )
        return found


def _meters(form: Form) -> Iterator[Meter]:
    for name, field in form.fields.items():
        if field.meter:
            yield Meter(form.form, None, name, field.meter)
        for own, column in (field.fields or {}).items():
            if column.meter:
                yield Meter(form.form, name, own, column.meter)
