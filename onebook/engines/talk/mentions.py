"""Mentioning: whom a comment may name, because they may read the record that it stands beside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.definition.scope import USERS
from onebook.engines.table.readable import Reader
from onebook.engines.talk.refusals import CannotMention, TooManyMentions
from onebook.expression.python import Context
from onebook.storage.transaction import Transaction
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem

MOST: Final = 20


def require_readers(
    transaction: Transaction,
    reader: Reader,
    record: RecordRef,
    users: Sequence[int],
    context: Callable[[Actor], Context],
) -> None:
    """Refuse whoever is not a user that the actor knows of, and who may not read the record: each by name."""
    if len(users) > MOST:
        raise TooManyMentions(most=MOST)
    if not users:
        return
    known, may = _looked(transaction, reader, record, users, context)
    problems = list(_problems(users, known, may))
    if problems:
        raise CannotMention(problems)


def offered(
    transaction: Transaction,
    reader: Reader,
    record: RecordRef,
    users: Sequence[int],
    context: Callable[[Actor], Context],
    limit: int,
) -> list[dict[str, Any]]:
    """Of these users the first that a comment beside the record may mention, in their order."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(users), 2 * limit):
        some = users[start : start + 2 * limit]
        known, may = _looked(transaction, reader, record, some, context)
        found += [{"id": user, "title": known[user]} for user in some if user in known and user in may]
        if len(found) >= limit:
            break
    return found[:limit]


def _looked(
    transaction: Transaction,
    reader: Reader,
    record: RecordRef,
    users: Sequence[int],
    context: Callable[[Actor], Context],
) -> tuple[dict[int, str | None], set[int]]:
    """The users that the actor knows of, by name; and those of all who may read the record. Two round trips."""
    answers = transaction.run(
        reader.statement(USERS, users), *(user_statement(transaction.schema, user) for user in users)
    )
    known: dict[int, str | None] = dict(answers[0])
    actors = [_actor(rows) for rows in answers[1:]]
    readers = [None if actor is None else replace(reader, actor=actor, context=context(actor)) for actor in actors]
    asking = [one for one in readers if one is not None and one.reads(record.form)]
    seen = transaction.run(*(one.statement(record.form, [record.id]) for one in asking)) if asking else []
    return known, {one.actor.id for one, rows in zip(asking, seen, strict=True) if rows}


def _problems(users: Sequence[int], known: dict[int, str | None], may: set[int]) -> Iterator[Problem]:
    for place, user in enumerate(users, 1):
        if user not in known:
            yield Problem("talk.unknown_user", "mentions", place, {"id": user})
        elif user not in may:
            yield Problem("talk.may_not_read", "mentions", place, {"id": user, "name": known[user]})


def _actor(rows: list[tuple[object, ...]]) -> Actor | None:
    try:
        return actor_of(rows)
    except NotAMember:
        return None
