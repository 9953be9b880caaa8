"""Writes postings: a handful of set-based statements, whatever the number of lines, sent together with the commit."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from onebook.ledger.account import AccountKey
from onebook.ledger.hold import Hold
from onebook.ledger.lock import columns
from onebook.ledger.posting import Posting
from onebook.ledger.state import AccountState
from onebook.storage.arrays import dates, flags, numbers
from onebook.storage.transaction import Statement
from onebook.values.decimals import ZERO
from onebook.values.month import Month

#: Totals of hot summed accounts are spread over as many rows, so that posters seldom wait for each other.
SHARDS = 8

JOURNAL = """
INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor, reverses)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""

ENTRIES = """
INSERT INTO ledger_entry (journal, position, account, control, booked_on, line, quantity, amount, gives_back, is_red)
SELECT %s, k.position, k.account, k.control, %s, k.line, k.quantity, k.amount, k.gives_back, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[])
    WITH ORDINALITY AS k (account, control, line, quantity, amount, gives_back, position)"""

# Leaves that a posting is the first to use. Their control accounts are locked, so nobody else can be making them.
NEW_LEAVES = """
INSERT INTO ledger_account (id, role, item, place, lot, party, document, spot, control, kept) OVERRIDING SYSTEM VALUE
SELECT *, true FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[])"""

# Differences, not results: the CHECKs of the table judge what is really there. The ids stand there twice, so that the
# rows are reached by them whatever the server believes about the size of the table.
ACCOUNTS = """
UPDATE ledger_account a SET quantity = a.quantity + k.quantity, amount = a.amount + k.amount,
    own_quantity = a.own_quantity + k.own_quantity, own_amount = a.own_amount + k.own_amount,
    taken_quantity = a.taken_quantity + k.taken_quantity, taken_amount = a.taken_amount + k.taken_amount,
    expected_quantity = a.expected_quantity + k.expected_quantity,
    expected_amount = a.expected_amount + k.expected_amount,
    waiting = a.waiting + k.waiting, unit_cost = k.unit_cost, floor = k.floor, last_on = k.last_on
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
    %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::date[])
    AS k (id, quantity, amount, own_quantity, own_amount, taken_quantity, taken_amount, expected_quantity,
        expected_amount, waiting, unit_cost, floor, last_on)
WHERE a.id = k.id AND a.id = ANY(%s::bigint[])"""

TOTALS = f"""
INSERT INTO ledger_total AS t (account, month, shard, quantity_in, quantity_out, amount_in, amount_out)
SELECT k.account, k.month, CASE WHEN k.summed THEN pg_backend_pid() %% {SHARDS} ELSE 0 END,
    k.quantity_in, k.quantity_out, k.amount_in, k.amount_out
FROM unnest(%s::bigint[], %s::date[], %s::boolean[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
    AS k (account, month, summed, quantity_in, quantity_out, amount_in, amount_out)
ORDER BY 1, 2, 3
ON CONFLICT (account, month, shard) DO UPDATE SET
    quantity_in = t.quantity_in + excluded.quantity_in, quantity_out = t.quantity_out + excluded.quantity_out,
    amount_in = t.amount_in + excluded.amount_in, amount_out = t.amount_out + excluded.amount_out"""

NEW_HOLDS = """
INSERT INTO ledger_hold (id, name, account, form, document, line, sign, due, priority, waits, wanted_quantity,
    wanted_amount, settled_quantity, settled_amount, released_quantity, released_amount, waiting)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::smallint[],
    %s::date[], %s::integer[], %s::boolean[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
    %s::numeric[], %s::numeric[], %s::numeric[])"""

HOLDS = """
UPDATE ledger_hold h SET wanted_quantity = k.wanted_quantity, wanted_amount = k.wanted_amount,
    settled_quantity = k.settled_quantity, settled_amount = k.settled_amount,
    released_quantity = k.released_quantity, released_amount = k.released_amount, waiting = k.waiting
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
    %s::numeric[])
    AS k (id, wanted_quantity, wanted_amount, settled_quantity, settled_amount, released_quantity, released_amount,
        waiting)
WHERE h.id = k.id AND h.id = ANY(%s::bigint[])"""

HOLD_CHANGES = """
INSERT INTO ledger_hold_change (journal, position, hold, kind, line, wanted_quantity, wanted_amount,
    settled_quantity, settled_amount, released_quantity, released_amount, waiting)
SELECT %s, k.position, k.hold, k.kind, k.line, k.wanted_quantity, k.wanted_amount, k.settled_quantity,
    k.settled_amount, k.released_quantity, k.released_amount, k.waiting
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
    %s::numeric[], %s::numeric[], %s::numeric[])
    WITH ORDINALITY AS k (hold, kind, line, wanted_quantity, wanted_amount, settled_quantity, settled_amount,
        released_quantity, released_amount, waiting, position)"""


def statements(*postings: Posting) -> list[Statement]:
    """What writes the postings, in this order. Several of one transaction share their updates of accounts and totals.

    Send them in one round trip with COMMIT, after everything that may still refuse.
    """
    return [*without_totals(*postings), *totals(*postings)]


def without_totals(*postings: Posting) -> list[Statement]:
    """The same but for the monthly totals, for transactions that post again and again: their totals, some of which
    others may be writing too, come once, with COMMIT."""
    assert all(posting.is_locked for posting in postings), "a preview cannot be posted"
    written = [posting for posting in postings if not posting.is_empty]
    result = _new_leaves(written)
    for posting in written:
        result.append(_journal(posting))
        if posting.journal.entries:
            result.append(_entries(posting))
    result += _accounts(written)
    result += _holds(written)
    result += [_hold_changes(posting) for posting in written if posting.changes]
    return result


def _new_leaves(postings: list[Posting]) -> list[Statement]:
    new = {
        change.before.id: (change.key, posting.ids[posting.controls[change.key]])
        for posting in postings
        for change in posting.accounts
        if change.before.is_new
    }
    if not new:
        return []
    ids = sorted(new)
    keys = columns([new[i][0] for i in ids])
    return [Statement(NEW_LEAVES, (numbers(ids), *keys, numbers([new[i][1] for i in ids])))]


def _journal(posting: Posting) -> Statement:
    origin = posting.journal.origin
    return Statement(
        JOURNAL,
        (posting.id, posting.on, origin.form, origin.id, origin.transition, origin.actor, posting.reverses),
    )


def _entries(posting: Posting) -> Statement:
    entries, ids, controls = posting.journal.entries, posting.ids, posting.controls
    return Statement(
        ENTRIES,
        (
            posting.id,
            posting.on,
            posting.reverses is not None,
            numbers([ids[entry.account] for entry in entries]),
            numbers([ids[controls[entry.account]] if entry.account in controls else 0 for entry in entries]),
            numbers([entry.line for entry in entries]),
            numbers([entry.quantity for entry in entries]),
            numbers([entry.amount for entry in entries]),
            numbers([entry.gives_back for entry in entries]),
        ),
    )


def _accounts(postings: list[Posting]) -> list[Statement]:
    """One row per account: from where the first posting found it to where the last one left it."""
    first: dict[int, AccountState] = {}
    last: dict[int, AccountState] = {}
    for posting in postings:
        for change in posting.accounts:
            first.setdefault(change.after.id, change.before)
            last[change.after.id] = change.after
    if not last:
        return []
    ids = sorted(last)
    pairs = [(first[i], last[i], first[i].balance, last[i].balance) for i in ids]
    return [
        Statement(
            ACCOUNTS,
            (
                numbers(ids),
                numbers([new.quantity - old.quantity for _, _, old, new in pairs]),
                numbers([new.amount - old.amount for _, _, old, new in pairs]),
                numbers([after.own_quantity - before.own_quantity for before, after, _, _ in pairs]),
                numbers([after.own_amount - before.own_amount for before, after, _, _ in pairs]),
                numbers([new.taken_quantity - old.taken_quantity for _, _, old, new in pairs]),
                numbers([new.taken_amount - old.taken_amount for _, _, old, new in pairs]),
                numbers([new.expected_quantity - old.expected_quantity for _, _, old, new in pairs]),
                numbers([new.expected_amount - old.expected_amount for _, _, old, new in pairs]),
                numbers([new.waiting - old.waiting for _, _, old, new in pairs]),
                numbers([after.unit_cost for _, after, _, _ in pairs]),
                numbers([after.floor for _, after, _, _ in pairs]),
                dates([new.last_on for _, _, _, new in pairs]),
                numbers(ids),
            ),
        )
    ]


def totals(*postings: Posting) -> list[Statement]:
    """Incoming and outgoing per account and month, leaves counted on their control account too.

    A red entry lowers what its original raised, so that a reversal restores these figures as well.
    """
    sums_of: defaultdict[tuple[int, date, bool], list[Decimal]] = defaultdict(lambda: [ZERO] * 4)
    for posting in postings:
        month = Month.of(posting.on).first
        is_red = posting.reverses is not None
        for entry in posting.journal.entries:
            for account, is_summed in _counted(posting, entry.account):
                sums = sums_of[account, month, is_summed]
                for first, measure in ((0, entry.quantity), (2, entry.amount)):
                    if measure:
                        is_out = (measure < 0) != is_red
                        sums[first + is_out] += -measure if is_out else measure
    if not sums_of:
        return []
    keys = sorted(sums_of)
    return [
        Statement(
            TOTALS,
            (
                numbers([account for account, _, _ in keys]),
                dates([month for _, month, _ in keys]),
                flags([is_summed for _, _, is_summed in keys]),
                *(numbers([sums_of[key][measure] for key in keys]) for measure in range(4)),
            ),
        )
    ]


def _counted(posting: Posting, key: AccountKey) -> list[tuple[int, bool]]:
    control = posting.controls.get(key)
    own = posting.ids[key]
    if control is not None:
        return [(own, False), (posting.ids[control], False)]
    return [(own, key in posting.summed)]


def _holds(postings: list[Posting]) -> list[Statement]:
    last: dict[int, tuple[Hold, int]] = {}
    placed: set[int] = set()
    for posting in postings:
        placed |= posting.placed
        for hold in posting.holds:
            last[hold.id] = hold, posting.ids[hold.account]
    result = []
    if new := [last[i] for i in sorted(placed)]:
        result.append(_new_holds(new))
    if old := [hold for i, (hold, _) in sorted(last.items()) if i not in placed]:
        numbered = numbers([hold.id for hold in old])
        result.append(Statement(HOLDS, (numbered, *_measures(old), numbered)))
    return result


def _new_holds(placed: list[tuple[Hold, int]]) -> Statement:
    holds = [hold for hold, _ in placed]
    return Statement(
        NEW_HOLDS,
        (
            numbers([hold.id for hold in holds]),
            [hold.name for hold in holds],
            numbers([account for _, account in placed]),
            [hold.form for hold in holds],
            numbers([hold.document for hold in holds]),
            numbers([hold.line for hold in holds]),
            numbers([hold.sign for hold in holds]),
            dates([hold.due for hold in holds]),
            numbers([hold.priority for hold in holds]),
            flags([hold.waits for hold in holds]),
            *_measures(holds),
        ),
    )


def _measures(holds: list[Hold]) -> tuple[str, ...]:
    return (
        numbers([hold.wanted_quantity for hold in holds]),
        numbers([hold.wanted_amount for hold in holds]),
        numbers([hold.settled_quantity for hold in holds]),
        numbers([hold.settled_amount for hold in holds]),
        numbers([hold.released_quantity for hold in holds]),
        numbers([hold.released_amount for hold in holds]),
        numbers([hold.waiting for hold in holds]),
    )


def _hold_changes(posting: Posting) -> Statement:
    changes = posting.changes
    return Statement(
        HOLD_CHANGES,
        (
            posting.id,
            numbers([change.hold for change in changes]),
            [change.kind.value for change in changes],
            numbers([change.line for change in changes]),
            numbers([change.wanted_quantity for change in changes]),
            numbers([change.wanted_amount for change in changes]),
            numbers([change.settled_quantity for change in changes]),
            numbers([change.settled_amount for change in changes]),
            numbers([change.released_quantity for change in changes]),
            numbers([change.released_amount for change in changes]),
            numbers([change.waiting for change in changes]),
        ),
    )
