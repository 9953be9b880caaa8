"""Opening a figure: exactly the entries and promises that sum to the balance of an account, each with its document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.form.refusals import Forbidden
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.naming import titles
from onebook.engines.process.refusals import UnknownAccount
from onebook.engines.table.rights import rights
from onebook.ledger.account import AccountKey
from onebook.storage.transaction import Statement, Transaction
from onebook.values.decimals import ZERO

#: The most entries of one page; the sums are over all of them.
_MOST: Final = 1000

_WHERE: Final = "a.role = %(role)s AND {dimensions}"
_ENTRIES: Final = """
SELECT e.journal, j.booked_on, j.form, j.record, j.transition, e.quantity, e.amount, e.is_red,
    sum(e.quantity) OVER (), sum(e.amount) OVER (), count(*) OVER ()
FROM ledger_account a JOIN ledger_entry e ON e.account = a.id JOIN ledger_journal j ON j.id = e.journal
WHERE {where} AND (%(until)s::date IS NULL OR e.booked_on <= %(until)s)
ORDER BY e.booked_on DESC, e.journal DESC, e.position LIMIT {most}
"""
_HOLDS: Final = """
SELECT h.id, h.name, h.form, h.document, h.due, h.sign, h.open_quantity, h.open_amount, h.waiting
FROM ledger_account a JOIN ledger_hold h ON h.account = a.id
WHERE {where} AND h.is_open ORDER BY h.sign, h.priority, h.due NULLS LAST, h.id LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure: a role at dimensions (ids); dimensions that are left out are summed over. `until`: as of a day."""

    account: str
    at: Mapping[str, int] = field(default_factory=dict)
    until: date | None = None


def opened(transaction: Transaction, ground: Ground, actor: Actor, asked: Asked, language: str) -> dict[str, Any]:
    """The entries and open promises of a figure, in one round trip, with the names of everything concerned."""
    declared = ground.catalog.accounts.get(asked.account)
    if declared is None or set(asked.at) - set(declared.dimensions):
        raise UnknownAccount(account=asked.account)
    conditions = [f"a.{name} = %({name})s" for name in asked.at] or ["true"]
    where = _WHERE.format(dimensions=" AND ".join(conditions))
    known = {"role": asked.account, "until": asked.until, **asked.at}
    entries, holds = transaction.run(
        Statement(_ENTRIES.format(where=where, most=_MOST), known),
        Statement(_HOLDS.format(where=where, most=_MOST), known),
    )
    readable = {form for form in ground.catalog.forms if rights(ground.catalog, actor, form).read is not None}
    if any(row[2] not in readable for row in (*entries, *holds)):
        raise Forbidden(form=declared.label, action="read")
    names = titles(transaction, ground, [AccountKey(asked.account, **asked.at)])
    quantity, amount, count = entries[0][8:11] if entries else (ZERO, ZERO, 0)
    return {
        "account": asked.account,
        "label": declared.label.in_language(language),
        "at": {name: {"id": one, "title": names.get(one)} for name, one in asked.at.items()},
        "quantity": quantity,
        "amount": amount,
        "count": count,
        "entries": [
            {
                "journal": journal, "on": on, "form": form, "id": record, "transition": transition,
                "label": ground.catalog.forms[form].label.in_language(language),
                "quantity": moved, "amount": value, "is_reversal": is_red,
            }
            for journal, on, form, record, transition, moved, value, is_red, *_ in entries
        ],
        "holds": [
            {
                "hold": hold, "name": name, "form": form, "id": record, "due": due, "takes": sign < 0,
                "label": ground.catalog.forms[form].label.in_language(language),
                "quantity": moved, "amount": value, "waiting": waiting,
            }
            for hold, name, form, record, due, sign, moved, value, waiting in holds
        ],
    }  # fmt: skip


def require_everything(ground: Ground | None, actor: Actor) -> None:
    """Refuse whoever does not administer the company; before the first publication only the system does."""
    roles = [ground.catalog.roles[name] for name in actor.roles if name in ground.catalog.roles] if ground else []
    if actor.id != SYSTEM.id and not any(role.everything for role in roles):
        raise Forbidden(form="", action="administer")
