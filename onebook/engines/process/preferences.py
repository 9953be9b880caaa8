"""What a user prefers: kept for pages to read; the language is a field of the user's own record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.scope import USERS
from onebook.engines.form.changed import recomputed
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.save import updating
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.wanted import Publication
from onebook.storage.transaction import Statement, Transaction

#: The field of a user's record that says which language they read.
LANGUAGE: Final = "language"

_READ: Final = "SELECT settings FROM onebook_preference WHERE actor = %(actor)s"
#: Keys that are given replace those that are kept; null takes one away.
_KEEP: Final = """
INSERT INTO onebook_preference AS kept (actor, settings)
VALUES (%(actor)s, jsonb_strip_nulls(%(settings)s::jsonb))
ON CONFLICT (actor) DO UPDATE SET settings = jsonb_strip_nulls(kept.settings || %(settings)s::jsonb), at = now()
"""


def preferences(transaction: Transaction, actor: Actor) -> dict[str, Any]:
    """What the actor prefers, as far as they ever said; the language always."""
    [rows] = transaction.run(Statement(_READ, {"actor": actor.id}))
    kept: Mapping[str, Any] = rows[0][0] if rows else {}
    return {**kept, LANGUAGE: actor.language}


def prefer(transaction: Transaction, ground: Ground, actor: Actor, given: Mapping[str, Any], now: datetime) -> None:
    """Keep what is given, in one transaction with the user's record if the language is among it. Raises Republished."""
    settings = {name: value for name, value in given.items() if name != LANGUAGE}
    statements = [Statement(_KEEP, {"actor": actor.id, "settings": orjson.dumps(settings).decode()})]
    language = given.get(LANGUAGE)
    if language is not None and language != actor.language:
        statements += _speaking(transaction, ground, actor, language, now)
    transaction.commit(*statements)


def _speaking(
    transaction: Transaction, ground: Ground, actor: Actor, language: str, now: datetime
) -> tuple[Statement, ...]:
    """What makes the user's record say the language. Which one they read is theirs to say, whatever else of users they
    may change: it is read as the system does, and the trail says that they did it."""
    form = ground.forms.form(USERS)
    keys = form.stored | form.keys
    load = RecordLoad(ground.forms, USERS, [actor.id], keys, SYSTEM, ground.context(actor, now), lock=True)
    gather(transaction, Publication(ground.version), load)
    before = load.row(actor.id)
    after = recomputed(ground.forms, USERS, before, {LANGUAGE: language}, ground.context(actor, now))
    return updating(ground.forms, USERS, before, after, actor, now).statements
