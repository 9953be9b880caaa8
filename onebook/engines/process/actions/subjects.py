"""What limits read of the items and parties of a journal's accounts: a reversal knows accounts, not documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select, text

from onebook.engines.process.composing.limits import Touch, limits_of
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.steps import JOURNAL
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.expression.python import Context
from onebook.ledger.account import AccountKey
from onebook.ledger.request import Limit, Undo
from onebook.storage.transaction import Rows, Statement

#: Accounts with entries of the journal, and those of the promises that it settled, let go or made smaller.
_ACCOUNTS: Final = f"""
SELECT account FROM ledger_entry WHERE journal IN ({JOURNAL})
UNION SELECT h.account FROM ledger_hold_change c JOIN ledger_hold h ON h.id = c.hold WHERE c.journal IN ({JOURNAL})"""
_HELD: Final = f"""
SELECT DISTINCT a.role, a.item, a.place, a.lot, a.party, a.document, a.spot, h.sign FROM ledger_hold_change c
JOIN ledger_hold h ON h.id = c.hold JOIN ledger_account a ON a.id = h.account
WHERE c.journal IN ({JOURNAL}) AND (c.kind IN ('settle', 'release')
    OR c.wanted_quantity < c.released_quantity OR c.wanted_amount < c.released_amount)"""

#: A role and one of its dimensions.
_Asked = tuple[str, str]


class Subjects:
    """Wants the values that the limits of a step's accounts read."""

    def __init__(self, ground: Ground, record: int, step: int | None) -> None:
        """Ask for a step of a record, or for its latest."""
        self._ground = ground
        self._known = {"record": record, "step": step}
        self._texts = _texts(ground)
        self._values: dict[_Asked, dict[int, dict[str, Any]]] = {}
        self._held: Rows = []
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """One statement per role and dimension with a limit, and one for the promises."""
        if self._is_asked:
            return ()
        return [Statement(_HELD, self._known), *(text.bound(self._known) for text in self._texts.values())]

    def take(self, results: Sequence[Rows]) -> None:
        """The values by id."""
        self._is_asked = True
        self._held = results[0]
        for (asked, _), rows in zip(self._texts.items(), results[1:], strict=True):
            keys = _reads(self._ground, *asked)
            self._values[asked] = {number: dict(zip(keys, values, strict=True)) for number, *values in rows}

    def limits(self, undo: Undo, context: Context) -> tuple[Limit, ...]:
        """The bounds that taking back the journal could break."""
        return limits_of(self._touches(undo), self._ground.roles, context)

    def _touches(self, undo: Undo) -> Iterator[Touch]:
        for entry in undo.entries:
            yield self._touch(entry.account, True, _sign(entry.quantity), _sign(entry.amount))
        for *account, sign in self._held:
            # What was promised is promised again: it takes, or is expected, as before.
            yield self._touch(AccountKey(*account), False, sign, sign)

    def _touch(self, account: AccountKey, is_fact: bool, quantity: int, amount: int) -> Touch:
        subject: dict[str, Any] = {}
        for dimension in self._ground.catalog.accounts[account.role].dimensions:
            identity = int(getattr(account, dimension))
            subject[dimension] = identity or None
            values = self._values.get((account.role, dimension), {}).get(identity, {})
            subject.update((f"{dimension}.{key}", value) for key, value in values.items())
        limits = self._ground.transitions.limits(account.role)
        return Touch(account, subject, limits, is_fact, quantity, amount)


def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)


def _reads(ground: Ground, role: str, dimension: str) -> tuple[str, ...]:
    return tuple(sorted(ground.transitions.limits(role).reads[dimension]))


def _texts(ground: Ground) -> Mapping[_Asked, CompiledText]:
    """The queries of all roles with limits that read something; made once per catalog."""
    kept: dict[_Asked, CompiledText] = ground.kept("subjects", lambda: dict(_compiled(ground)))
    return kept


def _compiled(ground: Ground) -> Iterator[tuple[_Asked, CompiledText]]:
    for role in ground.catalog.accounts.values():
        for dimension in ground.transitions.limits(role.account).reads:
            joins = Joins(ground.tables, role.dimensions[dimension])  # type: ignore[index]
            reads = _reads(ground, role.account, dimension)
            columns = [joins.column(key).label(f"c{n}") for n, key in enumerate(reads)]
            ids = text(
                f"ARRAY(SELECT {dimension} FROM ledger_account WHERE role = :role AND id IN ({_named(_ACCOUNTS)}))"
            ).bindparams(role=role.account)
            query = select(joins.root.c.id, *columns).select_from(joins.from_clause())
            yield (role.account, dimension), compiled(query.where(joins.root.c.id == func.any(ids)))


def _named(sql: str) -> str:
    """The parameters of a step as SQLAlchemy writes them."""
    return (
        sql.replace("%(record)s", ":record")
        .replace("%(step)s::bigint", "CAST(:step AS bigint)")
        .replace("%(step)s", ":step")
    )
