"""Mentioning: whom a comment may name, because they may read the record that it stands beside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

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
    answers = transaction.run(
        reader.statement(USERS, users), *(user_statement(transaction.schema, user) for user in users)
    )
    known: dict[int, str | None] = dict(answers[0])
    actors = [_actor(rows) for rows in answers[1:]]
    readers = [None if actor is None else replace(reader, actor=actor, context=context(actor)) for actor in actors]
    asking = [one for one in readers if one is not None and one.reads(record.form)]
    seen = transaction.run(*(one.statement(record.form, [record.id]) for one in asking)) if asking else []
    may = {one.actor.id for one, rows in zip(asking, seen, strict=True) if rows}
    problems = list(_problems(users, known, may))
    if problems:
        raise CannotMention(problems)


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
