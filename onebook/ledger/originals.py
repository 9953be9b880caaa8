"""What earlier rows moved, and what was given back of it since: read in the round trip of the locks, after them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onebook.ledger.account import AccountKey, difference_account
from onebook.ledger.journal import Entry
from onebook.ledger.request import GiveBack, Request, Revalue, Undo
from onebook.ledger.role import Dimension, Role
from onebook.storage.arrays import numbers
from onebook.storage.transaction import Rows, Statement
from onebook.values.decimals import ZERO

#: A record and a row of it; the record twice for what it moved without a row.
Line = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """Two entries that belong together: pieces with their value from one account to another; negative if red."""

    source: AccountKey
    target: AccountKey
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Original:
    """What a row moved, in order, without what was reversed since."""

    moved: tuple[Moved, ...] = ()
    #: Whether a journal that moved goods for it was reversed.
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Originals:
    """All that giving back, revaluing and reversing must know of the past."""

    lines: Mapping[Line, Original]
    #: By row: everything that was given back of it; reversed returns count negative.
    given_back: Mapping[int, tuple[Moved, ...]]

    def after(self, entries: Sequence[Entry]) -> "Originals":
        """The same once an event of the same transaction has been decided."""
        given_back = dict(self.given_back)
        for mark, moved in pairs(entries):
            if mark:
                given_back[mark] = (*given_back.get(mark, ()), moved)
        return Originals(self.lines, given_back)


NOTHING_BEFORE = Originals({}, {})


def pairs(entries: Sequence[Entry]) -> Iterator[tuple[int, Moved]]:
    """Adjacent entries of one row that move pieces from one account to another, each with the mark that it carries.

    The account that pieces come from is written first; in a red journal that is where they return to.
    """
    nth = 0
    while nth < len(entries) - 1:
        first, second = entries[nth], entries[nth + 1]
        is_pair = first.quantity and first.quantity == -second.quantity and first.account.item == second.account.item
        if is_pair and (first.line, first.gives_back) == (second.line, second.gives_back):
            yield first.gives_back, Moved(first.account, second.account, second.quantity, second.amount)
            nth += 1
        nth += 1


def leaf_of(at: AccountKey, moved: AccountKey, role: Role) -> AccountKey:
    """Where goods of an account go back to, or are looked for: at `at`, in their own lot, and in their own spot too if
    the place is the same and none is given."""
    lot = moved.lot if Dimension.LOT in role.leaf else at.lot
    spot = at.spot
    if Dimension.SPOT in role.leaf and not spot and moved.place == at.place:
        spot = moved.spot
    return at._replace(lot=lot, spot=spot)


def is_asked(account: AccountKey, at: AccountKey, role: Role) -> bool:
    """Whether an account of an original holds what `at` asks for: its role and item, and its lot if it names one."""
    same_lot = at.lot in (0, account.lot) or Dimension.LOT not in role.leaf
    return (account.role, account.item) == (at.role, at.item) and same_lot


def undone_rows(undo: Undo) -> Iterator[int]:
    """The rows whose goods a reversal moves; the record itself for what it moved without a row. Not those that the
    journal gave back itself: taking that back undoes no more than itself."""
    for entry in undo.entries:
        row = entry.line or undo.document
        if entry.quantity and row and entry.gives_back != row:
            yield row


class Portion:
    """What a row brought into one lot, or took out of it, against one other account; and what is left to give back."""

    __slots__ = ("amount", "brought", "counter", "leaf", "left", "left_amount")

    def __init__(self, counter: AccountKey) -> None:
        """Nothing yet."""
        self.leaf = self.counter = counter
        self.brought = self.amount = self.left = self.left_amount = ZERO

    def bring(self, leaf: AccountKey, quantity: Decimal, amount: Decimal) -> None:
        """The row moved pieces."""
        self.leaf = leaf
        self.brought += quantity
        self.amount += amount
        self.give(-quantity, -amount)

    def give(self, quantity: Decimal, amount: Decimal) -> None:
        """Pieces were given back."""
        self.left -= quantity
        self.left_amount -= amount


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a row, seen from one role: it brought pieces in or took them out, by lot, the latest first."""

    came: bool
    portions: tuple[Portion, ...]

    @property
    def left(self) -> Decimal:
        """Pieces that were not given back yet."""
        return sum((portion.left for portion in self.portions), ZERO)


def standing(originals: Originals, line: Line, at: AccountKey, role: Role) -> Standing | None:
    """What stands of a row for the role, item and (if named) lot of `at`; None if it moved nothing of it.

    Between two accounts of the role, the one at the place of `at` counts, or else where the pieces came from."""
    sides = list(_sides(originals.lines.get(line, Original()).moved, at, role))
    total = sum((sign * moved.quantity for _, _, sign, moved in sides), ZERO)
    if not total:
        return None
    came = total > 0
    portions: dict[tuple[int, AccountKey], Portion] = {}
    for leaf, counter, sign, moved in sides:
        portion = portions.pop((leaf.lot, counter), None) or Portion(counter)
        direction = sign if came else -sign
        portion.bring(leaf, direction * moved.quantity, direction * moved.amount)
        portions[leaf.lot, counter] = portion
    for moved in originals.given_back.get(line[1], ()):
        leaf, counter = (moved.source, moved.target) if came else (moved.target, moved.source)
        if (leaf.lot, counter) in portions and is_asked(leaf, at, role):
            portions[leaf.lot, counter].give(moved.quantity, moved.amount)
    return Standing(came, tuple(portion for portion in reversed(list(portions.values())) if portion.brought > 0))


def _sides(moved: Iterable[Moved], at: AccountKey, role: Role) -> Iterator[tuple[AccountKey, AccountKey, int, Moved]]:
    """The account of goods, the other one, and whether goods came (1) or left (-1)."""
    for one in moved:
        out, into = is_asked(one.source, at, role), is_asked(one.target, at, role)
        if out and into:
            out = one.source.place == at.place or one.target.place != at.place
        if out:
            yield one.source, one.target, -1, one
        elif into:
            yield one.target, one.source, 1, one


_ORIGINAL = """FROM unnest(%s::bigint[]) AS k (document)
    CROSS JOIN LATERAL (SELECT j.id, j.record FROM ledger_journal j
        WHERE j.record = k.document AND j.reverses IS NULL OFFSET 0) AS j
    CROSS JOIN LATERAL (SELECT e.position, e.account, e.line, e.quantity, e.amount, e.gives_back FROM ledger_entry e
        WHERE e.journal = j.id AND e.line = ANY(%s::bigint[]) AND e.quantity <> 0 OFFSET 0) AS e"""
# The kept accounts of each row, with what is asked of it: an object, in which a row is found at once, however many are
# asked about.
_ASKED = f"""FROM (
        SELECT DISTINCT e.account, CASE e.line WHEN 0 THEN j.record ELSE e.line END AS line {_ORIGINAL} OFFSET 0) AS e
    CROSS JOIN LATERAL (SELECT a.role, a.item, a.place, a.lot, a.spot FROM ledger_account a
        WHERE a.id = e.account AND a.kept OFFSET 0) AS o
    CROSS JOIN LATERAL (SELECT k.*, CASE WHEN k.has_lot THEN o.lot ELSE k.lot END AS own_lot,
            CASE WHEN k.has_spot AND k.spot = 0 AND k.place = o.place THEN o.spot ELSE k.spot END AS own_spot
        FROM jsonb_to_recordset(%s::jsonb -> e.line::text) AS k (role text, item bigint, place bigint, lot bigint,
            party bigint, document bigint, spot bigint, has_lot boolean, has_spot boolean, revalues boolean)
        WHERE k.role = o.role AND k.item = o.item AND (k.lot = 0 OR NOT k.has_lot OR k.lot = o.lot) OFFSET 0) AS k"""
# The accounts of the originals, and where their goods are or return to: what stands at the place asked; to revalue,
# their lots wherever they are.
_ACCOUNTS = f"""
SELECT {{wanted}} FROM (SELECT DISTINCT e.account {_ORIGINAL} OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT a.id, a.control FROM ledger_account a WHERE a.id = e.account AND a.kept OFFSET 0) AS a
UNION SELECT {{wanted}} {_ASKED}
CROSS JOIN LATERAL (
    SELECT a.id, a.control FROM ledger_account a
    WHERE a.role = k.role AND a.item = k.item AND a.place = k.place AND a.lot = k.own_lot
    UNION ALL SELECT a.id, a.control FROM ledger_account a
    WHERE k.revalues AND a.lot = k.own_lot AND a.lot <> 0 AND a.role = k.role AND a.item = k.item AND a.has_pieces
    OFFSET 0) AS a"""
ACCOUNTS = _ACCOUNTS.format(wanted="a.id")
#: What must be locked for them. Two who give back the same goods both want the original's.
CONTROLS = _ACCOUNTS.format(wanted="coalesce(a.control, a.id)")

# The accounts that goods go back to, or are missing in, as `leaf_of` names them. What does not exist gets a number and
# no row yet.
_RETURNED = f"""
SELECT n.*, a.id IS NULL, {{number}} FROM (
    SELECT DISTINCT k.role, k.item, k.place, k.own_lot, k.party, k.document, k.own_spot {_ASKED} WHERE NOT k.revalues
) AS n (role, item, place, lot, party, document, spot)
LEFT JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE a.role = n.role AND a.item = n.item AND a.place = n.place
    AND a.lot = n.lot AND a.party = n.party AND a.document = n.document AND a.spot = n.spot OFFSET 0) AS a ON true"""
RETURNED = _RETURNED.format(number="coalesce(a.id, nextval('ledger_account_id_seq'))")
RETURNED_UNLOCKED = _RETURNED.format(number="coalesce(a.id, 0)")

_KEY = "a.id, a.kept, a.role, a.item, a.place, a.lot, a.party, a.document, a.spot"
MOVED = f"""
SELECT j.record, EXISTS (SELECT FROM ledger_journal r WHERE r.reverses = j.id), j.id, e.position, e.line, e.gives_back,
    e.quantity, e.amount, {_KEY} {_ORIGINAL}
CROSS JOIN LATERAL (SELECT {_KEY} FROM ledger_account a WHERE a.id = e.account OFFSET 0) AS a
ORDER BY j.id, e.position"""
GIVEN_BACK = f"""
SELECT e.journal, e.position, e.line, e.gives_back, e.quantity, e.amount, {_KEY}
FROM unnest(%s::bigint[]) AS k (line)
CROSS JOIN LATERAL (SELECT e.journal, e.position, e.account, e.line, e.gives_back, e.quantity, e.amount
    FROM ledger_entry e WHERE e.gives_back = k.line AND e.gives_back <> 0 AND e.quantity <> 0 OFFSET 0) AS e
CROSS JOIN LATERAL (SELECT {_KEY} FROM ledger_account a WHERE a.id = e.account OFFSET 0) AS a
ORDER BY e.journal, e.position"""


@dataclass(frozen=True, slots=True)
class Past:
    """What of the past some requests depend on."""

    asked: tuple[GiveBack | Revalue, ...]
    #: Rows whose returns must be known.
    marks: tuple[int, ...]
    roles: Mapping[str, Role]

    def named(self) -> Iterator[AccountKey]:
        """The accounts that are known before anything is read."""
        # Against which accounts goods go back is not known yet, nor whether a rest of value is left there.
        for role in self.roles.values() if self.asked else ():
            if role.difference is not None:
                for at in {one.at for one in self.asked}:
                    if difference := difference_account(role, at, self.roles):
                        yield difference
        for one in self.asked:
            yield one.at.control(self.roles[one.at.role])
            if isinstance(one, Revalue):
                yield one.gone
                yield one.against

    @property
    def given_back(self) -> tuple[AccountKey, ...]:
        """Where goods go back to or leave from, as asked for."""
        return tuple(dict.fromkeys(one.at for one in self.asked if isinstance(one, GiveBack)))

    @property
    def accounts(self) -> tuple[Any, ...]:
        """Parameters of ACCOUNTS and CONTROLS."""
        return *self._lines(), *self._lines(), self._goods()

    def reads(self, *, lock: bool) -> list[tuple[str, Statement]]:
        """To be sent after the locks are held."""
        statements = []
        if self.asked:
            statements.append(("moved", Statement(MOVED, self._lines())))
        if self.given_back:
            wanted = (*self._lines(), self._goods())
            statements.append(("returned", Statement(RETURNED if lock else RETURNED_UNLOCKED, wanted)))
        if self.marks:
            statements.append(("given back", Statement(GIVEN_BACK, (numbers(self.marks),))))
        return statements

    def found(self, rows: Mapping[str, Rows]) -> Originals:
        """What the rows of `reads` say."""
        entries: defaultdict[tuple[Line, int, bool], list[tuple[int, Entry]]] = defaultdict(list)
        for record, is_reversed, journal, position, line, mark, quantity, amount, *account in rows.get("moved", ()):
            row = line or record
            # What a row gave back of itself is no move of its own.
            if mark != row:
                entry = Entry(AccountKey(*account[2:]), quantity, amount, line, mark)
                entries[(record, row), journal, is_reversed].append((position, entry))
        lines: dict[Line, Original] = {}
        for (row, _, is_reversed), found in entries.items():
            moved = tuple(moved for run in _runs(found) for _, moved in pairs(run))
            if moved:
                known = lines.get(row, Original())
                lines[row] = Original(known.moved + (() if is_reversed else moved), known.is_reversed or is_reversed)
        returns: defaultdict[int, list[tuple[int, Entry]]] = defaultdict(list)
        for journal, position, line, mark, quantity, amount, *account in rows.get("given back", ()):
            returns[journal].append((position, Entry(AccountKey(*account[2:]), quantity, amount, line, mark)))
        originals = Originals(lines, {})
        for found in returns.values():
            for run in _runs(found):
                originals = originals.after(run)
        return originals

    def summed(self, rows: Mapping[str, Rows]) -> Iterator[tuple[AccountKey, int]]:
        """The summed accounts among those of the originals, with their ids."""
        for row in rows.get("moved", ()):
            account, is_kept, *key = row[8:]
            if not is_kept:
                yield AccountKey(*key), account

    def _lines(self) -> tuple[Any, ...]:
        documents = {one.document for one in self.asked}
        lines = {0 if one.of == one.document else one.of for one in self.asked}
        return numbers(documents), numbers(lines)

    def _goods(self) -> str:
        """By row, what is asked of it."""
        asked: defaultdict[int, list[dict[str, object]]] = defaultdict(list)
        for one in self.asked:
            leaf = self.roles[one.at.role].leaf
            goods = {name: getattr(one.at, name) for name in ("role", *Dimension)}
            goods |= {"has_lot": Dimension.LOT in leaf, "has_spot": Dimension.SPOT in leaf}
            asked[one.of].append({**goods, "revalues": isinstance(one, Revalue)})
        return json.dumps(asked)


def past_of(requests: Iterable[Request], roles: Mapping[str, Role]) -> Past:
    """What of the past the requests depend on: rows that they give back or revalue, and rows that they undo."""
    asked: list[GiveBack | Revalue] = []
    marks: set[int] = set()
    for request in requests:
        asked += [*request.gives_back, *request.revalues]
        if request.undo:
            marks.update(undone_rows(request.undo))
    marks.update(one.of for one in asked)
    return Past(tuple(asked), tuple(sorted(marks - {0})), roles)


def _runs(entries: Sequence[tuple[int, Entry]]) -> Iterator[list[Entry]]:
    """Entries of one journal whose positions follow each other."""
    run: list[Entry] = []
    expected = 0
    for position, entry in entries:
        if run and position != expected:
            yield run
            run = []
        run.append(entry)
        expected = position + 1
    if run:
        yield run
