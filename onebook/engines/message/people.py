"""The people whom messages are for: administrators, and where each is reached outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.scope import USERS
from onebook.engines.message.provider import Reach
from onebook.storage.transaction import Statement, Transaction
from onebook.values.label import CHINESE, ENGLISH

_KINDS: Final[Mapping[Reach, FieldKind]] = {"mail": FieldKind.EMAIL, "phone": FieldKind.PHONE}


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody who may do everything in the company."""

    id: int
    language: str


def administrators(transaction: Transaction, catalog: Catalog) -> list[Administrator]:
    """Everybody who administers the company today."""
    roles = [name for name, role in catalog.roles.items() if role.everything]
    if USERS not in catalog.forms or not roles:
        return []
    [rows] = transaction.run(Statement(_ADMINISTRATORS, {"roles": roles}))
    return [
        Administrator(number, ENGLISH if str(language or "").lower().startswith("en") else CHINESE)
        for number, language in rows
    ]


def addresses(transaction: Transaction, catalog: Catalog, user: int) -> dict[Reach, str]:
    """Where a user is reached: the first e-mail address and the first telephone number of their own record."""
    fields = catalog.forms[USERS].fields if USERS in catalog.forms else {}
    names: dict[Reach, str] = {}
    for reach, kind in _KINDS.items():
        first = next((name for name, field in fields.items() if field.kind is kind), None)
        if first is not None:
            names[reach] = first
    if not names:
        return {}
    text = sql.SQL('SELECT {} FROM "user" WHERE id = %(user)s::bigint AND deleted_at IS NULL').format(
        sql.SQL(", ").join(map(sql.Identifier, names.values()))
    )
    [rows] = transaction.run(Statement(text.as_string(), {"user": user}))
    if not rows:
        return {}
    return {reach: str(value) for reach, value in zip(names, rows[0], strict=True) if value}


_ADMINISTRATORS: Final = """
SELECT id, language FROM "user"
WHERE roles && %(roles)s::text[] AND active IS NOT FALSE AND deleted_at IS NULL ORDER BY id
"""
