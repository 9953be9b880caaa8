"""Locks the accounts of requests in id order and reads all that a decision needs, in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onebook.ledger import later_days
from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Hold
from onebook.ledger.needs import Needs, needs_of, order
from onebook.ledger.refusals import AlreadyReversed
from onebook.ledger.request import Request
from onebook.ledger.role import Role
from onebook.ledger.state import AccountState, Locked
from onebook.storage.arrays import flags, numbers
from onebook.storage.database import TryAgain
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.month import Month

#: Second key of the advisory lock that posting shares and closing a period takes alone.
PERIOD_LOCK = 1

_KEYS = """unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"""
_DIMENSIONS = "(role, item, place, lot, party, document)"
_SAME = """a.role = k.role AND a.item = k.item AND a.place = k.place AND a.lot = k.lot
    AND a.party = k.party AND a.document = k.document"""
# Each key is looked up by itself (that is what OFFSET 0 says): a plan that was made while the tables were empty would
# otherwise read them from end to end for ever after.
_EACH = f"CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE {_SAME} OFFSET 0) AS a"

SHARE_PERIODS = f"SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()), {PERIOD_LOCK})"

# Sorted, so that two who create the same accounts wait for each other in one order. Everything that waits here waits
# before it holds a row lock of the statements below.
CREATE = f"""
INSERT INTO ledger_account (role, item, place, lot, party, document, kept)
SELECT k.role, k.item, k.place, k.lot, k.party, k.document, k.kept
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[])
    AS k (role, item, place, lot, party, document, kept)
WHERE (SELECT a.id FROM ledger_account a WHERE {_SAME}) IS NULL
ORDER BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO NOTHING"""

CREATE_LEAVES = f"""
INSERT INTO ledger_account (role, item, place, lot, party, document, control, kept)
SELECT k.role, k.item, k.place, k.lot, k.party, k.document, c.id, true
FROM {_KEYS} WITH ORDINALITY AS k (role, item, place, lot, party, document, nth)
JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
    AS up (item, place, lot, party, document, nth) ON up.nth = k.nth
CROSS JOIN LATERAL (SELECT c.id FROM ledger_account c WHERE c.role = k.role AND c.item = up.item
    AND c.place = up.place AND c.lot = up.lot AND c.party = up.party AND c.document = up.document OFFSET 0) AS c
WHERE (SELECT a.id FROM ledger_account a WHERE {_SAME}) IS NULL
ORDER BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO NOTHING"""

# The open holds that a request settles, releases or undoes.
_HELD = """
SELECT h.id, h.account FROM unnest(%s::text[], %s::bigint[]) AS k (name, owner) CROSS JOIN LATERAL (
    SELECT h.id, h.account FROM ledger_hold h WHERE h.owner = k.owner AND h.name = k.name AND h.is_open OFFSET 0) AS h
UNION SELECT h.id, h.account FROM unnest(%s::text[], %s::bigint[]) AS k (name, document) CROSS JOIN LATERAL (
    SELECT h.id, h.account FROM ledger_hold h
    WHERE h.document = k.document AND (h.name = k.name OR k.name = '') AND h.is_open OFFSET 0) AS h
UNION SELECT h.id, h.account FROM ledger_hold h WHERE h.id = ANY(%s::bigint[])"""

_ACCOUNT = """id, role, item, place, lot, party, document, quantity, amount, taken_quantity, taken_amount,
    expected_quantity, expected_amount, waiting, last_on, own_quantity, own_amount, unit_cost, floor"""

# NO KEY UPDATE: enough against other posters, and a new leaf may still point to its locked control account.
_IN_ORDER = "ORDER BY id FOR NO KEY UPDATE"
_NAMED = f"SELECT a.id FROM {_KEYS} AS k {_DIMENSIONS} {_EACH}"
LOCK = f"SELECT {_ACCOUNT} FROM ledger_account WHERE id = ANY(ARRAY({_NAMED})) {_IN_ORDER}"
LOCK_WITH_HOLDS = f"""
SELECT {_ACCOUNT} FROM ledger_account WHERE id = ANY(ARRAY(
    {_NAMED}
    UNION ALL SELECT unnest(ARRAY[a.id, a.control]) FROM ({_HELD}) AS held
        CROSS JOIN LATERAL (SELECT a.id, a.control FROM ledger_account a WHERE a.id = held.account OFFSET 0) AS a
)) {_IN_ORDER}"""

SUMMED = f"""
SELECT k.nth, a.id FROM {_KEYS} WITH ORDINALITY AS k (role, item, place, lot, party, document, nth) {_EACH}"""

_HOLD = """h.id, h.name, a.role, a.item, a.place, a.lot, a.party, a.document, h.form, h.document, h.line, h.sign, h.due,
    h.priority, h.waits, h.wanted_quantity, h.wanted_amount, h.settled_quantity, h.settled_amount,
    h.released_quantity, h.released_amount, h.waiting"""
_HOLDS = f"SELECT {_HOLD} FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
HOLDS = f"{_HOLDS} WHERE h.id = ANY(ARRAY(SELECT held.id FROM ({_HELD}) AS held))"
WAITING = f"{_HOLDS} WHERE h.is_waiting AND h.account = ANY(ARRAY({_NAMED}))"
WAITING_WITH_HOLDS = f"""{_HOLDS} WHERE h.is_waiting AND h.account = ANY(ARRAY(
    {_NAMED} UNION ALL SELECT held.account FROM ({_HELD}) AS held))"""

NUMBERS = """
SELECT ARRAY(SELECT nextval('ledger_journal_id') FROM generate_series(1, %s)),
    ARRAY(SELECT nextval('ledger_hold_id') FROM generate_series(1, %s)),
    (SELECT max(month) FROM ledger_period WHERE closed)"""
# Asked again under lock: two who reverse the same journal have both found it whole before.
REVERSALS = "SELECT reverses, id FROM ledger_journal WHERE reverses = ANY(%s::bigint[])"
CLOSED = "SELECT max(month) FROM ledger_period WHERE closed"


@dataclass(frozen=True, slots=True)
class Reading:
    """The statements that lock and read for requests, and how their rows become `Locked`."""

    needs: Needs
    roles: Mapping[str, Role]
    lock: bool
    statements: tuple[Statement, ...]
    _names: tuple[str, ...]

    def locked(self, rows: Sequence[Rows]) -> Locked:
        """What the rows of the statements say. Refuses a journal that was reversed meanwhile."""
        found = dict(zip(self._names, rows, strict=True))
        for journal, by in found.get("reversals", ()):
            raise AlreadyReversed(journal=journal, by=by)
        accounts = {state.key: state for state in map(_account, found.get("accounts", ()))}
        for key in self.needs.kept:
            if key not in accounts:
                accounts[key] = AccountState(0, key)
        summed = dict.fromkeys(self.needs.summed, 0)
        for nth, account in found.get("summed", ()):
            summed[self.needs.summed[nth - 1]] = account
        holds = {hold.id: hold for name in ("holds", "waiting") for hold in map(_hold, found.get(name, ()))}
        if any(hold.account not in accounts for hold in holds.values()):
            # Placed for the same record in this very moment; the locks taken do not cover it.
            raise TryAgain
        if self.lock:
            journals, new_holds, closed = found["numbers"][0]
        else:
            journals, new_holds = [0] * self.needs.requests, range(-1, -self.needs.places - 1, -1)
            closed = found["closed"][0][0]
        return Locked(
            roles=self.roles,
            accounts=accounts,
            summed=summed,
            holds=holds,
            journals=tuple(journals),
            new_holds=tuple(new_holds),
            closed=None if closed is None else Month.of(closed),
            is_locked=self.lock,
        )


def prepare(requests: Request | Sequence[Request], roles: Mapping[str, Role], *, lock: bool = True) -> Reading:
    """The statements for one or several requests of one transaction; all locks are taken at once, in order."""
    needs = needs_of((requests,) if isinstance(requests, Request) else requests, roles)
    named = _named(_creatable(needs), needs) if lock else []
    named += _reads(needs, lock)
    return Reading(needs, roles, lock, tuple(statement for _, statement in named), tuple(name for name, _ in named))


def read(
    transaction: Transaction,
    requests: Request | Sequence[Request],
    roles: Mapping[str, Role],
    *,
    lock: bool = True,
) -> Locked:
    """Lock and read everything that the requests touch, creating missing accounts.

    One round trip; one more only for an event dated before the latest entry of an account that has a limit.
    With `lock=False` nothing is locked or written: missing accounts count as empty.
    """
    requests = (requests,) if isinstance(requests, Request) else requests
    reading = prepare(requests, roles, lock=lock)
    locked = reading.locked(transaction.run(*reading.statements))
    backdated = later_days.wanted(requests, locked)
    if not backdated:
        return locked
    rows = transaction.run(*(statement for _, statement in backdated))
    return replace(locked, later=later_days.found([asked for asked, _ in backdated], rows))


def _creatable(needs: Needs) -> list[tuple[AccountKey, bool]]:
    keys = [(key, True) for key in needs.kept if key not in needs.leaves]
    keys += [(key, False) for key in needs.summed]
    return sorted(keys, key=lambda pair: order(pair[0]))


def _named(created: list[tuple[AccountKey, bool]], needs: Needs) -> list[tuple[str, Statement]]:
    statements = [("periods", Statement(SHARE_PERIODS))]
    if created:
        keys = [key for key, _ in created]
        statements.append(("create", Statement(CREATE, (*columns(keys), flags(kept for _, kept in created)))))
    if needs.leaves:
        leaves = sorted(needs.leaves, key=order)
        controls = columns([needs.leaves[leaf] for leaf in leaves])[1:]
        statements.append(("create leaves", Statement(CREATE_LEAVES, (*columns(leaves), *controls))))
    return statements


def _reads(needs: Needs, lock: bool) -> list[tuple[str, Statement]]:
    statements = []
    held = _held(needs)
    kept = columns(needs.kept)
    if needs.kept or needs.has_holds:
        sql, parameters = (LOCK_WITH_HOLDS, (*kept, *held)) if needs.has_holds else (LOCK, kept)
        if not lock:
            sql = sql.removesuffix(_IN_ORDER)
        statements.append(("accounts", Statement(sql, parameters)))
    if needs.summed:
        statements.append(("summed", Statement(SUMMED, columns(needs.summed))))
    if needs.has_holds:
        statements.append(("holds", Statement(HOLDS, held)))
        statements.append(("waiting", Statement(WAITING_WITH_HOLDS, (*columns(needs.served), *held))))
    elif needs.served:
        statements.append(("waiting", Statement(WAITING, columns(needs.served))))
    if needs.undone:
        statements.append(("reversals", Statement(REVERSALS, (numbers(needs.undone),))))
    if lock:
        statements.append(("numbers", Statement(NUMBERS, (needs.requests, needs.places))))
    else:
        statements.append(("closed", Statement(CLOSED)))
    return statements


def columns(keys: Sequence[AccountKey]) -> tuple[Any, ...]:
    """Keys as one array per column: role, item, place, lot, party, document."""
    return (
        [key.role for key in keys],
        numbers(key.item for key in keys),
        numbers(key.place for key in keys),
        numbers(key.lot for key in keys),
        numbers(key.party for key in keys),
        numbers(key.document for key in keys),
    )


def _held(needs: Needs) -> tuple[Any, ...]:
    """Parameters of the open holds: a settle reaches the holds of its owner, be it a row or a whole record."""
    by_document = [*needs.settles, *needs.releases]
    return (
        [name for name, _ in needs.settles],
        numbers(owner for _, owner in needs.settles),
        [name for name, _ in by_document],
        numbers(document for _, document in by_document),
        numbers(needs.holds),
    )


def _account(row: tuple[Any, ...]) -> AccountState:
    """A row of the columns of `_ACCOUNT`: id, key, balance, own sums, unit cost, floor."""
    return AccountState(row[0], AccountKey(*row[1:7]), Balance(*row[7:15]), *row[15:])


def _hold(row: tuple[Any, ...]) -> Hold:
    return Hold(row[0], row[1], AccountKey(*row[2:8]), *row[8:])
