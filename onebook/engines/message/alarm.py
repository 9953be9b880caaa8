"""Alarms: what went wrong behind everybody's back, told to whoever administers the company."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from onebook.definition.catalog import Catalog
from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.engines.message.people import administrators
from onebook.storage.transaction import Statement, Transaction

#: More lines than that are in the log.
MOST_LINES = 20


def alarm(
    transaction: Transaction,
    catalog: Catalog,
    words: str,
    data: Mapping[str, Any],
    key: str,
    lines: Callable[[str], Sequence[str]] = lambda _: (),
) -> tuple[list[int], list[Statement]]:
    """Whom it is told, and what posts it: once for each key. `words`: the code of its title; `lines`: further lines in
    a language."""
    known = administrators(transaction, catalog)
    messages = []
    for one in known:
        said = list(lines(one.language))
        more = [f"… (+{len(said) - MOST_LINES})"] if len(said) > MOST_LINES else []
        text = "\n".join([*said[:MOST_LINES], *more])
        messages.append(Message("alarm", one.id, words=words, data=data, text=text, urgent=True, key=key))
    return [one.id for one in known], posted(messages)
