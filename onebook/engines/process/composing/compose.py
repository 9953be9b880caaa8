"""Composing: from a record and a transition to the plan of everything that it will do. Pure: previews use it too."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from onebook.engines.process.composing.limits import Call, Touch, limits_of
from onebook.engines.process.composing.picks import Choice
from onebook.engines.process.composing.plan import Draft, Plan
from onebook.engines.process.composing.ready import (
    ReadyConvert,
    ReadyCost,
    ReadyCreate,
    ReadyEntry,
    ReadyGiveBack,
    ReadyHold,
    ReadyLines,
    ReadyMove,
    ReadyPart,
    ReadyRevalue,
    ReadySettle,
    ReadyTransition,
    ReadyUnsettle,
)
from onebook.expression.python import Context, Row, evaluate
from onebook.expression.tree import Expression
from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Origin
from onebook.ledger.request import (
    Convert,
    GiveBack,
    Move,
    Part,
    Place,
    Release,
    Request,
    Restate,
    Revalue,
    Settle,
    Transfer,
    Unsettle,
)
from onebook.ledger.role import Role
from onebook.values.decimals import MONEY_LIMIT, QUANTITY_LIMIT, ZERO, money, quantity
from onebook.values.refusal import Problem

#: The row, and its number from 1 (None for the record itself).
Numbered = tuple[Row, int | None]


class _Promised(TypedDict):
    """A part of what the row or record `owner` promised under a name."""

    name: str
    owner: int
    quantity: Decimal
    amount: Decimal
    line: int


def compose(ready: ReadyTransition, row: Row, context: Context, roles: Mapping[str, Role]) -> Plan:
    """Decide everything that the transition does to a record: its plan, with all problems at once."""
    composition = _Composition(ready, row, context)
    problems = tuple(composition.unmet())
    request = composition.request(roles) if ready.asks_ledger else None
    drafts = tuple(composition.drafts())
    sets = {name: evaluate(formula, row, context) for name, formula in ready.sets.items()}
    return Plan(
        transition=ready.name,
        request=request,
        sets={**sets, "state": ready.declaration.target},
        drafts=drafts,
        problems=problems + tuple(composition.problems),
        choices=tuple(composition.choices.values()),
    )


def day_of(ready: ReadyTransition, dated_by: str | None, row: Row, context: Context) -> date:
    """The business date of what the transition posts: as declared, the document's own, or today."""
    day = evaluate(ready.on, row, context) if ready.on else row.get(dated_by) if dated_by else None
    return day or context.today


class _Composition:
    """The work on one plan; problems gather on the way."""

    def __init__(self, ready: ReadyTransition, row: Row, context: Context) -> None:
        self.problems: list[Problem] = []
        self.choices: dict[AccountKey, Choice] = {}
        self._ready = ready
        self._row = row
        self._context = context
        self._touches: list[Touch] = []

    def unmet(self) -> Iterator[Problem]:
        """Each requirement that does not hold; what cannot be known does not hold."""
        for requirement in self._ready.requires:
            if evaluate(requirement.that, self._row, self._context) is not True:
                yield Problem("process.requirement", data={"words": requirement.must.otherwise})

    def request(self, roles: Mapping[str, Role]) -> Request:
        """What is asked of the ledger, limits included."""
        ready = self._ready
        record = int(self._row["id"])
        releases = ready.declaration.releases
        settles = tuple(found for effect in ready.settles for found in self._settles(effect))
        unsettles = tuple(found for effect in ready.unsettles for found in self._unsettles(effect))
        restates = tuple(Restate(effect.hold.name, tuple(self._places(effect))) for effect in ready.reholds)
        moves = tuple(found for effect in ready.moves for found in self._moves(effect))
        converts = tuple(found for effect in ready.converts for found in self._converts(effect))
        gives_back = tuple(found for effect in ready.gives_back for found in self._gives_back(effect))
        revalues = tuple(found for effect in ready.revalues for found in self._revalues(effect))
        transfers = tuple(found for effect in ready.entries for found in self._transfers(effect))
        places = tuple(found for effect in ready.holds for found in self._places(effect))
        return Request(
            on=self._day(),
            origin=Origin(ready.form, record, ready.name, self._context.me),
            releases=(Release(record),) if releases == "all" else tuple(Release(record, name) for name in releases),
            settles=settles,
            moves=moves,
            transfers=transfers,
            places=places,
            limits=limits_of(self._touches, roles, self._context),
            converts=converts,
            gives_back=gives_back,
            revalues=revalues,
            unsettles=unsettles,
            restates=restates,
            displaces=ready.declaration.displaces,
        )

    def drafts(self) -> Iterator[Draft]:
        """The further documents."""
        for effect in self._ready.creates:
            if not self._happens(effect.when, self._row):
                continue
            if effect.by is not None:
                yield from self._drafts_by(effect, effect.by)
            elif (draft := self._draft(effect)) is not None:
                yield draft

    def _day(self) -> date:
        return day_of(self._ready, self._ready.dated_by, self._row, self._context)

    def _places(self, effect: ReadyHold) -> Iterator[Place]:
        hold = effect.hold
        for row, number in self._rows(hold.each, effect.when):
            account = self._account(effect.on, row, number)
            count = self._quantity(effect.quantity, row, number)
            amount = self._money(effect.amount, row, number)
            if account is None or not (count or amount):
                continue
            self._touch(effect.on, account, row, count, amount, is_fact=False)
            priority = self._value(effect.priority, row)
            yield Place(
                name=hold.name,
                account=account,
                quantity=count,
                amount=amount,
                due=self._value(effect.due, row),
                line=int(row["id"]) if hold.each else 0,
                waits=hold.short == "wait",
                priority=0 if priority is None else int(priority),
            )

    def _settles(self, effect: ReadySettle) -> Iterator[Settle]:
        beyond = effect.settle.beyond
        for _, part in self._parts_of_promises(effect):
            yield Settle(**part, capped=beyond == "cap", extends=beyond == "extend")

    def _unsettles(self, effect: ReadyUnsettle) -> Iterator[Unsettle]:
        beyond = effect.part.settle.beyond
        for row, part in self._parts_of_promises(effect.part):
            yield Unsettle(**part, reopens=self._happens(effect.reopens, row), capped=beyond == "cap")

    def _parts_of_promises(self, effect: ReadySettle) -> Iterator[tuple[Row, _Promised]]:
        """Which promises come true, or come undone, by how much; and the rows that say so."""
        settle = effect.settle
        for row, number in self._rows(settle.each, effect.when):
            owner = evaluate(effect.of, row, self._context)
            count = abs(self._quantity(effect.quantity, row, number))
            amount = abs(self._money(effect.amount, row, number))
            if owner is not None and (count or amount):
                line = int(row["id"]) if settle.each else 0
                yield row, {"name": settle.hold, "owner": int(owner), "quantity": count, "amount": amount, "line": line}

    def _moves(self, effect: ReadyMove) -> Iterator[Move]:
        for row, number in self._rows(effect.each, effect.when):
            source = self._account(effect.source, row, number)
            target = self._account(effect.target, row, number)
            count = self._pieces(effect.quantity, effect.each, row, number)
            amount = None if effect.amount is None else self._money(effect.amount, row, number)
            if source is None or target is None or count <= 0:
                continue
            self._touch(effect.source, source, row, -count, -_sign(amount, count), is_fact=True)
            self._touch(effect.target, target, row, count, _sign(amount, count), is_fact=True)
            self._choose(effect.source, source, row)
            yield Move(source, target, count, amount, int(row["id"]) if effect.each else 0)

    def _converts(self, effect: ReadyConvert) -> Iterator[Convert]:
        if not self._happens(effect.when, self._row):
            return
        inputs = tuple(found for part in effect.takes for found in self._parts(part))
        outputs = tuple(found for part in effect.gives for found in self._parts(part))
        costs = tuple(found for cost in effect.costs for found in self._costs(cost))
        if inputs and outputs:
            yield Convert(inputs, outputs, effect.through, costs)
        elif inputs or outputs:
            self._problem("process.one_sided", None, None)

    def _parts(self, part: ReadyPart) -> Iterator[Part]:
        """Goods that go in, or come out if they have a weight."""
        for row, number in self._rows(part.each, part.when):
            account = self._account(part.account, row, number)
            count = self._pieces(part.quantity, part.each, row, number)
            weight = self._number(part.weight, row, number)
            if weight < 0:
                self._problem("process.negative_weight", part.each, number, weight=weight)
            if account is None or count <= 0:
                continue
            way = count if part.weight else -count
            self._touch(part.account, account, row, way, way, is_fact=True)
            if part.weight is None:
                self._choose(part.account, account, row)
            yield Part(account, count, max(weight, ZERO), int(row["id"]) if part.each else 0)

    def _costs(self, cost: ReadyCost) -> Iterator[tuple[AccountKey, Decimal]]:
        for row, number in self._rows(cost.each, cost.when):
            amount = self._money(cost.amount, row, number)
            credit = self._account(cost.credit, row, number)
            if amount < 0:
                self._problem("process.negative_cost", cost.each, number, amount=amount)
            if credit is not None and amount > 0:
                self._touch(cost.credit, credit, row, ZERO, -amount, is_fact=True)
                yield credit, amount

    def _gives_back(self, effect: ReadyGiveBack) -> Iterator[GiveBack]:
        for row, number in self._rows(effect.each, effect.when):
            origin = self._origin(effect, row, number)
            at = self._account(effect.at, row, number)
            count = self._pieces(effect.quantity, effect.each, row, number)
            if origin is None or at is None or count <= 0:
                continue
            self._touch(effect.at, at, row, count * effect.sign, count * effect.sign, is_fact=True)
            yield GiveBack(*origin, at, count, int(row["id"]) if effect.each else 0)

    def _revalues(self, effect: ReadyRevalue) -> Iterator[Revalue]:
        for row, number in self._rows(effect.each, effect.when):
            amount = self._money(effect.amount, row, number)
            if not amount:
                continue
            origin = self._origin(effect, row, number)
            calls = (effect.at, effect.gone, effect.against)
            at, gone, against = (self._account(call, row, number) for call in calls)
            if origin is None or at is None or gone is None or against is None:
                continue
            self._touch(effect.at, at, row, ZERO, amount, is_fact=True)
            self._touch(effect.gone, gone, row, ZERO, amount, is_fact=True)
            self._touch(effect.against, against, row, ZERO, -amount, is_fact=True)
            document, of = origin
            yield Revalue(document, of, amount, at, gone, against, int(row["id"]) if effect.each else 0)

    def _origin(self, effect: ReadyGiveBack | ReadyRevalue, row: Row, number: int | None) -> tuple[int, int] | None:
        """The record and the row that an effect goes back to."""
        of = evaluate(effect.of, row, self._context)
        document = evaluate(effect.document, row, self._context)
        if of is None or document is None:
            self._problem("process.blank_origin", effect.of.text, number, formula=effect.of.text)
            return None
        return int(document), int(of)

    def _transfers(self, effect: ReadyEntry) -> Iterator[Transfer]:
        for row, number in self._rows(effect.each, effect.when):
            amount = self._money(effect.amount, row, number)
            if not amount:
                continue
            sides = (effect.debit, effect.credit) if amount > 0 else (effect.credit, effect.debit)
            debit, credit = (self._account(side, row, number) for side in sides)
            if debit is None or credit is None:
                continue
            self._touch(sides[0], debit, row, ZERO, abs(amount), is_fact=True)
            self._touch(sides[1], credit, row, ZERO, -abs(amount), is_fact=True)
            yield Transfer(debit, credit, abs(amount), int(row["id"]) if effect.each else 0)

    def _draft(self, effect: ReadyCreate) -> Draft | None:
        lines = {name: list(self._made_rows(rows)) for name, rows in effect.lines.items()}
        if lines and not any(lines.values()):
            return None
        own = {name: evaluate(formula, self._row, self._context) for name, formula in effect.fields.items()}
        return Draft(effect.create.form, {**own, **lines})

    def _drafts_by(self, effect: ReadyCreate, by: Expression) -> Iterator[Draft]:
        """One document for each value, in the order of the rows; blank is a value too."""
        heads: dict[Any, Row] = {}
        lines: dict[Any, dict[str, list[dict[str, Any]]]] = {}
        for name, rows in effect.lines.items():
            for row, _ in self._rows(rows.each, rows.when):
                value = evaluate(by, row, self._context)
                heads.setdefault(value, row)
                made = lines.setdefault(value, {name: [] for name in effect.lines})
                made[name].append(self._made_row(rows, row))
        for value, head in heads.items():
            own = {name: evaluate(formula, head, self._context) for name, formula in effect.fields.items()}
            yield Draft(effect.create.form, {**own, **lines[value]})

    def _made_row(self, effect: ReadyLines, row: Row) -> dict[str, Any]:
        return {name: evaluate(formula, row, self._context) for name, formula in effect.fields.items()}

    def _made_rows(self, effect: ReadyLines) -> Iterator[dict[str, Any]]:
        for row, _ in self._rows(effect.each, effect.when):
            yield self._made_row(effect, row)

    def _rows(self, each: str | None, when: Expression | None) -> Iterator[Numbered]:
        """The rows that an effect speaks of: those of `each`, or the record; less those left out by its condition."""
        rows: Iterable[Numbered] = [(self._row, None)]
        if each:
            rows = ((row, number) for number, row in enumerate(self._row.get(each) or (), start=1))
        return (found for found in rows if self._happens(when, found[0]))

    def _happens(self, when: Expression | None, row: Row) -> bool:
        return when is None or evaluate(when, row, self._context) is True

    def _value(self, formula: Expression | None, row: Row) -> Any:
        return None if formula is None else evaluate(formula, row, self._context)

    def _pieces(self, formula: Expression, each: str | None, row: Row, number: int | None) -> Decimal:
        """A quantity of goods that go somewhere: never negative."""
        count = self._quantity(formula, row, number)
        if count < 0:
            self._problem("process.negative_quantity", each, number, quantity=count)
        return count

    def _quantity(self, formula: Expression | None, row: Row, number: int | None) -> Decimal:
        value = self._number(formula, row, number)
        return self._within(quantity(value), QUANTITY_LIMIT, formula, number)

    def _money(self, formula: Expression | None, row: Row, number: int | None) -> Decimal:
        value = self._number(formula, row, number)
        return self._within(money(value), MONEY_LIMIT, formula, number)

    def _number(self, formula: Expression | None, row: Row, number: int | None) -> Decimal:
        if formula is None:
            return ZERO
        value: Decimal | None = evaluate(formula, row, self._context)
        if value is None:
            self._problem("process.blank_number", formula.text, number, formula=formula.text)
            return ZERO
        return value

    def _within(self, value: Decimal, limit: Decimal, formula: Expression | None, number: int | None) -> Decimal:
        if abs(value) < limit:
            return value
        where = formula.text if formula else None
        self._problem("process.too_large", where, number, formula=where, value=value)
        return ZERO

    def _account(self, call: Call, row: Row, number: int | None) -> AccountKey | None:
        """The account that a call names. Leaf dimensions may be blank: the document or lot is then not told apart."""
        places: dict[str, int] = {}
        for dimension, argument in call.arguments.items():
            value = evaluate(argument, row, self._context)
            if value is None and dimension not in call.role.leaf:
                self._problem("process.blank_account", argument.text, number, account=call.role.label)
                return None
            places[dimension] = int(value or 0)
        return AccountKey(call.role.account, **places)

    def _touch(
        self, call: Call, account: AccountKey, row: Row, count: Decimal, amount: Decimal, *, is_fact: bool
    ) -> None:
        if call.limits.limits:
            subject = call.subject(row, account)
            self._touches.append(Touch(account, subject, call.limits, is_fact, _direction(count), _direction(amount)))

    def _choose(self, call: Call, account: AccountKey, row: Row) -> None:
        """Remember that pieces are chosen below an account, if its role says how and a lot or spot is left open."""
        picks = call.limits.picks
        if picks is None or account in self.choices or all(getattr(account, dimension) for dimension in picks.leaf):
            return
        subject = call.subject(row, account)
        if picks.when is None or evaluate(picks.when, subject, self._context) is True:
            self.choices[account] = Choice(account, picks, subject)

    def _problem(self, code: str, where: str | None, number: int | None, **data: object) -> None:
        problem = Problem(code, field=where, row=number, data=data)
        if problem not in self.problems:
            self.problems.append(problem)


def _direction(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _sign(amount: Decimal | None, count: Decimal) -> Decimal:
    """Which way value goes with goods: as told, or with the goods."""
    return count if amount is None else amount
