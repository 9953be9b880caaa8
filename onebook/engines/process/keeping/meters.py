"""Meters: fields that show holds and balances, written by the transaction that moves them, and formulas over them.

Everything is set-based; the SQL of a form is made once per catalog.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from onebook.definition.catalog import Catalog
from onebook.definition.declarations import Meter
from onebook.definition.field import AccountMeter, FieldKind, HoldMeter
from onebook.engines.process.keeping.meter_sql import FormSql, form_sql, rows_sql
from onebook.engines.table.names import table_name
from onebook.engines.table.tables import Tables
from onebook.ledger.hold import Hold
from onebook.ledger.posting import Posting
from onebook.storage.transaction import Statement
from onebook.values.decimals import ZERO
from onebook.values.reference import RecordRef


@dataclass(frozen=True, slots=True)
class HoldState:
    """How far a hold has come: whose it is, and its absolute measures by the names that meters use."""

    form: str
    document: int
    line: int
    name: str
    quantities: Mapping[str, Decimal]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a posting moved that meters may show."""

    holds: Sequence[HoldState] = ()
    #: Roles with the documents whose accounts changed.
    accounts: frozenset[tuple[str, int]] = frozenset()


def moved_by(posting: Posting) -> Moved:
    """What a posting moved: its holds, and its accounts of single documents."""
    return Moved(
        # Of several holds of one row the one that is promised is shown: it comes last.
        holds=tuple(_state_of(hold) for hold in sorted(posting.holds, key=attrgetter("is_wanted"))),
        accounts=frozenset(
            (change.key.role, change.key.document)
            for change in posting.accounts
            if change.posted and change.key.document
        ),
    )


def _state_of(hold: Hold) -> HoldState:
    quantities = {
        "wanted": hold.wanted_quantity,
        "settled": hold.settled_quantity,
        "released": hold.released_quantity,
        "waiting": hold.waiting,
        "open": hold.open_quantity,
    }
    amounts = {
        "wanted": hold.wanted_amount,
        "settled": hold.settled_amount,
        "released": hold.released_amount,
        "waiting": ZERO,
        "open": hold.open_amount,
    }
    return HoldState(hold.form, hold.document, hold.line, hold.name, quantities, amounts)


@dataclass(slots=True)
class _Stale:
    """What a posting makes stale of the records of one form."""

    records: set[int] = field(default_factory=set)
    #: By the lines they stand in (None: the record itself), for each meter of holds the values to be shown, by row.
    holds: defaultdict[str | None, dict[Meter, dict[int, Decimal]]] = field(default_factory=lambda: defaultdict(dict))
    #: The records whose accounts of a role moved.
    roles: dict[str, frozenset[int]] = field(default_factory=dict)

    def own(self) -> dict[str, object]:
        """The parameters of the record's own meters."""
        found: dict[str, object] = {"ids": sorted(self.records)}
        for place, values in enumerate(self.holds[None].values()):
            found |= {f"hold_{place}": list(values), f"values_{place}": list(values.values())}
        for place, (role, documents) in enumerate(self.roles.items()):
            found |= {f"role_{place}": role, f"documents_{place}": sorted(documents)}
        return found


@dataclass(slots=True)
class Meters:
    """The meters of a catalog's forms."""

    catalog: Catalog
    tables: Tables
    _sql: dict[str, FormSql] = field(default_factory=dict)
    _row_texts: dict[tuple[Meter, ...], str] = field(default_factory=dict)

    def statements(self, moved: Moved, own: RecordRef) -> tuple[list[Statement], list[Statement]]:
        """What locks the records whose meters moved, and what brings every meter, and every formula over meters, up to
        date.

        Args:
            moved: what the posting moved.
            own: the record that this transaction has locked already; the others are locked in the order of form and
                id, so that two postings never wait for each other in a circle.
        """
        stale = dict(sorted(self._stale(moved).items()))
        locks = [
            self._lock(form, found.records - {own.id} if form == own.form else found.records)
            for form, found in stale.items()
        ]
        written = [statement for found in stale.values() for statement in self._rows(found)]
        if len(stale) > 1 and any(self._of(form).looks_out for form in stale):
            # Formulas of one record may read meters of another: all meters before all formulas.
            written += [one for form, found in stale.items() for one in self._own(form, found)]
            written += [one for form, found in stale.items() for one in self._formulas(form, found.records)]
        else:
            written += [one for form, found in stale.items() for one in self._at_once(form, found)]
        return [lock for lock in locks if lock], written

    def refresh(self, form: str, ids: Iterable[int]) -> list[Statement]:
        """Everything that meters of these records show, taken from the book anew, whatever stands in the fields."""
        chosen = sorted(ids)
        stale = _Stale(set(chosen))
        statements: list[Statement] = []
        for meter in self.catalog.meters(form):
            if isinstance(meter.meter, AccountMeter):
                stale.roles[meter.meter.account] = frozenset(chosen)
            else:
                statements.append(_hold_refresh(meter, meter.meter, chosen, self._shows_quantity(meter)))
        return statements + self._at_once(form, stale)

    def _stale(self, moved: Moved) -> dict[str, _Stale]:
        """By form, what has to be written."""
        found: defaultdict[str, _Stale] = defaultdict(_Stale)
        #: Of the holds of one form and name: where each of their measures goes.
        showing: dict[tuple[str, str, bool], list[tuple[str, bool, dict[int, Decimal]]]] = {}
        for hold in moved.holds:
            if hold.form not in self.catalog.forms:
                continue
            is_row = hold.line != 0
            shown_in = showing.get((hold.form, hold.name, is_row))
            if shown_in is None:
                shown_in = showing[hold.form, hold.name, is_row] = [
                    (
                        meter.meter.shows,
                        self._shows_quantity(meter),
                        found[hold.form].holds[meter.lines].setdefault(meter, {}),
                    )
                    for meter in self.catalog.hold_meters(hold.form, hold.name)
                    if (meter.lines is not None) is is_row
                ]
            for shows, is_quantity, shown in shown_in:
                shown[hold.line or hold.document] = (hold.quantities if is_quantity else hold.amounts)[shows]
            if shown_in:
                found[hold.form].records.add(hold.document)
        for role, documents in _by_role(moved.accounts).items():
            for meter in self.catalog.account_meters(role):
                if meter.lines is None:
                    stale = found[meter.form]
                    stale.roles[role] = documents
                    stale.records |= documents
        for stale in found.values():
            # In one order, so that the same meters are the same statement.
            for lines, by_meter in stale.holds.items():
                stale.holds[lines] = dict(sorted(by_meter.items(), key=lambda pair: pair[0].field))
        return found

    def _shows_quantity(self, meter: Meter) -> bool:
        """Of a promise of both, a field of money shows the amount."""
        assert isinstance(meter.meter, HoldMeter)
        hold = self.catalog.holds(meter.form)[meter.meter.hold]
        is_money = self.catalog.fields(meter.form, meter.lines)[meter.field].kind is FieldKind.MONEY
        return hold.quantity is not None and not (is_money and hold.amount is not None)

    def _lock(self, form: str, ids: set[int]) -> Statement | None:
        if not ids:
            return None
        sql = self._of(form)
        # A record that no later statement writes is touched, so that whoever read it before notices the change.
        return Statement(sql.lock if sql.is_written else sql.touch, {"ids": sorted(ids)})

    def _rows(self, stale: _Stale) -> Iterator[Statement]:
        """The meters of rows: one statement for each kind of rows."""
        for lines, shown in stale.holds.items():
            if lines is None:
                continue
            meters = tuple(shown)
            if meters not in self._row_texts:
                self._row_texts[meters] = rows_sql(meters[0].target, meters)
            ids = sorted({number for values in shown.values() for number in values})
            parameters: dict[str, object] = {"ids": ids}
            for place, values in enumerate(shown.values()):
                parameters[f"values_{place}"] = [values.get(number) for number in ids]
            yield Statement(self._row_texts[meters], parameters)

    def _own(self, form: str, stale: _Stale) -> list[Statement]:
        texts = self._of(form).meters(tuple(stale.holds[None]), tuple(stale.roles))
        return [text.bound(stale.own()) for text in texts]

    def _formulas(self, form: str, ids: set[int]) -> list[Statement]:
        return [text.bound({"ids": sorted(ids)}) for text in self._of(form).formulas()]

    def _at_once(self, form: str, stale: _Stale) -> list[Statement]:
        texts = self._of(form).formulas(tuple(stale.holds[None]), tuple(stale.roles))
        parameters = stale.own()
        return [text.bound(parameters) for text in texts]

    def _of(self, form: str) -> FormSql:
        if form not in self._sql:
            self._sql[form] = form_sql(self.catalog, self.tables, form)
        return self._sql[form]


def _hold_refresh(meter: Meter, shown: HoldMeter, ids: Sequence[int], is_quantity: bool) -> Statement:
    """The field shows the latest hold of that name of which anything is wanted; without any it shows nothing."""
    measure = "quantity" if is_quantity else "amount"
    column = "waiting" if shown.shows == "waiting" else f"{shown.shows}_{measure}"
    table, holder = table_name(meter.target), "parent" if meter.lines else "id"
    return Statement(
        f'UPDATE "{table}" SET "{meter.field}" = coalesce((SELECT {column} FROM ledger_hold'
        f' WHERE owner = "{table}".id AND name = %(hold)s'
        " ORDER BY wanted_quantity > 0 OR wanted_amount > 0 DESC, ledger_hold.id DESC LIMIT 1), 0)"
        f' WHERE "{table}".{holder} = ANY(%(ids)s::bigint[])',
        {"hold": shown.hold, "ids": list(ids)},
    )


def _by_role(accounts: Iterable[tuple[str, int]]) -> Mapping[str, frozenset[int]]:
    documents: defaultdict[str, set[int]] = defaultdict(set)
    for role, document in accounts:
        documents[role].add(document)
    return {role: frozenset(found) for role, found in sorted(documents.items())}
