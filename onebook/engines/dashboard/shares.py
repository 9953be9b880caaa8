"""Dashboards shared by link: whoever has it sees what its sharer may take out, as they may at that moment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson

from onebook.access.actor import Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.dashboards import Dashboards, Told
from onebook.engines.dashboard.refusals import TileNotExportable, TooManyShares, UnknownShare, UnknownTile
from onebook.expression.context import Context
from onebook.storage.database import Database
from onebook.storage.transaction import Statement, Transaction

#: 256 bits; what is stored is its SHA-256, so a stolen table opens nothing.
TOKEN_BYTES: Final = 32
LONGEST_TOKEN: Final = 128
MOST_DAYS: Final = 90
MOST_SHARES: Final = 100
#: Tiles that are words, which everybody may take out.
_WORDS: Final = frozenset({"text"})


class Shares:
    """The shares of one actor."""

    def __init__(self, database: Database, schema: str, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        """Over the dashboards of a published catalog."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._actor = actor
        self._context = context

    def all(self) -> list[Told]:
        """Those that still open something, the latest first."""
        values = {"by": self._actor.id, "now": self._context.now}
        with self._database.transaction(self._schema, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_ALL, values))
        known = self._dashboards.catalog.dashboards
        return [
            {
                "id": number,
                "dashboard": name,
                "label": known[name].label.in_language(self._actor.language) if name in known else name,
                "parameters": parameters,
                "created_at": at,
                "expires_at": expires_at,
                "last_read_at": last_read_at,
                "reads": reads,
            }
            for number, name, parameters, at, expires_at, last_read_at, reads in rows
        ]

    def make(self, name: str, parameters: Mapping[str, Any], days: int) -> Told:
        """Share a dashboard for some days. The token is told here and nowhere else. Raises UnknownDashboard,
        WrongParameter, TooManyShares, and TileNotExportable if there is nothing on it that the actor may take out."""
        dashboard = self._dashboards.find(name, self._actor, self._context)
        asked = Asked(dashboard, parameters, self._context)
        if not any(
            self._dashboards.may_export(tile, self._actor)
            for tile in self._dashboards.seen_of(dashboard, self._actor, self._context)
        ):
            raise TileNotExportable(name=dashboard.label)
        # What was left to its default follows the day on which the link is opened.
        chosen = {key: asked.told[key] for key in parameters}
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = self._context.now + timedelta(days=days)
        values = {
            "token_hash": _hash(token), "dashboard": name, "parameters": orjson.dumps(chosen).decode(),
            "by": self._actor.id, "now": self._context.now, "expires_at": expires_at,
        }  # fmt: skip
        with self._database.transaction(self._schema) as transaction:
            [[[count]]] = transaction.run(Statement(_COUNT, values))
            if count >= MOST_SHARES:
                raise TooManyShares(most=MOST_SHARES)
            [[[number]]] = transaction.commit(Statement(_MAKE, values))
        return {"id": number, "token": token, "expires_at": expires_at}

    def revoke(self, number: int) -> None:
        """The link opens nothing any more. Raises UnknownShare."""
        values = {"id": number, "by": self._actor.id, "now": self._context.now}
        with self._database.transaction(self._schema) as transaction:
            [rows] = transaction.run(Statement(_REVOKE, values))
            if not rows:
                raise UnknownShare
            transaction.commit()


@dataclass(frozen=True, slots=True)
class Shared:
    """What a token opens: a dashboard with the parameters that its sharer chose, and the sharer as they are now."""

    dashboard: str
    parameters: Mapping[str, Any]
    actor: Actor


def opened(transaction: Transaction, schema: str, token: str, now: datetime) -> Shared:
    """What a token opens, counted as read; the caller commits. Raises UnknownShare for everything that opens nothing:
    unknown, expired and taken back links, and those of people who are no users any more."""
    if not token or len(token) > LONGEST_TOKEN:
        raise UnknownShare
    [rows] = transaction.run(Statement(_OPEN, {"token_hash": _hash(token), "now": now}))
    if not rows:
        raise UnknownShare
    dashboard, parameters, by = rows[0]
    [users] = transaction.run(user_statement(schema, by))
    try:
        return Shared(dashboard, parameters, actor_of(users))
    except NotAMember:
        raise UnknownShare from None


class SharedBoard:
    """A dashboard as whoever has its link sees it: to look at, with nothing to open."""

    def __init__(
        self, database: Database, schema: str, dashboards: Dashboards, shared: Shared, context: Context
    ) -> None:
        """Over the dashboards of a published catalog; `context`: of the sharer."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._shared = shared
        self._context = context

    def described(self) -> Told:
        """What a page needs to draw it."""
        shared = self._shared
        told = self._dashboards.described(
            shared.dashboard, shared.parameters, shared.actor, self._context, shared.actor.language
        )
        kept = {tile.tile for tile in self._dashboards.find(shared.dashboard, shared.actor, self._context).tiles
                if tile.kind in _WORDS or self._dashboards.may_export(tile, shared.actor)}  # fmt: skip
        tiles = [{**tile, "forms": [], "may_export": False} for tile in told["tiles"] if tile["tile"] in kept]
        return {**told, "tiles": tiles}

    def tile(self, name: str) -> Told:
        """What a tile shows. Raises UnknownTile for what the sharer may not take out."""
        shared = self._shared
        dashboard, tile = self._dashboards.tile(shared.dashboard, name, shared.actor, self._context)
        if tile.kind not in _WORDS and not self._dashboards.may_export(tile, shared.actor):
            raise UnknownTile(name=name)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            told = self._dashboards.shown(
                transaction, dashboard, tile, shared.parameters, shared.actor, self._context, shared.actor.language
            )
        for figure in told.get("metrics", ()):
            figure["opens"] = None
        return told


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


_ALL: Final = """
SELECT id, dashboard, parameters, at, expires_at, last_read_at, reads FROM onebook_share
WHERE by = %(by)s AND revoked_at IS NULL AND expires_at > %(now)s ORDER BY id DESC
"""
_COUNT: Final = """
SELECT count(*) FROM onebook_share WHERE by = %(by)s AND revoked_at IS NULL AND expires_at > %(now)s
"""
_MAKE: Final = """
INSERT INTO onebook_share (token_hash, dashboard, parameters, by, at, expires_at)
VALUES (%(token_hash)s, %(dashboard)s, %(parameters)s::jsonb, %(by)s, %(now)s, %(expires_at)s) RETURNING id
"""
_REVOKE: Final = """
UPDATE onebook_share SET revoked_at = %(now)s
WHERE id = %(id)s AND by = %(by)s AND revoked_at IS NULL RETURNING id
"""
_OPEN: Final = """
UPDATE onebook_share SET last_read_at = %(now)s, reads = reads + 1
WHERE token_hash = %(token_hash)s AND revoked_at IS NULL AND expires_at > %(now)s
RETURNING dashboard, parameters, by
"""
