"""The way of a lot: what moved it, from whom it came, who got pieces of it, what it was made of and what it became.

Any form that an account role names as its lot has such a way. It opens under the conditions under which figures do:
who may look behind one of these roles sees the steps on accounts of their own scope, with documents that they may read;
what may not be named is told as one sum. Parties that they may not read stay unnamed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.account import AccountRole
from onebook.definition.catalog import Catalog
from onebook.engines.form.refusals import NotFound
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.opening import accounts_of, label_of
from onebook.engines.process.refusals import UnknownForm
from onebook.engines.report.ledger_tables import ACCOUNT, DIMENSIONS
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import NotReadable
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.view.discretion import opens, opens_amounts
from onebook.expression.sql import context_parameters
from onebook.ledger.account import AccountKey
from onebook.ledger.trace import Step, trace
from onebook.storage.transaction import Transaction
from onebook.values.decimals import ZERO
from onebook.values.reference import RecordRef

Told = dict[str, Any]

#: The most steps that are told of a way.
MOST_STEPS: Final = 2000


@dataclass(frozen=True, slots=True)
class LotAsked:
    """Which lot: a record of a form that some account role names as its lot."""

    form: str
    record: int


@dataclass(frozen=True, slots=True)
class _Way:
    """The steps of one lot that the actor may be told, and what the others come to."""

    lot: int
    steps: Sequence[Step]
    withheld: Sequence[Step]


def has_way(catalog: Catalog, form: str) -> bool:
    """Whether records of a form are lots."""
    return any(role.dimensions.get("lot") == form for role in catalog.accounts.values())


def traced(
    transaction: Transaction, ground: Ground, actor: Actor, asked: LotAsked, now: datetime, language: str
) -> Told:
    """The way of a lot. Raises UnknownForm for what is no lot, NotFound, NotReadable for whom no role of it is open."""
    catalog = ground.catalog
    if not has_way(catalog, asked.form):
        raise UnknownForm(form=asked.form)
    reader = ground.reader(actor, now)
    own = RecordRef(asked.form, asked.record)
    if own not in reader.titles(transaction, [own], binned=True):
        raise NotFound(form=catalog.forms[asked.form].label, id=asked.record)
    roles = list(_roles(catalog, asked.form))
    if not any(opens(catalog, actor, role.account) for role in roles):
        raise NotReadable(name=catalog.forms[asked.form].label)
    steps, has_more = _steps(transaction, asked.record, _through(catalog))
    ahead, behind = _others(steps, asked.record)
    sight = _Sight(transaction, ground, actor, now, roles)
    ways = sight.ways(steps, {asked.record, *ahead, *behind})
    mine = ways[asked.record]
    parties = _parties(catalog)
    records = {RecordRef(asked.form, lot) for lot in ways}
    records |= {record for step in mine.steps for record in _named_in(catalog, step)}
    whom = {one for way in ways.values() for step in way.steps for one in _whose(step)}
    records |= {RecordRef(form, one) for form in parties for one in whom}
    named = reader.titles(transaction, records, binned=True)
    tells_amounts = any(opens_amounts(catalog, actor, role.account) for role in roles)
    telling = _Telling(ground, language, named, parties, tells_amounts=tells_amounts)
    return {
        "form": asked.form,
        "id": asked.record,
        "title": named.get(own),
        "label": catalog.forms[asked.form].label.in_language(language),
        "steps": [telling.step(step) for step in mine.steps],
        "withheld": telling.withheld(mine.withheld),
        "has_more": has_more,
        "here": telling.here(mine.steps),
        "came_from": telling.sums(ways, [asked.record, *behind], comes=True),
        "went_to": telling.sums(ways, [asked.record, *ahead], comes=False),
        "made_of": [telling.lot(asked.form, lot) for lot in behind],
        "made_into": [telling.lot(asked.form, lot) for lot in ahead],
    }


class _Sight:
    """What of a lot's steps one actor may be told."""

    def __init__(
        self, transaction: Transaction, ground: Ground, actor: Actor, now: datetime, roles: Sequence[AccountRole]
    ) -> None:
        self._transaction = transaction
        self._reader = ground.reader(actor, now)
        self._known = context_parameters(ground.context(actor, now))
        reading = Reading(ground.catalog, ground.tables, actor)
        names = None if actor.id == SYSTEM.id else actor.roles
        self._texts: list[CompiledText] = [
            ground.kept(("tracing", role.account, names), partial(_accounts, reading, role)) for role in roles
        ]

    def ways(self, steps: Sequence[Step], lots: Iterable[int]) -> dict[int, _Way]:
        """The steps by lot: two round trips, however many lots there are."""
        texts = [text.bound({**self._known, "at_0": lot}) for lot in sorted(lots) for text in self._texts]
        accounts = {AccountKey(*row) for rows in self._transaction.run(*texts) for row in rows}
        open_ = self._reader.titles(self._transaction, {_document(step) for step in steps}, binned=True)
        told: defaultdict[int, list[Step]] = defaultdict(list)
        closed: defaultdict[int, list[Step]] = defaultdict(list)
        for step in steps:
            is_told = step.account in accounts and _document(step) in open_
            (told if is_told else closed)[step.account.lot].append(step)
        return {lot: _Way(lot, told[lot], closed[lot]) for lot in lots}


class _Telling:
    """Steps as JSON has them."""

    def __init__(
        self,
        ground: Ground,
        language: str,
        named: Mapping[RecordRef, str | None],
        parties: Sequence[str],
        *,
        tells_amounts: bool,
    ) -> None:
        self._ground, self._language = ground, language
        self._named, self._parties = named, parties
        self._tells_amounts = tells_amounts

    def step(self, step: Step) -> Told:
        """One step with its document, where it happened, and whom it is about."""
        document = _document(step)
        return {
            "journal": step.journal,
            "on": step.booked_on,
            "at": step.at,
            "form": step.form,
            "id": step.record,
            "label": label_of(self._ground, step.form, self._language),
            "title": self._named.get(document),
            "quantity": step.quantity,
            "amount": step.amount if self._tells_amounts else None,
            "account": self._account(step.account),
            "against": self._account(step.against) if step.against is not None else None,
            "parties": [self.party(one) for one in _whose(step)],
            "is_reversal": step.reverses is not None,
            "is_given_back": step.gives_back != 0,
        }

    def withheld(self, steps: Sequence[Step]) -> Told | None:
        """What the steps come to that may not be told one by one."""
        if not steps:
            return None
        return {"count": len(steps), "quantity": sum((one.quantity for one in steps), ZERO)}

    def here(self, steps: Iterable[Step]) -> list[Told]:
        """Where pieces of the lot are now, as far as the steps tell."""
        sums: defaultdict[AccountKey, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for step in steps:
            sums[step.account][0] += step.quantity
            sums[step.account][1] += step.amount
        return [
            {
                "account": self._account(key),
                "quantity": quantity,
                "amount": amount if self._tells_amounts else None,
            }
            for key, (quantity, amount) in sorted(sums.items())
            if quantity
        ]

    def sums(self, ways: Mapping[int, _Way], lots: Sequence[int], *, comes: bool) -> list[Told]:
        """Pieces by lot and party that came in from them or went out to them, less what went back again."""
        found: defaultdict[tuple[int, int | None], Decimal] = defaultdict(Decimal)
        for lot in lots:
            for step in ways[lot].steps:
                is_back = (step.reverses is not None) != (step.gives_back != 0)
                if step.against is None or step.against.lot or ((step.quantity > 0) != is_back) is not comes:
                    continue
                whom = _whose(step)
                readable = next((one for one in whom if self.party(one)["form"] is not None), None)
                if whom:
                    found[lot, readable] += step.quantity if comes else -step.quantity
        return [
            {"lot": lot, "party": self.party(party) if party else None, "quantity": quantity}
            for (lot, party), quantity in found.items()
            if quantity
        ]

    def lot(self, form: str, lot: int) -> Told:
        """A lot with its name, if the actor may read it."""
        return {"form": form, "id": lot, "title": self._named.get(RecordRef(form, lot))}

    def party(self, number: int) -> Told:
        """Somebody by name; nobody's form where the actor may not read them."""
        for form in self._parties:
            if (found := RecordRef(form, number)) in self._named:
                return {"form": form, "id": number, "title": self._named[found]}
        return {"form": None, "id": None, "title": None}

    def _account(self, key: AccountKey) -> Told:
        role = self._ground.catalog.accounts[key.role]
        places = {name: record for name, record in _places(self._ground.catalog, key) if record in self._named}
        at = {name: {"id": record.id, "title": self._named[record]} for name, record in places.items()}
        return {"account": key.role, "label": role.label.in_language(self._language), "at": at}


def _steps(transaction: Transaction, lot: int, through: Collection[str]) -> tuple[list[Step], bool]:
    """The way of a lot, and whether there is more of it: a round trip for each page."""
    page = trace(transaction, lot, through=through)
    steps = [*page.steps]
    while page.has_more and len(steps) < MOST_STEPS:
        page = trace(transaction, lot, through=through, after=steps[-1])
        steps += page.steps
    return steps, page.has_more


def _others(steps: Sequence[Step], lot: int) -> tuple[list[int], list[int]]:
    """The lots that one went into, and those that it was made of, in the order of their way."""
    ahead = dict.fromkeys(step.account.lot for step in steps if step.is_ahead)
    behind = dict.fromkeys(step.account.lot for step in steps if step.is_behind)
    return [one for one in ahead if one != lot], [one for one in behind if one != lot]


def _places(catalog: Catalog, key: AccountKey) -> Iterator[tuple[str, RecordRef]]:
    """What an account is of and where it is."""
    for name, form in catalog.accounts[key.role].dimensions.items():
        if name in ("item", "place", "spot") and form in catalog.forms and getattr(key, name):
            yield name, RecordRef(form, getattr(key, name))


def _named_in(catalog: Catalog, step: Step) -> Iterator[RecordRef]:
    """The document of a step, and what its accounts are of."""
    yield _document(step)
    for key in (step.account, step.against):
        if key is not None:
            yield from (record for _, record in _places(catalog, key))


def _document(step: Step) -> RecordRef:
    return RecordRef(step.form, step.record)


def _whose(step: Step) -> tuple[int, ...]:
    """Whom a step is about: the party of the other account, else all of the journal."""
    if step.against is not None and step.against.party:
        return (step.against.party,)
    return step.parties


def _roles(catalog: Catalog, form: str) -> Iterator[AccountRole]:
    return (role for role in catalog.accounts.values() if role.dimensions.get("lot") == form)


def _parties(catalog: Catalog) -> list[str]:
    """The forms that parties are of."""
    found = {role.dimensions["party"] for role in catalog.accounts.values() if "party" in role.dimensions}
    return sorted(form for form in found if form in catalog.forms)


def _through(catalog: Catalog) -> set[str]:
    """The roles that goods pass when they become others."""
    return {
        convert.through
        for form in catalog.forms.values()
        for step in form.transitions.values()
        for convert in step.converts
    }


def _accounts(reading: Reading, role: AccountRole) -> CompiledText:
    """The accounts of a lot that lie in the actor's scope, by their keys."""
    ids = accounts_of(reading, role, ("lot",))
    return compiled(select(ACCOUNT.c.role, *(ACCOUNT.c[name] for name in DIMENSIONS)).where(ACCOUNT.c.id.in_(ids)))
