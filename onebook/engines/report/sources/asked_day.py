"""Which day of a record a report is asked by: the one that its `from` and `to` bound."""

from collections.abc import Iterator

from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import parameters_of, source_scope
from onebook.definition.report import Report
from onebook.expression.check import check
from onebook.expression.tree import Call, Given, Node, Operation, Path, children
from onebook.expression.types import DATE, Kind

_BOUNDS = {"from": ">=", "to": "<="}


def asked_day(catalog: Catalog, report: Report) -> str | None:
    """The key of the day, if the report's filter asks nothing else of `from` and `to` than that it lies between them
    (or that they are blank); None otherwise. Only records have such a day."""
    scope = source_scope(catalog, report)
    if report.source != "records" or report.filter is None or scope is None:
        return None
    if not set(_BOUNDS) <= set(report.parameters):
        return None
    tree = check(report.filter, scope, Kind.FLAG, parameters=parameters_of(report, scope)).tree
    bounds = [found for name, operator in _BOUNDS.items() for found in _bounded(tree, name, operator)]
    keys = {path.key for path in bounds if path is not None}
    # One bound each, and both of the same day.
    return keys.pop() if len(bounds) == len(_BOUNDS) and None not in bounds and len(keys) == 1 else None


def _bounded(node: Node, name: str, operator: str) -> Iterator[Path | None]:
    """For each place where the parameter stands, apart from being asked whether it is blank: the day that it bounds,
    None if it does something else there."""
    match node:
        case Call(function="ISBLANK", arguments=(Given(),)):
            return
        case Operation(operator=found, operands=(Path() as path, Given(name=given))) if given == name:
            yield path if found == operator and path.type == DATE else None
            return
        case Given(name=given) if given == name:
            yield None
    for part in children(node):
        yield from _bounded(part, name, operator)
