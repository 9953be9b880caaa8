"""Locks the accounts of requests in id order and reads all that a decision needs, in one round trip."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from onebook.ledger import later_days, originals
from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Hold
from onebook.ledger.needs import Needs, needs_of
from onebook.ledger.picking import agrees
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

_COLUMNS = "role, item, place, lot, party, document, spot"
_ARRAYS = "%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]"
_KEYS = f"unnest({_ARRAYS})"
_DIMENSIONS = f"({_COLUMNS})"
_SAME = """a.role = k.role AND a.item = k.item AND a.place = k.place AND a.lot = k.lot
    AND a.party = k.party AND a.document = k.document AND a.spot = k.spot"""
# Each key is looked up by itself (that is what OFFSET 0 says): a plan that was made while the tables were empty would
# otherwise read them from end to end for ever after.
_EACH = f"CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE {_SAME} OFFSET 0) AS a"

SHARE_PERIODS = f"SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()), {PERIOD_LOCK})"

# Sorted, so that two who create the same accounts wait for each other in one order. Everything that waits here waits
# before it holds a row lock of the statements below.
CREATE = f"""
INSERT INTO ledger_account ({_COLUMNS}, kept)
SELECT k.role, k.item, k.place, k.lot, k.party, k.document, k.spot, k.kept
FROM unnest({_ARRAYS}, %s::boolean[]) AS k ({_COLUMNS}, kept)
WHERE (SELECT a.id FROM ledger_account a WHERE {_SAME}) IS NULL
ORDER BY 1, 2, 3, 4, 5, 6, 7 ON CONFLICT DO NOTHING"""

# The open holds that a request settles or releases, and those that it undoes, open or not: each in statements that want
# it, so that the server opens no table and index for what nobody asks.
_SETTLED = """
SELECT h.id, h.account FROM unnest(%s::text[], %s::bigint[]) AS k (name, owner) CROSS JOIN LATERAL (
    SELECT h.id, h.account FROM ledger_hold h
    WHERE h.owner = k.owner AND h.name = k.name AND h.is_open OFFSET 0) AS h"""
_OF_DOCUMENT = """
SELECT h.id, h.account FROM unnest(%s::text[], %s::bigint[]) AS k (name, document) CROSS JOIN LATERAL (
    SELECT h.id, h.account FROM ledger_hold h
    WHERE h.document = k.document AND (h.name = k.name OR k.name = '') AND h.is_open OFFSET 0) AS h"""
_CHANGED = "SELECT h.id, h.account FROM ledger_hold h WHERE h.id = ANY(%s::bigint[])"
_EVER_SETTLED = """
SELECT h.id, h.account FROM unnest(%s::text[], %s::bigint[]) AS k (name, owner) CROSS JOIN LATERAL (
    SELECT h.id, h.account FROM ledger_hold h
    WHERE h.name = k.name AND (h.owner = k.owner OR h.document = k.owner) OFFSET 0) AS h"""

_ACCOUNT = f"""id, {_COLUMNS}, quantity, amount, taken_quantity, taken_amount,
    expected_quantity, expected_amount, waiting, last_on, own_quantity, own_amount, unit_cost, floor"""

# NO KEY UPDATE: enough against other posters, and a new leaf may still point to its locked control account.
_IN_ORDER = "ORDER BY id FOR NO KEY UPDATE"
_NAMED = f"SELECT a.id FROM {_KEYS} AS k {_DIMENSIONS} {_EACH}"
_WITH_HOLDS = """ UNION ALL SELECT unnest(ARRAY[a.id, a.control]) FROM ({held}) AS held
    CROSS JOIN LATERAL (SELECT a.id, a.control FROM ledger_account a WHERE a.id = held.account OFFSET 0) AS a"""
_WITH_ORIGINALS = f" UNION ALL SELECT o.id FROM ({originals.CONTROLS}) AS o (id)"
LOCK = f"SELECT {_ACCOUNT} FROM ledger_account WHERE id = ANY(ARRAY({_NAMED}{{holds}}{{originals}})) {_IN_ORDER}"
#: The accounts of earlier rows and their goods; and what waits for such goods.
ORIGINALS = f"SELECT {_ACCOUNT} FROM ledger_account WHERE id = ANY(ARRAY({originals.ACCOUNTS}))"

# Whoever changes a leaf holds the lock of its control account. So what follows the locks needs none of its own: here
# leaves are made that nobody else can be making, and read as they stand; those that pieces may be picked from, and the
# accounts that their lots may be carried to. Of the latter, those that do not exist get a number and no row yet.
LEAVES = f"""
WITH k AS MATERIALIZED (SELECT * FROM unnest({_ARRAYS}, {_ARRAYS})
    AS k ({_COLUMNS}, up_role, up_item, up_place, up_lot, up_party, up_document, up_spot)),
made AS (
    INSERT INTO ledger_account ({_COLUMNS}, control, kept)
    SELECT k.role, k.item, k.place, k.lot, k.party, k.document, k.spot, c.id, true
    FROM k CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE a.role = k.up_role AND a.item = k.up_item
        AND a.place = k.up_place AND a.lot = k.up_lot AND a.party = k.up_party AND a.document = k.up_document
        AND a.spot = k.up_spot OFFSET 0) AS c
    WHERE (SELECT a.id FROM ledger_account a WHERE {_SAME}) IS NULL
    ORDER BY 1, 2, 3, 4, 5, 6, 7 ON CONFLICT DO NOTHING RETURNING {_ACCOUNT})
SELECT {_ACCOUNT} FROM made
UNION ALL SELECT a.* FROM k CROSS JOIN LATERAL (SELECT {_ACCOUNT} FROM ledger_account a WHERE {_SAME} OFFSET 0) AS a"""

_LEAF = f"""CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE {_SAME} OFFSET 0) AS c
CROSS JOIN LATERAL (SELECT * FROM ledger_account a WHERE a.control = c.id AND a.has_pieces
    AND k.asked_lot IN (0, a.lot) AND k.asked_spot IN (0, a.spot) OFFSET 0) AS leaf"""
BELOW = f"""
SELECT k.nth, {", ".join(f"leaf.{name.strip()}" for name in _ACCOUNT.split(","))}
FROM unnest({_ARRAYS}, %s::bigint[], %s::bigint[]) WITH ORDINALITY AS k ({_COLUMNS}, asked_lot, asked_spot, nth)
{_LEAF}"""
_CARRIED = f"""
FROM (SELECT DISTINCT k.nth, k.to_role AS role, k.to_item AS item, k.to_place AS place, leaf.lot,
        k.to_party AS party, k.to_document AS document, k.to_spot AS spot
    FROM unnest({_ARRAYS}, %s::bigint[], %s::bigint[], {_ARRAYS}) WITH ORDINALITY
        AS k ({_COLUMNS}, asked_lot, asked_spot,
            to_role, to_item, to_place, to_lot, to_party, to_document, to_spot, nth)
    {_LEAF} WHERE leaf.lot <> 0) AS k
LEFT JOIN LATERAL (SELECT * FROM ledger_account a WHERE {_SAME} OFFSET 0) AS a ON true"""
_CARRIED_ACCOUNT = ", ".join(f"a.{name.strip()}" for name in _ACCOUNT.split(",")[1:])
CARRIED = f"""SELECT k.nth, k.lot, a.id IS NULL, coalesce(a.id, nextval('ledger_account_id_seq')),
    {_CARRIED_ACCOUNT} {_CARRIED}"""
CARRIED_UNLOCKED = f"SELECT k.nth, k.lot, a.id IS NULL, coalesce(a.id, 0), {_CARRIED_ACCOUNT} {_CARRIED}"

SUMMED = f"""
SELECT k.nth, a.id FROM {_KEYS} WITH ORDINALITY AS k ({_COLUMNS}, nth) {_EACH}"""

_HOLD = """h.id, h.name, a.role, a.item, a.place, a.lot, a.party, a.document, a.spot, h.form, h.document, h.line,
    h.sign, h.due, h.priority, h.waits, h.wanted_quantity, h.wanted_amount, h.settled_quantity, h.settled_amount,
    h.released_quantity, h.released_amount, h.waiting"""
_HOLD_COLUMNS = len(_HOLD.split(","))
_HOLDS = f"SELECT {_HOLD} FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
HOLDS = f"{_HOLDS} WHERE h.id = ANY(ARRAY(SELECT held.id FROM ({{held}}) AS held))"
DISPLACED = f"{_HOLDS} WHERE h.is_open AND h.waits AND h.account = ANY(ARRAY({_NAMED}))"

# What becomes available on an account is so on the one that it rolls up to: who waits there or below may be served.
# A control account counts what waits below it, so that nothing is looked for where nobody waits; who waits on a leaf
# is read with it.
_WAITING = f"""
SELECT {_HOLD}, {", ".join(f"a.{name.strip()}" for name in _ACCOUNT.split(","))}
FROM ledger_hold h JOIN ledger_account a ON a.id = h.account
WHERE h.is_waiting AND h.account = ANY(ARRAY(
    SELECT unnest(c.id || ARRAY(SELECT l.id FROM ledger_account l WHERE l.control = c.id AND l.waiting > 0))
    FROM ({{controls}}) AS c (id)))"""
_CONTROLS = f"""SELECT a.id FROM {_KEYS} AS k {_DIMENSIONS}
    CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE {_SAME} AND a.waiting > 0 OFFSET 0) AS a"""
_CONTROLS_OF_HELD = """SELECT c.id FROM ({held}) AS held
    CROSS JOIN LATERAL (SELECT coalesce(a.control, a.id) AS id FROM ledger_account a WHERE a.id = held.account OFFSET 0)
        AS a
    CROSS JOIN LATERAL (SELECT c.id FROM ledger_account c WHERE c.id = a.id AND c.waiting > 0 OFFSET 0) AS c"""
_CONTROLS_OF_ORIGINALS = f"""SELECT c.id FROM ({originals.CONTROLS}) AS a (id)
    CROSS JOIN LATERAL (SELECT c.id FROM ledger_account c WHERE c.id = a.id AND c.waiting > 0 OFFSET 0) AS c"""
WAITING = _WAITING.format(controls=_CONTROLS)
WAITING_WITH_HOLDS = _WAITING.format(controls=f"{_CONTROLS} UNION {_CONTROLS_OF_HELD}")
WAITING_FOR_ORIGINALS = _WAITING.format(controls=_CONTROLS_OF_ORIGINALS)

NUMBERS = """
SELECT ARRAY(SELECT nextval('ledger_journal_id') FROM generate_series(1, %s)),
    ARRAY(SELECT nextval('ledger_hold_id') FROM generate_series(1, %s)),
    (SELECT max(month) FROM ledger_period WHERE closed)"""
# Asked again under lock: two who reverse the same journal have both found it whole before.
REVERSALS = "SELECT reverses, id FROM ledger_journal WHERE reverses = ANY(%s::bigint[])"
CLOSED = "SELECT max(month) FROM ledger_period WHERE closed"


#: The statements that may have to wait for others.
_TAKING = ("periods", "create", "accounts")
#: The statements that answer with holds.
_HELD_ROWS = ("holds", "displaced")
#: The same, with the account of each.
_WAITING_ROWS = ("waiting", "waiting for originals")


@dataclass(frozen=True, slots=True)
class Reading:
    """The statements that lock and read for requests, and how their rows become `Locked`."""

    needs: Needs
    roles: Mapping[str, Role]
    lock: bool
    statements: tuple[Statement, ...]
    #: What each of the statements answers.
    names: tuple[str, ...]

    def locked(self, rows: Sequence[Rows]) -> Locked:
        """What the rows of the statements say. Refuses a journal that was reversed meanwhile."""
        found = dict(zip(self.names, rows, strict=True))
        for journal, by in found.get("reversals", ()):
            raise AlreadyReversed(journal=journal, by=by)
        accounts = {state.key: state for name in ("accounts", "leaves") for state in map(_account, found.get(name, ()))}
        for key in self.needs.kept:
            if key not in accounts:
                if self.lock:
                    # Somebody else made the leaf in this very moment.
                    raise TryAgain
                accounts[key] = AccountState(0, key)
        leaves = self._leaves(found.get("below", []), accounts)
        carried = self._carried(found.get("carried", []), accounts)
        summed = dict.fromkeys(self.needs.summed, 0)
        for nth, account in found.get("summed", ()):
            summed[self.needs.summed[nth - 1]] = account
        for at, keys in self._take_originals(found, accounts, summed).items():
            carried[at] = tuple(dict.fromkeys((*carried.get(at, ()), *keys)))
        holds = {hold.id: hold for name in _HELD_ROWS for hold in map(_hold, found.get(name, ()))}
        for name in _WAITING_ROWS:
            for row in found.get(name, ()):
                hold, state = _hold(row[:_HOLD_COLUMNS]), _account(row[_HOLD_COLUMNS:])
                holds[hold.id] = hold
                if state.key.control(self.roles[state.key.role]) in accounts:
                    accounts.setdefault(state.key, state)
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
            leaves=leaves,
            carried=carried,
            originals=self.needs.past.found(found),
            is_locked=self.lock,
        )

    def _take_originals(
        self, found: Mapping[str, Rows], accounts: dict[AccountKey, AccountState], summed: dict[AccountKey, int]
    ) -> dict[AccountKey, list[AccountKey]]:
        """The accounts of earlier rows, where their goods are, and where they may go back to. Answers which of them
        may stand for an account that is asked to take goods back, or to give them back."""
        below: defaultdict[AccountKey, list[AccountKey]] = defaultdict(list)
        for state in map(_account, found.get("originals", ())):
            control = state.key.control(self.roles[state.key.role])
            if control in accounts:
                accounts.setdefault(state.key, state)
                below[control].append(state.key)
            elif self.lock:
                # The goods came there, or the row moved more, while this waited for its locks.
                raise TryAgain
        for *dimensions, is_new, account in found.get("returned", ()):
            key = AccountKey(*dimensions)
            accounts.setdefault(key, AccountState(account, key, is_new=self.lock and is_new))
            below[key.control(self.roles[key.role])].append(key)
        for key, account in self.needs.past.summed(found):
            summed.setdefault(key, account)
        return {
            at: [key for key in below[at.control(self.roles[at.role])] if key != at and agrees(key, at)]
            for at in self.needs.past.given_back
        }

    def _leaves(self, rows: Rows, accounts: dict[AccountKey, AccountState]) -> dict[AccountKey, tuple[AccountKey, ...]]:
        """Where pieces lie that open sources may take; what was read of them goes to the accounts."""
        below: defaultdict[AccountKey, list[AccountKey]] = defaultdict(list)
        for nth, *row in rows:
            state, source = _account(row), self.needs.opened[nth - 1]
            if agrees(state.key, source):
                accounts.setdefault(state.key, state)
                if state.key != source:
                    below[source].append(state.key)
        return {
            source: (
                *((source,) if accounts[source].own_quantity else ()),
                *sorted(below[source], key=lambda leaf: (leaf.lot, leaf.spot)),
            )
            for source in self.needs.opened
        }

    def _carried(
        self, rows: Rows, accounts: dict[AccountKey, AccountState]
    ) -> dict[AccountKey, tuple[AccountKey, ...]]:
        """The accounts that lots may be carried to; what was read of them goes to the accounts."""
        found = {target: dict.fromkeys(keys) for target, keys in self.needs.lots.items()}
        for nth, lot, is_new, account, *row in rows:
            _, target = self.needs.carried[nth - 1]
            key = target._replace(lot=lot)
            state = AccountState(account, key, is_new=self.lock) if is_new else _account((account, *row))
            accounts.setdefault(key, state)
            found.setdefault(target, {})[key] = None
        return {target: tuple(keys) for target, keys in found.items()}


def prepare(requests: Request | Sequence[Request], roles: Mapping[str, Role], *, lock: bool = True) -> Reading:
    """The statements for one or several requests of one transaction; all locks are taken at once, in order."""
    needs = needs_of((requests,) if isinstance(requests, Request) else requests, roles)
    named = _creating(_creatable(needs)) if lock else []
    named += _reads(needs, lock)
    return Reading(needs, roles, lock, tuple(statement for _, statement in named), tuple(name for name, _ in named))


def taken(requests: Sequence[Request], roles: Mapping[str, Role]) -> tuple[Statement, ...]:
    """The statements that take the locks of all requests at once, in order, and nothing else: for transactions that
    post them one after the other, each on what the one before has written."""
    reading = prepare(requests, roles)
    return tuple(
        statement for name, statement in zip(reading.names, reading.statements, strict=True) if name in _TAKING
    )


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
    return sorted(keys)


def _creating(created: list[tuple[AccountKey, bool]]) -> list[tuple[str, Statement]]:
    statements = [("periods", Statement(SHARE_PERIODS))]
    if created:
        keys = [key for key, _ in created]
        statements.append(("create", Statement(CREATE, (*columns(keys), flags(kept for _, kept in created)))))
    return statements


def _reads(needs: Needs, lock: bool) -> list[tuple[str, Statement]]:
    statements = []
    sql, held = _held(needs)
    past = needs.past
    kept = columns([key for key in needs.kept if key not in needs.leaves] if lock else needs.kept)
    if needs.kept or needs.has_holds:
        parameters = (*kept, *held, *(past.accounts if past.asked else ()))
        statements.append(("accounts", Statement(_lock(sql, past=bool(past.asked), lock=lock), parameters)))
    if needs.leaves and lock:
        leaves = sorted(needs.leaves)
        controls = columns([needs.leaves[leaf] for leaf in leaves])
        statements.append(("leaves", Statement(LEAVES, (*columns(leaves), *controls))))
    if needs.opened:
        statements.append(("below", Statement(BELOW, _below(needs, needs.opened))))
    if needs.carried:
        sources, targets = zip(*needs.carried, strict=True)
        parameters = (*_below(needs, sources), *columns(targets))
        statements.append(("carried", Statement(CARRIED if lock else CARRIED_UNLOCKED, parameters)))
    statements += past.reads(lock=lock)
    if past.asked:
        statements.append(("originals", Statement(ORIGINALS, past.accounts)))
    if past.given_back:
        statements.append(("waiting for originals", Statement(WAITING_FOR_ORIGINALS, past.accounts)))
    if needs.summed:
        statements.append(("summed", Statement(SUMMED, columns(needs.summed))))
    if needs.has_holds:
        statements.append(("holds", Statement(_of_held(HOLDS, sql), held)))
        statements.append(("waiting", Statement(_of_held(WAITING_WITH_HOLDS, sql), (*columns(needs.served), *held))))
    elif needs.served:
        statements.append(("waiting", Statement(WAITING, columns(needs.served))))
    if needs.displaced:
        statements.append(("displaced", Statement(DISPLACED, columns(needs.displaced))))
    if needs.undone:
        statements.append(("reversals", Statement(REVERSALS, (numbers(needs.undone),))))
    if lock:
        statements.append(("numbers", Statement(NUMBERS, (needs.requests, needs.places))))
    else:
        statements.append(("closed", Statement(CLOSED)))
    return statements


def columns(keys: Sequence[AccountKey]) -> tuple[Any, ...]:
    """Keys as one array per column: role, item, place, lot, party, document, spot."""
    return (
        [key.role for key in keys],
        numbers(key.item for key in keys),
        numbers(key.place for key in keys),
        numbers(key.lot for key in keys),
        numbers(key.party for key in keys),
        numbers(key.document for key in keys),
        numbers(key.spot for key in keys),
    )


def _below(needs: Needs, sources: Sequence[AccountKey]) -> tuple[Any, ...]:
    """Parameters of what lies below sources: their control accounts, and the lot and spot that they ask for."""
    controls = [needs.leaves.get(source, source) for source in sources]
    return (
        *columns(controls),
        numbers(source.lot for source in sources),
        numbers(source.spot for source in sources),
    )


def _held(needs: Needs) -> tuple[str, tuple[Any, ...]]:
    """The holds wanted, as SQL, and its parameters: a settle reaches the holds of its owner, be it a row or a whole
    record."""
    parts: list[str] = []
    parameters: list[Any] = []
    of_document = [*needs.settles, *needs.releases]
    for sql, pairs in ((_SETTLED, needs.settles), (_OF_DOCUMENT, of_document), (_EVER_SETTLED, needs.unsettles)):
        if pairs:
            parts.append(sql)
            parameters += [[name for name, _ in pairs], numbers(owner for _, owner in pairs)]
    if needs.holds:
        parts.append(_CHANGED)
        parameters.append(numbers(needs.holds))
    return " UNION ".join(parts), tuple(parameters)


@cache
def _lock(held: str, *, past: bool, lock: bool) -> str:
    sql = LOCK.format(holds=_WITH_HOLDS.format(held=held) if held else "", originals=_WITH_ORIGINALS if past else "")
    return sql if lock else sql.removesuffix(_IN_ORDER)


@cache
def _of_held(template: str, held: str) -> str:
    return template.format(held=held)


def _account(row: Sequence[Any]) -> AccountState:
    """A row of the columns of `_ACCOUNT`: id, key, balance, own sums, unit cost, floor."""
    return AccountState(row[0], AccountKey(*row[1:8]), Balance(*row[8:16]), *row[16:])


def _hold(row: tuple[Any, ...]) -> Hold:
    return Hold(row[0], row[1], AccountKey(*row[2:9]), *row[9:])
