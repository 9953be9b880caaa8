"""Names for ids: what the items, places, parties and documents of accounts are called, in refusals too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from onebook.engines.form.forms import title_of
from onebook.engines.process.ground import Ground
from onebook.engines.table.names import table_name
from onebook.ledger.account import AccountKey
from onebook.storage.transaction import Statement, Transaction
from onebook.values.label import Label
from onebook.values.refusal import Problem, Refusal

#: Titles by record id.
Names = Mapping[int, str]


def titles(transaction: Transaction, ground: Ground, accounts: Iterable[AccountKey]) -> Names:
    """The titles of everything that accounts are kept for; one round trip."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for account in set(accounts):
        declared = ground.catalog.accounts.get(account.role)
        for dimension, form in declared.dimensions.items() if declared else ():
            if number := int(getattr(account, dimension)):
                ids[form].add(number)
    statements = []
    for form, numbers in sorted(ids.items()):
        title = title_of(ground.catalog.forms[form]) if form in ground.catalog.forms else None
        if title is not None:
            sql = f'SELECT id, "{title}"::text FROM "{table_name(form)}" WHERE id = ANY(%(ids)s::bigint[])'
            statements.append(Statement(sql, {"ids": sorted(numbers)}))
    found: dict[int, str] = {}
    for rows in transaction.run(*statements) if statements else ():
        found.update({number: name for number, name in rows if name is not None})
    return found


def named(transaction: Transaction, ground: Ground, refusal: Refusal) -> Refusal:
    """The same refusal with the names of the accounts that it is about, and the words of the limits that they met.

    Problems of the ledger know ids only; `account` is what people call it."""
    accounts = {place: key for place, one in enumerate(refusal.problems) if (key := _account(one)) is not None}
    if not accounts:
        return refusal
    names = titles(transaction, ground, accounts.values())
    problems = [
        _told(ground, one, accounts[place], names) if place in accounts else one
        for place, one in enumerate(refusal.problems)
    ]
    return type(refusal)(problems, **refusal.data)


def _account(problem: Problem) -> AccountKey | None:
    data = problem.data
    if not isinstance(data.get("role"), str):
        return None
    places = {name: data.get(name) for name in ("item", "place", "lot", "party", "document", "spot")}
    return AccountKey(str(data["role"]), **{name: one for name, one in places.items() if isinstance(one, int)})


def _told(ground: Ground, problem: Problem, account: AccountKey, names: Names) -> Problem:
    declared = ground.catalog.accounts.get(account.role)
    if declared is None:
        return problem
    ids = [int(getattr(account, dimension)) for dimension in declared.dimensions]
    places = [names[one] for one in ids if one in names]
    label = declared.label
    if places:
        label = Label(f"{label.chinese}（{'、'.join(places)}）", f"{label.english} ({', '.join(places)})")
    data = {**problem.data, "account": label}
    role, _, place = str(problem.data.get("name", "")).rpartition(".")
    if role == account.role and place.isdecimal() and declared.limits[int(place)].otherwise is not None:
        data["words"] = declared.limits[int(place)].otherwise
    return Problem(problem.code, problem.field, problem.row, data)
