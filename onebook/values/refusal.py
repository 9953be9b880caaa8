"""Expected refusals: typed, coded, carrying data; their text is made at the edge in the user's language."""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import ClassVar


class Status(IntEnum):
    """What kind of refusal it is; the numbers are those of HTTP."""

    BAD_REQUEST = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    TOO_LARGE = 413
    INVALID = 422
    TOO_MANY = 429
    UNAVAILABLE = 503


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: the field (`lines.quantity`), the row of its lines or file (from 1)."""

    code: str
    field: str | None = None
    row: int | None = None
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Refusal(Exception):
    """The product says no for a reason a user can understand; nothing was written.

    `code` names the room and the reason (`ledger.balance_too_low`) and is the key of its text in `locale/`;
    `data` fills the text; `problems` names every single cause at once.
    """

    code: ClassVar[str]
    status: ClassVar[Status] = Status.INVALID

    def __init__(self, problems: Sequence[Problem] = (), /, **data: object) -> None:
        """Refuse with the data of the text, and with each cause."""
        super().__init__(self.code, data, problems)
        self.data: Mapping[str, object] = data
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        """For logs and tests; users read the text of `locale/`."""
        return f"{self.code} {dict(self.data)} {list(self.problems)}"
