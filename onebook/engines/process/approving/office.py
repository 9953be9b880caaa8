"""Who could be asked: users with roles, departments with those who manage them, and who stands in for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from onebook.storage.transaction import Rows, Statement


@dataclass(frozen=True, slots=True)
class Member:
    """A user as approvals see them."""

    id: int
    name: str
    department: int | None
    roles: frozenset[str]
    is_active: bool


class Office:
    """Wants everybody whom a route may ask: those with these roles, these people, and whoever manages a department."""

    def __init__(self, roles: Iterable[str], people: Iterable[int], today: date) -> None:
        """Nothing is known yet."""
        self._asked = {"roles": sorted(set(roles)), "people": sorted(set(people)), "today": today}
        self._members: dict[int, Member] = {}
        self._departments: dict[int, tuple[int | None, int | None]] = {}
        self._is_asked = False
        #: Who answers for whom today.
        self.stand_ins: dict[int, int] = {}

    def statements(self) -> Sequence[Statement]:
        """Three statements, once."""
        if self._is_asked:
            return ()
        return [Statement(sql, self._asked) for sql in (_MEMBERS, _DEPARTMENTS, _STAND_INS)]

    def take(self, results: Sequence[Rows]) -> None:
        """The people."""
        self._is_asked = True
        members, departments, stand_ins = results
        for number, name, department, roles, active in members:
            self._members[number] = Member(number, name or "", department, frozenset(roles or ()), active)
        self._departments = {number: (parent, manager) for number, parent, manager in departments}
        self.stand_ins = dict(stand_ins)

    def active(self, people: Iterable[int | None]) -> list[int]:
        """Those of them who are users in use, each once."""
        found = (self._members.get(one) for one in people if one is not None)
        return list(dict.fromkeys(one.id for one in found if one is not None and one.is_active))

    def with_role(self, role: str) -> list[int]:
        """Everybody in use who has a role, in the order of their ids."""
        return sorted(one.id for one in self._members.values() if one.is_active and role in one.roles)

    def head_of(self, department: int | None) -> list[int]:
        """Who manages a department."""
        return self.active([self._departments.get(department or 0, (None, None))[1]])

    def superiors(self, person: int) -> list[int]:
        """The managers of somebody's department and of those above it, the nearest first; themselves left out."""
        member = self._members.get(person)
        department, seen, found = member.department if member else None, set[int](), list[int | None]()
        while department is not None and department not in seen:
            seen.add(department)
            department, manager = self._departments.get(department, (None, None))
            found.append(manager)
        return [one for one in self.active(found) if one != person]


_MEMBERS: Final = """
SELECT id, name, department, roles, active IS NOT FALSE FROM "user"
WHERE deleted_at IS NULL AND (roles && %(roles)s::text[] OR id = ANY(%(people)s::bigint[])
    OR id IN (SELECT manager FROM department WHERE deleted_at IS NULL))
"""
_DEPARTMENTS: Final = "SELECT id, parent_department, manager FROM department WHERE deleted_at IS NULL"
_STAND_INS: Final = """
SELECT d.person, d."to" FROM onebook_delegation d JOIN "user" u ON u.id = d."to"
WHERE %(today)s BETWEEN d.from_day AND d.until_day AND u.deleted_at IS NULL AND u.active IS NOT FALSE
"""
