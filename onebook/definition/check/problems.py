"""Collecting problems: each with the subject it is found in, the path inside of it, and the reason."""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from onebook.expression.refusals import ExpressionRefusal
from onebook.values.refusal import Problem

Checked = TypeVar("Checked")
Arguments = ParamSpec("Arguments")


class Problems:
    """What is wrong, in the order found."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.found: list[Problem] = []

    def within(self, subject: str) -> "Subject":
        """Problems of one declaration: `form sales_order`."""
        return Subject(self, subject)


class Subject:
    """One declaration, or a place in it."""

    def __init__(self, problems: Problems, name: str, path: str = "") -> None:
        """A place that problems can be found at."""
        self._problems: Final = problems
        self._name: Final = name
        self.path: Final = path

    @classmethod
    def silent(cls) -> "Subject":
        """A place whose problems nobody reads: they were told elsewhere."""
        return cls(Problems(), "")

    def at(self, *parts: str | int) -> "Subject":
        """A place further inside."""
        return Subject(self._problems, self._name, ".".join(filter(None, (self.path, *map(str, parts)))))

    def wrong(self, code: str, reason: object = "", /, **data: object) -> None:
        """Something is wrong here."""
        place = f"{self._name}: {self.path}" if self.path else self._name
        self._problems.found.append(Problem(f"definition.{code}", place, data={"reason": str(reason), **data}))

    def attempt(
        self, check: Callable[Arguments, Checked], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Checked | None:
        """What the check gives, or None and a problem with the offending part."""
        try:
            return check(*arguments, **options)
        except ExpressionRefusal as refusal:
            place = f"{self._name}: {self.path}" if self.path else self._name
            reason = f"{refusal.part!r} at {refusal.position}"
            self._problems.found.append(Problem(refusal.code, place, data={"reason": reason, **refusal.data}))
            return None
