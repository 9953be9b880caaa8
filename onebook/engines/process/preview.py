"""Preview: the same road as the command itself, left before its end; what it would do, and everything against it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from onebook.engines.form.draft import NewRecord
from onebook.engines.form.forms import title_of
from onebook.engines.form.rows import Row
from onebook.engines.process.approving.flow import Stop
from onebook.engines.process.command import Command
from onebook.engines.process.execute import persistently, require_form, travel
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.naming import Names, named, titles
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.posting import Posting
from onebook.storage.database import Database, retrying
from onebook.values.refusal import Refusal


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry that would be written."""

    account: AccountKey
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class HoldShown:
    """A promise as it would stand afterwards; measures are absolute, `sign` says which way."""

    name: str
    account: AccountKey
    sign: int
    wanted: Decimal
    settled: Decimal
    released: Decimal
    waiting: Decimal
    open: Decimal
    is_new: bool
    due: date | None


@dataclass(frozen=True, slots=True)
class BalanceShown:
    """A kept account before and after."""

    account: AccountKey
    quantity: tuple[Decimal, Decimal]
    amount: tuple[Decimal, Decimal]
    available: tuple[Decimal, Decimal]
    projected: tuple[Decimal, Decimal]
    waiting: tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would do. With refusals it would do nothing; the rest tells as much as could be found out.

    `outcome`: the record as it would be answered, without its number. `created`: forms and values of further documents.
    `names`: what the ids in accounts stand for."""

    refusals: tuple[Refusal, ...]
    outcome: Outcome | None = None
    entries: tuple[EntryShown, ...] = ()
    holds: tuple[HoldShown, ...] = ()
    balances: tuple[BalanceShown, ...] = ()
    created: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    names: Mapping[int, str] | None = None
    #: The routes on which agreement would be asked for first.
    routes: tuple[tuple[Stop, ...], ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether the command would do it now."""
        return not self.refusals

    def to_json(self, ground: Ground, language: str) -> dict[str, Any]:
        """As a page shows it: labels in the user's language, names instead of ids; refusals are told by the caller."""
        return _Told(ground, language, self.names or {}).preview(self)


def preview(database: Database, ground: Ground, command: Command, now: datetime) -> Preview:
    """What a command would do, decided by the same code on the same data; nothing is written. Raises Republished."""

    def attempt() -> Preview:
        with database.transaction(ground.schema) as transaction:
            road = Road(transaction, ground, replace(command, key=None), now, is_preview=True)
            outcome, refusals = None, list[Refusal]()
            try:
                require_form(ground, command)
                outcome = travel(road)
            except Refusal as refusal:
                refusals.append(refusal)
            return _seen(road, outcome, refusals)

    return persistently(lambda: retrying(attempt))


def _seen(road: Road, outcome: Outcome | None, refusals: Sequence[Refusal]) -> Preview:
    postings = road.postings
    entries = tuple(_entries(postings))
    holds = tuple(_holds(postings))
    balances = tuple(_balances(postings))
    accounts = [one.account for one in entries] + [one.account for one in holds] + [one.account for one in balances]
    names = titles(road.transaction, road.ground, accounts) if accounts else {}
    said = [*(refusal for run in road.runs for refusal in run.refusals), *refusals]
    made = list(_made(road, said))
    for form, row in made:
        title = title_of(road.ground.catalog.forms[form])
        if title is not None and row.get(title) is not None:
            names = {**names, row["id"]: str(row[title])}
    return Preview(
        tuple(named(road.transaction, road.ground, refusal) for refusal in said),
        outcome,
        entries,
        holds,
        balances,
        tuple(made),
        names,
        tuple(road.routes),
    )


def _made(road: Road, said: list[Refusal]) -> Iterator[tuple[str, Row]]:
    """What it would make for rows, then further documents; what is wrong with one of them is said once."""
    known = {refusal.code for refusal in said}

    def tried(finish: Callable[[], Sequence[tuple[str, Row]]]) -> Sequence[tuple[str, Row]]:
        try:
            return finish()
        except Refusal as refusal:
            if refusal.code not in known:
                said.append(refusal)
            known.add(refusal.code)
            return ()

    for run in road.runs:
        if run.made is not None:
            yield from tried(run.made.every)
        for form, record in run.drafts:
            yield from tried(partial(_finished, form, record))


def _finished(form: str, record: NewRecord) -> Sequence[tuple[str, Row]]:
    return ((form, record.finish()),)


def _entries(postings: Iterable[Posting]) -> Iterator[EntryShown]:
    for posting in postings:
        for entry in posting.journal.entries:
            yield EntryShown(entry.account, entry.quantity, entry.amount)


def _holds(postings: Iterable[Posting]) -> Iterator[HoldShown]:
    for posting in postings:
        for hold in posting.holds:
            is_quantity = bool(hold.wanted_quantity)
            yield HoldShown(
                name=hold.name,
                account=hold.account,
                sign=hold.sign,
                wanted=hold.wanted_quantity if is_quantity else hold.wanted_amount,
                settled=hold.settled_quantity if is_quantity else hold.settled_amount,
                released=hold.released_quantity if is_quantity else hold.released_amount,
                waiting=hold.waiting,
                open=hold.open_quantity if is_quantity else hold.open_amount,
                is_new=hold.id in posting.placed,
                due=hold.due,
            )


def _balances(postings: Iterable[Posting]) -> Iterator[BalanceShown]:
    """Each account once: from where the first posting found it to where the last one left it."""
    first: dict[AccountKey, Balance] = {}
    last: dict[AccountKey, Balance] = {}
    for posting in postings:
        for change in posting.accounts:
            first.setdefault(change.key, change.before.balance)
            last[change.key] = change.after.balance
    for key, after in last.items():
        before = first[key]
        has_quantity = any((before.quantity, after.quantity, before.available, after.available, after.waiting))
        yield BalanceShown(
            account=key,
            quantity=(before.quantity, after.quantity),
            amount=(before.amount, after.amount),
            available=(before.available, after.available)
            if has_quantity
            else (before.available_amount, after.available_amount),
            projected=(before.projected, after.projected)
            if has_quantity
            else (before.projected_amount, after.projected_amount),
            waiting=(before.waiting, after.waiting),
        )


class _Told:
    """A preview in one language."""

    def __init__(self, ground: Ground, language: str, names: Names) -> None:
        self._ground = ground
        self._language = language
        self._names = names

    def preview(self, preview: Preview) -> dict[str, Any]:
        return {
            "is_possible": preview.is_possible,
            "outcome": preview.outcome.to_json() if preview.outcome else None,
            "entries": [
                {**self._account(one.account), "quantity": one.quantity, "amount": one.amount}
                for one in preview.entries
            ],
            "holds": [self._hold(one) for one in preview.holds],
            "balances": [self._balance(one) for one in preview.balances],
            "created": [
                {
                    "form": form,
                    "label": self._ground.catalog.forms[form].label.in_language(self._language),
                    "title": self._names.get(values["id"]),
                }
                for form, values in preview.created
            ],
        }

    def _account(self, key: AccountKey) -> dict[str, Any]:
        declared = self._ground.catalog.accounts[key.role]
        places = {name: int(getattr(key, name)) for name in declared.dimensions}
        return {
            "account": key.role,
            "label": declared.label.in_language(self._language),
            "places": {name: {"id": one, "title": self._names.get(one)} for name, one in places.items() if one},
        }

    def _hold(self, hold: HoldShown) -> dict[str, Any]:
        return {
            **self._account(hold.account),
            "name": hold.name,
            "takes": hold.sign < 0,
            "wanted": hold.wanted,
            "settled": hold.settled,
            "released": hold.released,
            "waiting": hold.waiting,
            "open": hold.open,
            "is_new": hold.is_new,
            "due": hold.due,
        }

    def _balance(self, balance: BalanceShown) -> dict[str, Any]:
        return {
            **self._account(balance.account),
            "quantity": balance.quantity,
            "amount": balance.amount,
            "available": balance.available,
            "projected": balance.projected,
            "waiting": balance.waiting,
        }
