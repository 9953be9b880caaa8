"""Figures beside a record that is being typed: what the book says of its accounts, and what was said last time.

Whatever the user may not see is absent, not blank: records outside their reading scope have no figures for them, and
amounts are told where a preview of the form would tell them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.beside import Beside
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.gather import gather
from onebook.engines.form.linked import Linked, union
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.parse import MOST_ROWS
from onebook.engines.form.parse_value import Unreadable, parse_value
from onebook.engines.form.plan import LinkKeys, links_of
from onebook.engines.form.refusals import Forbidden, Invalid
from onebook.engines.form.rows import OUTER, Row, absolute
from onebook.engines.process.composing.limits import RoleLimits, understood
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.balances_now import BalancesNow
from onebook.engines.process.looking.latest import Latest, LatestValues
from onebook.engines.table.rights import ALL, Rights, rights
from onebook.engines.view.discretion import Discretion
from onebook.engines.view.page import shown
from onebook.engines.view.sight import Sight
from onebook.expression.python import Context, evaluate
from onebook.expression.tree import Expression
from onebook.ledger.account import AccountKey, Balance
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

Told = dict[str, Any]
_ZERO: Final = Balance()


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure that the actor may see: its account, or where the latest value is looked up."""

    name: str
    declared: Beside
    kind: FieldKind
    role: str = ""
    arguments: Mapping[str, Expression] | None = None
    limits: RoleLimits | None = None
    latest: Latest | None = None

    @property
    def expressions(self) -> Iterator[Expression]:
        """What is asked of the record that is typed."""
        yield from (self.arguments or {}).values()
        if self.latest is not None:
            yield from self.latest.ours


def figures(ground: Ground, actor: Actor, form: str) -> Mapping[str, FieldKind]:
    """The figures that the actor may see beside a form, with the kind of each."""
    return {figure.name: figure.kind for figure in _figures(ground, actor, form)}


def beside(
    transaction: Transaction,
    ground: Ground,
    actor: Actor,
    form: str,
    values: Mapping[str, Any],
    now: datetime,
    record: int | None = None,
) -> Told:
    """The figures of a record as it is typed, however wrong it still is: what cannot be read counts as blank.

    Args:
        transaction: one that reads.
        ground: the company.
        actor: who types.
        form: what is typed.
        values: JSON values by field, lines as lists of rows.
        now: the moment.
        record: the id under which it is stored, if it is: it is never its own latest value.
    """
    declared = ground.catalog.forms[form]
    granted = rights(ground.catalog, actor, form)
    if granted.read is None and granted.create is None:
        raise Forbidden(form=declared.label, action="read")
    own = _figures(ground, actor, form)
    row = _row(declared, granted, values)
    context = ground.context(actor, now)
    shut = _attach(transaction, ground, actor, declared, own, row, context)
    asking = _Asking(ground, actor, context, record, shut)
    told: Told = {
        "record": {},
        "lines": {name: [{} for _ in row[name]] for name in _lines_of(own)},
    }
    for figure in own:
        each = figure.declared.each
        targets = [(row, told["record"])] if each is None else zip(row[each], told["lines"][each], strict=True)
        for source, into in targets:
            asking.ask(figure, source, into)
    asking.answer(transaction)
    return told


def _lines_of(own: Iterable[_Figure]) -> set[str]:
    return {figure.declared.each for figure in own if figure.declared.each is not None}


def _figures(ground: Ground, actor: Actor, form: str) -> Sequence[_Figure]:
    roles = None if actor.id == SYSTEM.id else actor.roles
    found: Sequence[_Figure] = ground.kept(
        ("beside", form, roles), lambda: tuple(_visible(ground, actor, ground.catalog.forms[form]))
    )
    return found


def _visible(ground: Ground, actor: Actor, form: Form) -> Iterator[_Figure]:
    """Figures of which the actor may see the account, what it is asked with, and what it is compared with."""
    catalog, sight = ground.catalog, Sight(ground.catalog, actor)
    discretion = Discretion(catalog, actor, form.form)
    for name, declared in form.beside.items():
        own = f"{form.form}.{declared.each}" if declared.each else form.form
        if declared.balance is not None:
            call = catalog.account_call(declared.balance, form.form, declared.each)
            role = call.role.account
            is_amount = declared.shows == "amount" or call.role.measures == "amount"
            tells = discretion.tells_amounts(role) if is_amount else discretion.tells_limits(role)
            arguments = {str(dimension): one for dimension, one in call.arguments.items()}
            kind = FieldKind.MONEY if is_amount else FieldKind.QUANTITY
            limits = understood(catalog, role) if declared.shows == "headroom" else None
            figure = _Figure(name, declared, kind, role, arguments, limits)
        else:
            latest = Latest.of(ground, actor, form.form, declared)
            tells = latest is not None
            figure = _Figure(name, declared, latest.kind if latest else FieldKind.TEXT, latest=latest)
        if tells and all(sight.sees_all(own, one) for one in figure.expressions):
            yield figure


# What is typed


def _row(form: Form, granted: Rights, values: Mapping[str, Any]) -> Row:
    """The record as far as it can be read."""
    row: Row = {"id": None}
    for name, field in form.fields.items():
        if field.kind is FieldKind.LINES:
            given = values.get(name)
            rows = given if isinstance(given, list) else []
            if len(rows) > MOST_ROWS:
                problem = Problem("form.too_many_rows", name, None, {"most": MOST_ROWS, "rows": len(rows)})
                raise Invalid([problem], form=form.label)
            row[name] = [_inner(field.fields or {}, granted, name, one, row) for one in rows]
        elif name not in granted.hidden:
            row[name] = _value(field, values.get(name))
    return row


def _inner(fields: Mapping[str, FieldDeclaration], granted: Rights, lines: str, given: Any, outer: Row) -> Row:
    values = given if isinstance(given, Mapping) else {}
    seen = {name: field for name, field in fields.items() if f"{lines}.{name}" not in granted.hidden}
    return {"id": None, OUTER: outer, **{name: _value(field, values.get(name)) for name, field in seen.items()}}


def _value(field: FieldDeclaration, value: Any) -> Any:
    """A typed value, or blank; links may bring their title along."""
    if field.kind is FieldKind.LINK and isinstance(value, Mapping):
        value = value.get("id")
    try:
        return parse_value(field, value)
    except Unreadable:
        return None


def _attach(
    transaction: Transaction,
    ground: Ground,
    actor: Actor,
    form: Form,
    own: Sequence[_Figure],
    row: Row,
    context: Context,
) -> frozenset[tuple[str, int]]:
    """Read what lies behind typed links, where a figure looks there; which of them the actor may not read."""
    keys = {path for one in own for text in one.expressions for path in absolute(text.paths, one.declared.each)}
    links = [link for link in links_of(form, ground.tables, frozenset(keys)) if link.keys]
    ids: dict[str, set[int]] = {}
    for link in links:
        for one in _holders(row, link):
            if (number := one.get(link.name)) is not None:
                ids.setdefault(link.target, set()).add(number)
    linked = Linked()
    company = next((link.keys for link in links if link.lines is None and link.name == "company"), frozenset())
    wanted = {target: frozenset(found) for target, found in ids.items()}
    load = LinkedLoad(ground.forms, linked, wanted, union(links), context, reader=actor, company=company)
    gather(transaction, load)
    if load.company is not None:
        row["company"] = load.company
    for link in links:
        for one in _holders(row, link):
            if (link.target, one.get(link.name)) in load.unreadable:
                one[link.name] = None
        linked.attach_all(_holders(row, link), link)
    return frozenset(load.unreadable)


def _holders(row: Row, link: LinkKeys) -> list[Row]:
    return [row] if link.lines is None else row[link.lines]


# What is asked and answered


class _Asking:
    """All questions of one request: asked together, answered into the places that wait for them."""

    def __init__(
        self, ground: Ground, actor: Actor, context: Context, record: int | None, shut: frozenset[tuple[str, int]]
    ) -> None:
        self._ground = ground
        self._actor = actor
        self._context = context
        self._shut = set(shut)
        self._balances = BalancesNow()
        self._accounts: list[tuple[_Figure, AccountKey, Told]] = []
        self._latest: dict[str, LatestValues] = {}
        self._values: list[tuple[_Figure, tuple[Any, ...], Told]] = []
        self._record = record

    def ask(self, figure: _Figure, row: Row, into: Told) -> None:
        """Ask for the figure of a row; nothing is asked before all that it needs was typed."""
        if figure.latest is not None:
            same = tuple(evaluate(one, row, self._context) for one in figure.latest.ours)
            if None not in same:
                asked = self._latest.setdefault(figure.name, LatestValues(figure.latest, self._context, self._record))
                asked.ask(same)
                self._values.append((figure, same, into))
            return
        arguments = {name: evaluate(one, row, self._context) for name, one in (figure.arguments or {}).items()}
        if None in arguments.values():
            return
        account = AccountKey(figure.role, **arguments)
        self._accounts.append((figure, account, into))
        self._balances.ask(account)
        for limit in figure.limits.limits if figure.limits else ():
            for role in limit.declaration.plus:
                self._balances.ask(AccountKey(role, **arguments))

    def answer(self, transaction: Transaction) -> None:
        """One round trip; then every figure into its place."""
        linked, ids, keys = Linked(), *self._dimensions()
        load = LinkedLoad(self._ground.forms, linked, ids, keys, self._context, reader=self._actor)
        gather(transaction, load, self._balances, *self._latest.values())
        self._shut |= load.unreadable
        for figure, account, into in self._accounts:
            if not any((form, number) in self._shut for form, number in self._places(account)):
                value = self._value(figure, account, linked)
                if value is not None:
                    into[figure.name] = {"value": shown(figure.kind, value)}
        for figure, same, into in self._values:
            found = self._latest[figure.name].found(same)
            if found is not None:
                value, at = found
                into[figure.name] = {"value": shown(figure.kind, value), "at": at}

    def _places(self, account: AccountKey) -> Iterator[tuple[str, int]]:
        for dimension, form in self._ground.catalog.accounts[account.role].dimensions.items():
            number = int(getattr(account, dimension))
            if number:
                yield form, number

    def _dimensions(self) -> tuple[dict[str, frozenset[int]], dict[str, frozenset[str]]]:
        """The records at which accounts are looked up, where the actor may not read every one or a limit reads them."""
        ids: dict[str, set[int]] = {}
        keys: dict[str, frozenset[str]] = {}
        for figure, account, _ in self._accounts:
            role = self._ground.catalog.accounts[account.role]
            reads = figure.limits.reads if figure.limits else {}
            for dimension, form in role.dimensions.items():
                number = int(getattr(account, dimension))
                is_all = rights(self._ground.catalog, self._actor, form.partition(".")[0]).read == ALL
                if number and (dimension in reads or not is_all):
                    ids.setdefault(form, set()).add(number)
                    keys[form] = keys.get(form, frozenset()) | reads.get(dimension, frozenset())
        return {form: frozenset(found) for form, found in ids.items()}, keys

    def _value(self, figure: _Figure, account: AccountKey, linked: Linked) -> Decimal | None:
        balance = self._balances.found.get(account, _ZERO)
        is_amount = figure.kind is FieldKind.MONEY
        match figure.declared.shows:
            case "quantity":
                return balance.quantity
            case "amount":
                return balance.amount
            case "available":
                return balance.available_amount if is_amount else balance.available
            case "reserved":
                return balance.taken_amount if is_amount else balance.taken_quantity
            case "expected":
                return balance.expected_amount if is_amount else balance.expected_quantity
            case _:
                return self._headroom(figure, account, linked)

    def _headroom(self, figure: _Figure, account: AccountKey, linked: Linked) -> Decimal | None:
        """What the tightest upper limit leaves; blank where there is none."""
        role = self._ground.catalog.accounts[account.role]
        subject: Row = {}
        for dimension, form in role.dimensions.items():
            subject[dimension] = int(getattr(account, dimension)) or None
            for key in figure.limits.reads.get(dimension, ()) if figure.limits else ():
                subject[f"{dimension}.{key}"] = linked.value(form, subject[dimension], key)
        left: list[Decimal] = []
        for limit in figure.limits.limits if figure.limits else ():
            declared = limit.declaration
            is_amount = declared.measure == "amount"
            if limit.at_most is None or is_amount != (figure.kind is FieldKind.MONEY):
                continue
            most = evaluate(limit.at_most, subject, self._context)
            lifted = limit.unless is not None and evaluate(limit.unless, subject, self._context) is True
            if most is None or lifted:
                continue
            places = {dimension: getattr(account, dimension) for dimension in role.dimensions}
            roles = (account.role, *declared.plus)
            balances = [self._balances.found.get(AccountKey(one, **places), _ZERO) for one in roles]
            left.append(most - sum((_standing(one, declared.tense, is_amount) for one in balances), Decimal(0)))
        return min(left, default=None)


def _standing(balance: Balance, tense: str, is_amount: bool) -> Decimal:
    if tense == "balance":
        return balance.amount if is_amount else balance.quantity
    if tense == "available":
        return balance.available_amount if is_amount else balance.available
    return balance.projected_amount if is_amount else balance.projected


def described(ground_figures: Mapping[str, FieldKind], form: Form, language: str) -> list[Told]:
    """The figures as the description of a form names them."""
    return [
        {
            "name": name,
            "label": form.beside[name].label.in_language(language),
            "kind": kind.value,
            "lines": form.beside[name].each,
        }
        for name, kind in ground_figures.items()
    ]
