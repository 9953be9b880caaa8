"""Who a rule means: users by role, by a link of the record, by rank above somebody, or at the head of a department."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from onebook.definition.approval import Approver
from onebook.storage.transaction import Statement, Transaction

_BY_ROLE: Final = """
SELECT id FROM "user" WHERE roles @> ARRAY[%(role)s::text] AND active IS NOT FALSE AND deleted_at IS NULL ORDER BY id
"""
_KNOWN: Final = 'SELECT id FROM "user" WHERE id = %(user)s::bigint AND active IS NOT FALSE AND deleted_at IS NULL'
_HEAD: Final = """
SELECT u.id FROM department d JOIN "user" u ON u.id = d.manager
WHERE d.id = %(department)s::bigint AND u.active IS NOT FALSE AND u.deleted_at IS NULL
"""
#: The managers of one's department and of those above it, nearest first; whoever manages their own is passed over.
_ABOVE: Final = """
WITH RECURSIVE above AS (
    SELECT d.id, d.manager, d.parent_department, 1 AS level, ARRAY[d.id] AS way
    FROM "user" u JOIN department d ON d.id = u.department WHERE u.id = %(user)s::bigint
    UNION ALL
    SELECT d.id, d.manager, d.parent_department, a.level + 1, a.way || d.id
    FROM above a JOIN department d ON d.id = a.parent_department WHERE d.id <> ALL(a.way)
)
SELECT u.id FROM above a JOIN "user" u ON u.id = a.manager
WHERE u.id <> %(user)s::bigint AND u.active IS NOT FALSE AND u.deleted_at IS NULL
ORDER BY a.level OFFSET %(level)s - 1 LIMIT 1
"""


def people_of(transaction: Transaction, people: Sequence[Approver], value: Callable[[str], Any], by: int) -> list[int]:
    """The users that are meant, each once, in order. `value` gives what a formula says of the record; `by` is whoever
    has superiors."""
    asked = [statement for one in people if (statement := _asked(one, value, by)) is not None]
    answers = transaction.run(*asked) if asked else []
    return list(dict.fromkeys(user for rows in answers for (user,) in rows))


def _asked(one: Approver, value: Callable[[str], Any], by: int) -> Statement | None:
    if one.role is not None:
        return Statement(_BY_ROLE, {"role": one.role})
    if one.person is not None:
        user = value(one.person)
        return None if user is None else Statement(_KNOWN, {"user": user})
    if one.head_of is not None:
        department = value(one.head_of)
        return None if department is None else Statement(_HEAD, {"department": department})
    return Statement(_ABOVE, {"user": by, "level": one.superior or 1})
