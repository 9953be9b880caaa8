"""All checks, in the order in which their problems are told."""

from typing import Final

from onebook.definition.check.accounts import check_accounts
from onebook.definition.check.apps import check_apps
from onebook.definition.check.dashboards import check_dashboards
from onebook.definition.check.forms import check_forms
from onebook.definition.check.metrics import check_metrics
from onebook.definition.check.prints import check_prints
from onebook.definition.check.problems import Problems
from onebook.definition.check.reports import check_reports
from onebook.definition.check.roles import check_roles
from onebook.definition.check.rules import check_rules
from onebook.definition.declarations import Declarations
from onebook.values.refusal import Problem

_CHECKS: Final = (
    check_apps,
    check_forms,
    check_accounts,
    check_reports,
    check_prints,
    check_roles,
    check_metrics,
    check_dashboards,
    check_rules,
)


def problems_of(declared: Declarations) -> list[Problem]:
    """Everything that is wrong with the declarations, each with its subject, path and reason."""
    problems = Problems()
    for check in _CHECKS:
        check(declared, problems)
    return problems.found
