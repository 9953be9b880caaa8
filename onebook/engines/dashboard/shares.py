"""Dashboards and reports shared by link: whoever has it sees what its sharer may take out, as they may then."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from onebook.access.actor import Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.definition.dashboard import Tile
from onebook.engines.dashboard.dashboards import Dashboards, Told
from onebook.engines.dashboard.handing import Handed, require_figures
from onebook.engines.dashboard.refusals import TooManyShares, UnknownDashboard, UnknownShare, UnknownTile
from onebook.engines.report.refusals import UnknownReport
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
        return [
            {
                "id": number,
                "dashboard": handed.dashboard,
                "report": handed.report,
                "look": handed.look,
                "label": handed.label(self._dashboards, self._actor.language),
                "parameters": handed.parameters,
                "created_at": at,
                "expires_at": expires_at,
                "last_read_at": last_read_at,
                "reads": reads,
            }
            for number, at, expires_at, last_read_at, reads, handed in ((*row[:5], Handed(*row[5:])) for row in rows)
        ]

    def make(self, handed: Handed, days: int) -> Told:
        """Share something for some days. The token is told here and nowhere else. Raises UnknownDashboard,
        WrongParameter, TooManyShares, what a report refuses to be looked at like that, and TileNotExportable if there
        is nothing on it that the actor may take out."""
        dashboard, asked = handed.asked(self._dashboards, self._actor, self._context)
        require_figures(self._dashboards, dashboard, self._actor, self._context)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = self._context.now + timedelta(days=days)
        values = {
            # What was left to its default follows the day on which the link is opened.
            **handed.values({key: asked.told[key] for key in handed.parameters}),
            "token_hash": _hash(token), "by": self._actor.id, "now": self._context.now, "expires_at": expires_at,
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
    """What a token opens: what was handed on, and the sharer as they are now."""

    handed: Handed
    actor: Actor


def opened(transaction: Transaction, schema: str, token: str, now: datetime) -> Shared:
    """What a token opens, counted as read; the caller commits. Raises UnknownShare for everything that opens nothing:
    unknown, expired and taken back links, and those of people who are no users any more."""
    if not token or len(token) > LONGEST_TOKEN:
        raise UnknownShare
    [rows] = transaction.run(Statement(_OPEN, {"token_hash": _hash(token), "now": now}))
    if not rows:
        raise UnknownShare
    by, *handed = rows[0]
    [users] = transaction.run(user_statement(schema, by))
    try:
        return Shared(Handed(*handed), actor_of(users))
    except NotAMember:
        raise UnknownShare from None


class SharedBoard:
    """What was shared as whoever has its link sees it: to look at, with nothing to open."""

    def __init__(
        self, database: Database, schema: str, dashboards: Dashboards, shared: Shared, context: Context
    ) -> None:
        """Over the dashboards of a published catalog; `context`: of the sharer. Raises UnknownShare for what is not
        there any more."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._actor = shared.actor
        self._parameters = shared.handed.parameters
        self._context = context
        try:
            self._board = shared.handed.found(dashboards, shared.actor, context)
        except (UnknownDashboard, UnknownReport):
            raise UnknownShare from None

    def described(self) -> Told:
        """What a page needs to draw it."""
        actor = self._actor
        with self._database.transaction(self._schema, read_only=True) as transaction:
            told = self._dashboards.described(
                transaction, self._board, self._parameters, actor, self._context, actor.language
            )
        kept = {tile.tile for tile in self._board.tiles if self._is_open(tile)}
        tiles = [{**tile, "forms": [], "may_export": False} for tile in told["tiles"] if tile["tile"] in kept]
        return {**told, "tiles": tiles}

    def tile(self, name: str) -> Told:
        """What a tile shows. Raises UnknownTile for what the sharer may not take out."""
        tile = self._dashboards.tile_of(self._board, name, self._actor, self._context)
        if not self._is_open(tile):
            raise UnknownTile(name=name)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            told = self._dashboards.shown(
                transaction, self._board, tile, self._parameters, self._actor, self._context, self._actor.language
            )
        for figure in told.get("metrics", ()):
            figure["opens"] = None
        return told

    def _is_open(self, tile: Tile) -> bool:
        return tile.kind in _WORDS or self._dashboards.may_export(tile, self._actor)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


_ALL: Final = """
SELECT id, at, expires_at, last_read_at, reads, dashboard, report, parameters, look FROM onebook_share
WHERE by = %(by)s AND revoked_at IS NULL AND expires_at > %(now)s ORDER BY id DESC
"""
_COUNT: Final = """
SELECT count(*) FROM onebook_share WHERE by = %(by)s AND revoked_at IS NULL AND expires_at > %(now)s
"""
_MAKE: Final = """
INSERT INTO onebook_share (token_hash, dashboard, report, parameters, look, by, at, expires_at)
VALUES (%(token_hash)s, %(dashboard)s, %(report)s, %(parameters)s::jsonb, %(look)s::jsonb, %(by)s, %(now)s,
        %(expires_at)s) RETURNING id
"""
_REVOKE: Final = """
UPDATE onebook_share SET revoked_at = %(now)s
WHERE id = %(id)s AND by = %(by)s AND revoked_at IS NULL RETURNING id
"""
_OPEN: Final = """
UPDATE onebook_share SET last_read_at = %(now)s, reads = reads + 1
WHERE token_hash = %(token_hash)s AND revoked_at IS NULL AND expires_at > %(now)s
RETURNING by, dashboard, report, parameters, look
"""
