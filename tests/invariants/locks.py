"""What transactions lock, and in which order: every statement of every command, as the server gets it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from onebook.storage.pipeline import PipelinedConnection, Rows

#: In which order everybody waits for others: the accounts of the ledger, then records and the series of their numbers,
#: then the monthly totals of accounts that are only summed.
ACCOUNTS, RECORDS, TOTALS = range(3)
_LOCKED: Final = re.compile(r"FOR (NO KEY )?UPDATE")
_TABLE: Final = re.compile(r'FROM "?(\w+)"?')
_WRITTEN: Final = re.compile(r'^\s*UPDATE "?(\w+)"?')
_MADE: Final = re.compile(r'INSERT INTO "?(\w+)"? \("?id"?,')


@dataclass
class Held:
    """What one transaction has locked, in its order: the rank of each lock and what it is."""

    locks: list[tuple[int, str]] = field(default_factory=list)
    #: Nobody else posts while it is under way.
    keeps_out: bool = False
    _accounts: set[int] = field(default_factory=set)
    _records: set[tuple[str, int]] = field(default_factory=set)
    _shares: bool = False

    def problems(self) -> Iterator[str]:
        """What others may be waiting for in a circle."""
        highest, before = ACCOUNTS, ""
        for rank, what in self.locks:
            if rank < highest:
                yield f"{what} after {before}"
            if rank > highest:
                highest, before = rank, what
        if sum(rank == TOTALS for rank, _ in self.locks) > 1:
            yield "totals more than once"
        if sum(rank == ACCOUNTS for rank, _ in self.locks) > 1:
            yield "accounts more than once"

    def take(self, sql: str, parameters: Any, rows: Rows, forms: Mapping[str, object]) -> None:
        """One statement that was run."""
        if "pg_advisory_xact_lock_shared(hashtext(" in sql:
            self._shares = True
        elif "pg_advisory_xact_lock(hashtext(" in sql:
            if self._shares and not self.keeps_out:
                self.locks += [(TOTALS, "a poster"), (ACCOUNTS, "posters kept out")]
            self.keeps_out = True
        elif "INSERT INTO ledger_total" in sql:
            self.locks.append((TOTALS, "totals"))
        elif "ledger_account" in sql and _LOCKED.search(sql):
            new = {row[0] for row in rows} - self._accounts
            if new:
                self._accounts |= new
                self.locks.append((ACCOUNTS, f"accounts {sorted(new)}"))
        elif "INSERT INTO onebook_number" in sql:
            self.locks.append((RECORDS, "a number"))
            self._record(sql, parameters, forms)
        else:
            self._record(sql, parameters, forms)

    def _record(self, sql: str, parameters: Any, forms: Mapping[str, object]) -> None:
        if made := _MADE.search(sql):
            self._records.update((made[1], one) for one in _ids(parameters))
            return
        found = _WRITTEN.search(sql) or (_LOCKED.search(sql) and _TABLE.search(sql))
        if not found or found[1] not in forms:
            return
        new = {(found[1], one) for one in _ids(parameters)} - self._records
        if new:
            self._records |= new
            self.locks.append((RECORDS, f"records {sorted(new)}"))


def _ids(parameters: Any) -> Sequence[int]:
    if not isinstance(parameters, Mapping):
        return ()
    one, many = parameters.get("id"), parameters.get("ids")
    return [*([one] if isinstance(one, int) else []), *(many if isinstance(many, list | tuple) else [])]


@dataclass
class Listener:
    """Hears every transaction of this process that commits."""

    forms: Mapping[str, object]
    #: What each of them held, and the statements that made others wait, however they ended.
    held: list[Held] = field(default_factory=list)
    #: Statements that lock records so that nobody can even point at them.
    alone: list[str] = field(default_factory=list)
    _open: dict[int, Held] = field(default_factory=dict)

    def hear(self, connection: object, sql: str, parameters: Any, rows: Rows) -> None:
        """One statement."""
        if sql.startswith("BEGIN"):
            self._open[id(connection)] = Held()
        current = self._open.get(id(connection))
        if current is None:
            return
        if sql == "COMMIT":
            self.held.append(self._open.pop(id(connection)))
            return
        locked = _LOCKED.search(sql)
        table = _TABLE.search(sql)
        if locked and not locked[1] and table and table[1] in self.forms:
            self.alone.append(sql)
        current.take(sql, parameters, rows, self.forms)


def listen(listener: Listener, patch: pytest.MonkeyPatch) -> None:
    """Let it hear from now on."""
    ahead: Callable[..., None] = PipelinedConnection.ahead
    together: Callable[..., list[Rows]] = PipelinedConnection.together
    abandon: Callable[..., None] = PipelinedConnection.abandon
    underway: defaultdict[int, list[tuple[str, Any]]] = defaultdict(list)

    def sent(self: PipelinedConnection, place: str, statements: Sequence[tuple[str, Any]]) -> None:
        underway[id(self)] += statements
        ahead(self, place, statements)

    def heard(self: PipelinedConnection, place: str, statements: Sequence[tuple[str, Any]]) -> list[Rows]:
        try:
            answers = together(self, place, statements)
        finally:
            asked = underway.pop(id(self), [])
        for (sql, parameters), rows in zip(asked, answers, strict=True):
            listener.hear(self, sql, parameters, rows)
        return answers

    def abandoned(self: PipelinedConnection) -> None:
        underway.pop(id(self), None)
        abandon(self)

    patch.setattr(PipelinedConnection, "ahead", sent)
    patch.setattr(PipelinedConnection, "together", heard)
    patch.setattr(PipelinedConnection, "abandon", abandoned)
