"""Who acts: a user of one company, with roles and departments."""

from dataclasses import dataclass, field

from onebook.values.label import CHINESE


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of a company, as rights and formulas see them. `id` is the id of their `user` record; 0 is the system."""

    id: int
    name: str
    roles: frozenset[str] = frozenset()
    department: int | None = None
    #: Their department and all below it, if they manage it; otherwise their department alone.
    departments: frozenset[int] = frozenset()
    #: Users of those departments, themselves included.
    colleagues: frozenset[int] = field(default_factory=frozenset)
    language: str = CHINESE


#: Installation, schedules and migration act as the system: everything is allowed, and the trail says so.
SYSTEM = Actor(0, "system")
