"""Who asks, and when: what a formula may know besides its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any


@dataclass(frozen=True, slots=True)
class Context:
    """The clock in the company's zone, and the user with departments and roles. `now` is aware."""

    today: date
    now: datetime
    me: int
    department: int | None = None
    #: Own departments with all below them, and everybody who belongs to them.
    departments: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()
    colleagues: frozenset[int] = frozenset()
    zone: tzinfo = UTC
    #: Values of the parameters that the formula was checked with.
    parameters: Mapping[str, Any] = field(default_factory=dict)
