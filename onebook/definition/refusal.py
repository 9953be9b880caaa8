"""The refusal of declarations: every problem at once, each with its file, its path and its reason."""

from collections.abc import Sequence

from onebook.values.refusal import Problem, Refusal


class DefinitionRefusal(Refusal):
    """Declarations cannot be used as they stand; nothing was published.

    Each problem's `field` is the path in the declaration (`form sales_order: transitions.approve.holds.0.quantity`),
    its `row` the line of the file if it is known, its data has `file` and `reason`.
    """

    code = "definition.refused"

    def __init__(self, problems: Sequence[Problem], /) -> None:
        """Refuse with everything that is wrong."""
        super().__init__(problems, count=len(problems))

    def __str__(self) -> str:
        """One line for each problem, as a compiler would say it."""
        return "\n".join(map(told, self.problems))


def told(problem: Problem) -> str:
    """`sales/sales_order.yaml:12: form sales_order: fields.total: expression.unknown_name 'totl'`."""
    place = f"{problem.data['file']}:{problem.row or 1}: " if problem.data.get("file") else ""
    reason = f" {problem.data['reason']}" if problem.data.get("reason") else ""
    return f"{place}{problem.field}: {problem.code}{reason}"
