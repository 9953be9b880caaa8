"""Which objects a rule speaks about, as SQL: over events that were heard, or over all records when the clock asks."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.sql.visitors import replacement_traverse

from onebook.definition.declarations import AccountCall
from onebook.definition.rule import BALANCE
from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.expression.sql import lower, lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

#: The events of a batch that set a rule off, the latest of each record first.
_HEARD: Final = """
SELECT {object} AS object, e.id AS event, e.kind, e.source, e.by, coalesce(e.cause, e.id) AS cause, e.depth
FROM onebook_event e {source}
WHERE e.id = ANY(%(ids)s::bigint[]) AND ({matches}) AND (%(pilot)s::bigint[] IS NULL OR e.by = ANY(%(pilot)s::bigint[]))
"""
_OF_CHANGE: Final = "JOIN onebook_change c ON c.id = e.source"
_OF_STEP: Final = "JOIN onebook_step s ON s.id = e.source"
#: The accounts that a journal moved, by facts and by promises.
_OF_JOURNAL: Final = """
CROSS JOIN LATERAL (
    SELECT n.account FROM ledger_entry n WHERE n.journal = e.source
    UNION SELECT h.account FROM ledger_hold_change d JOIN ledger_hold h ON h.id = d.hold WHERE d.journal = e.source
) moved JOIN ledger_account a ON a.id = moved.account AND a.role = %(role)s"""
#: A row of the trail tells of a field; of rows that come and go, of all of theirs.
_CELL: Final = (
    "(c.changes ? {own} AND (c.changes -> {own} ?| ARRAY['added', 'removed']"
    " OR jsonb_path_exists(c.changes -> {own}, '$.changed.*.\"{cell}\"')))"
)
_ACCOUNT: Final = table(
    "ledger_account",
    *(column(name, BigInteger) for name in ("control", "item", "place", "lot", "spot", "party", "document")),
    column("role", Text),
    *(column(name) for name in ("quantity", "amount", "taken_quantity")),
)


def heard(rule: CompiledRule) -> CompiledText:
    """The events among `ids` that set a rule off: object, event, kind, source, by, cause, depth."""
    on, role = rule.rule.on, None
    text = {"object": "e.record", "source": _OF_CHANGE}
    if rule.call is not None:
        own = next(str(dimension) for dimension, one in rule.call.arguments.items() if one.paths == {"id"})
        text |= {"object": f"a.{own}", "source": _OF_JOURNAL, "matches": "e.kind = 'journal'"}
        role = rule.call.role.account
    elif on.transition is not None or on.reversed is not None:
        backwards = "IS NULL" if on.transition is not None else "IS NOT NULL"
        matches = f"e.kind = 'step' AND e.form = %(form)s AND s.transition = %(step)s AND s.reverses {backwards}"
        text |= {"source": _OF_STEP, "matches": matches}
    else:
        text["matches"] = f"e.kind = 'change' AND e.form = %(form)s AND ({changes_meant(rule)})"
    known = {"form": rule.rule.form, "role": role, "step": on.transition or on.reversed}
    return CompiledText(_HEARD.format(**text), known)


def changes_meant(rule: CompiledRule) -> str:
    """Which rows `c` of the trail of its form set a rule off."""
    ways = ["c.version = 1 AND c.action IN ('create', 'import')"] if rule.rule.on.created else []
    return " OR ".join([*ways, *map(_told, rule.rule.on.changed)]) or "false"


def asked(rule: CompiledRule) -> CompiledText:
    """Of the objects that were heard (`SELECT object FROM heard`): object, whether the condition holds, its figures."""
    hearing = Hearing(rule)
    holds, reads, root = hearing.holds, hearing.reads, hearing.columns.root
    among = select(column("object", BigInteger)).select_from(table("heard"))
    query = select(root.c.id.label("object"), holds.label("holds"), reads.label("reads"))
    query = query.select_from(hearing.columns.from_clause())
    return compiled(query.where(root.c.id.in_(among), root.c.deleted_at.is_(None)))


def reminded(rule: CompiledRule) -> CompiledText:
    """The records that the clock reminds the rule of: object, whether its condition holds, what it reads, and of dates
    the `date` that it is about, looked back to for `late` days: what a worker that stood still has missed is not lost.
    """
    hearing = Hearing(rule)
    holds, reads, root = hearing.holds, hearing.reads, hearing.columns.root
    conditions: list[ColumnElement[bool]] = [root.c.deleted_at.is_(None)]
    date: ColumnElement[Any] = literal_column("NULL::text")
    if rule.date is not None:
        on = hearing.value(rule.date)
        # A date moves by days as whole numbers do.
        day = cast(bindparam("context_today", type_=Date), Date) + cast(literal(rule.rule.on.before, Integer), Integer)
        conditions += [on <= day, on > day - cast(bindparam("late", type_=Integer), Integer)]
        date = cast(on, Text)
    columns = [root.c.id.label("object"), holds.label("holds"), reads.label("reads"), date.label("date")]
    return compiled(select(*columns).select_from(hearing.columns.from_clause()).where(*conditions))


class Hearing:
    """The query of one rule over its form, being built."""

    def __init__(self, rule: CompiledRule) -> None:
        """For a rule."""
        self.rule = rule
        self.columns = Joins(rule.tables, rule.rule.form)

    @property
    def holds(self) -> ColumnElement[bool]:
        """Its condition; false and blank are the same."""
        when = self.rule.when
        if when is None:
            return true()
        return func.coalesce(self._in_place(lower_condition(when, self.columns)), False)

    @property
    def reads(self) -> ColumnElement[Any]:
        """The figures that its condition reads, by their names, and the balance."""
        parts: list[Any] = []
        for key, kind in self.rule.reads.items():
            value = self.columns.column(key)
            parts += [cast(literal(key, Text), Text), _exact(value) if kind is Kind.NUMBER else value]
        if self.rule.call is not None:
            shown = balance(self.rule, self.rule.call, self.columns)
            parts += [cast(literal(BALANCE, Text), Text), _exact(shown)]
        return func.jsonb_build_object(*parts)

    def value(self, expression: Expression) -> ColumnElement[Any]:
        """The value of a formula of the rule."""
        return self._in_place(lower(expression, self.columns))

    def _in_place(self, lowered: ColumnElement[Any]) -> ColumnElement[Any]:
        """With the balance where the formula names it."""
        call = self.rule.call
        if call is None:
            return lowered
        shown = balance(self.rule, call, self.columns)

        def replaced(element: Any, **_: Any) -> Any:
            is_balance = isinstance(element, BindParameter) and element.key == f"parameter_{BALANCE}"
            return shown if is_balance else None

        found: ColumnElement[Any] = replacement_traverse(lowered, {}, replaced)
        return found


def _exact(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A number as text: JSON would make it a float."""
    return cast(func.trim_scale(value), Text)


def balance(rule: CompiledRule, call: AccountCall, columns: Joins) -> ColumnElement[Any]:
    """What the account of a rule shows for a record: leaves that it does not name count in what they roll up to."""
    account = _ACCOUNT.alias()
    shows = rule.rule.on.shows
    measure = account.c.quantity - account.c.taken_quantity if shows == "available" else account.c[shows]
    own = [account.c[str(dimension)] == lower(one, columns) for dimension, one in call.arguments.items()]
    if not set(call.arguments) & set(call.role.leaf):
        own.append(account.c.control.is_(None))
    query: Select[Any] = select(func.coalesce(func.sum(measure), 0))
    return query.where(account.c.role == literal(call.role.account), *own).scalar_subquery()


def _told(name: str) -> str:
    own, _, cell = name.partition(".")
    quoted = f"'{own}'"
    return _CELL.format(own=quoted, cell=cell) if cell else f"c.changes ? {quoted}"
