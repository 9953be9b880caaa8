"""Figures of the book that a preview or a refusal would tell somebody who may not see the fields they stand for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.account import Limit
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.table.rights import rights
from onebook.engines.view.menus import may_do_everything, may_read_report
from onebook.values.refusal import Problem, Refusal

#: Fields whose figures are values; whoever may not see one of them on a document is not told what it posts.
_VALUES: Final = frozenset({FieldKind.MONEY, FieldKind.PRICE})
#: What refusals of the book tell in figures.
_FIGURES: Final = frozenset(
    {"needed", "available", "limit", "before", "after", "over", "lowest", "asked", "open", "amount", "short", "missing"}
)


#: Names of measures that are amounts.
_AMOUNT: Final = re.compile(r"\b\w*(amount|cost|value)\w*\b")


class Discretion:
    """What of the book one actor may be told about commands on one form."""

    def __init__(self, catalog: Catalog, actor: Actor, form: str) -> None:
        """For one actor and one form."""
        self._catalog = catalog
        self._actor = actor
        self._hides_values = form in catalog.forms and self._has_hidden_values(form)

    def tells_amounts(self, role: str) -> bool:
        """Whether amounts of accounts of a role may be told."""
        return not self._hides_values and self.tells_limits(role)

    def tells_limits(self, role: str) -> bool:
        """Whether nothing that the role's limits compare with is hidden: a limit exceeded by 3 tells the limit."""
        declared = self._catalog.accounts.get(role)
        return declared is None or not any(self._reads_hidden(role, limit) for limit in declared.limits)

    def preview(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """A preview, its amounts left out where they may not be told."""
        return {
            **told,
            "entries": [self._entry(one) for one in told.get("entries", ())],
            "holds": [self._hold(one) for one in told.get("holds", ())],
            "balances": [self._balance(one) for one in told.get("balances", ())],
        }

    def refusal(self, refusal: Refusal) -> Refusal:
        """The refusal, its figures left out where they may not be told. The reason itself always is."""
        if not refusal.code.startswith("ledger."):
            return refusal
        problems = [self._problem(problem) for problem in refusal.problems]
        return type(refusal)(problems, **refusal.data)

    def _problem(self, problem: Problem) -> Problem:
        role = str(problem.data.get("role", ""))
        is_quantity = str(problem.data.get("measure", "")) == "quantity"
        if self.tells_limits(role) and (is_quantity or self.tells_amounts(role)):
            return problem
        data = {name: None if name in _FIGURES else value for name, value in problem.data.items()}
        return Problem(problem.code, problem.field, problem.row, data)

    def _entry(self, told: Mapping[str, Any]) -> dict[str, Any]:
        return {**told} if self.tells_amounts(told["account"]) else {**told, "amount": None}

    def _hold(self, told: Mapping[str, Any]) -> dict[str, Any]:
        role = self._catalog.accounts[told["account"]]
        if self.tells_amounts(role.account) or role.measures == "quantity_and_amount":
            return {**told}
        return {**told, **dict.fromkeys(("wanted", "settled", "released", "waiting", "open"))}

    def _balance(self, told: Mapping[str, Any]) -> dict[str, Any]:
        role = self._catalog.accounts[told["account"]]
        if self.tells_amounts(role.account):
            return {**told}
        if role.measures == "quantity_and_amount" and self.tells_limits(role.account):
            return {**told, "amount": None}
        return {**told, **dict.fromkeys(("quantity", "amount", "available", "projected", "waiting"))}

    def _has_hidden_values(self, form: str) -> bool:
        granted = rights(self._catalog, self._actor, form)
        closed = granted.hidden | granted.masked
        for name, field in self._catalog.forms[form].fields.items():
            inner = field.fields or {}
            keys = [(name, field.kind), *((f"{name}.{column}", one.kind) for column, one in inner.items())]
            if any(kind in _VALUES and (key in closed or name in closed) for key, kind in keys):
                return True
        return False

    def _reads_hidden(self, role: str, limit: Limit) -> bool:
        """Whether a limit names a hidden field: `party.credit_limit`."""
        texts = " ".join(text for text in (limit.at_least, limit.at_most, limit.unless) if text)
        for dimension, target in self._catalog.accounts[role].dimensions.items():
            form = target.partition(".")[0]
            granted = rights(self._catalog, self._actor, form)
            if any(f"{dimension}.{name}" in texts for name in granted.hidden | granted.masked):
                return True
        return False


def opens(catalog: Catalog, actor: Actor, account: str) -> bool:
    """Whether an actor may look behind figures of a role: some report that they may read shows them."""
    return any(True for _ in _reports_on(catalog, actor, account))


def opens_amounts(catalog: Catalog, actor: Actor, account: str) -> bool:
    """Whether a report that they may read also shows amounts of the role, not only pieces."""
    declared = catalog.accounts[account]
    if declared.measures == "amount":
        return opens(catalog, actor, account)
    return any(
        report.source == "subjects" or _AMOUNT.search(column.shows)
        for report, hidden in _reports_on(catalog, actor, account)
        for name, column in report.columns.items()
        if name not in hidden
    )


def _reports_on(catalog: Catalog, actor: Actor, account: str) -> Iterator[tuple[Report, frozenset[str]]]:
    """Reports over the role that an actor may read, with the columns that all their roles hide."""
    for report in catalog.reports.values():
        # A statement counts every role, and is made of nothing but amounts.
        counts = account not in report.without if report.source == "subjects" else report.of == account
        if report.source == "records" or not counts or not may_read_report(catalog, actor, report.report):
            continue
        if may_do_everything(catalog, actor):
            yield report, frozenset()
            continue
        roles = [catalog.roles[name] for name in actor.roles if name in catalog.roles]
        granting = [role for role in roles if role.reports == "all" or report.report in role.reports]
        hidden = [frozenset(role.hide_columns.get(report.report, ())) for role in granting]
        yield report, frozenset.intersection(*hidden) if hidden else frozenset()
