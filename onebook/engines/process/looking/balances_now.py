"""What accounts show at this moment, many at once and without locks."""

from collections.abc import Mapping, Sequence
from typing import Final

from onebook.ledger.account import AccountKey, Balance
from onebook.storage.transaction import Rows, Statement

_SQL: Final = """
SELECT a.role, a.item, a.place, a.lot, a.party, a.document, a.spot, a.quantity, a.amount, a.taken_quantity,
       a.taken_amount, a.expected_quantity, a.expected_amount, a.waiting
FROM unnest(%(role)s::text[], %(item)s::bigint[], %(place)s::bigint[], %(lot)s::bigint[], %(party)s::bigint[],
            %(document)s::bigint[], %(spot)s::bigint[]) AS k (role, item, place, lot, party, document, spot)
JOIN ledger_account a USING (role, item, place, lot, party, document, spot)
"""
_NAMES: Final = ("role", "item", "place", "lot", "party", "document", "spot")


class BalancesNow:
    """Wants the balances of accounts; an account that nobody posted to is not found and shows nothing."""

    def __init__(self) -> None:
        """Nothing asked yet."""
        self._asked: dict[AccountKey, None] = {}
        self._is_done = False
        self._found: dict[AccountKey, Balance] = {}

    @property
    def found(self) -> Mapping[AccountKey, Balance]:
        """The balances of those that there are."""
        return self._found

    def ask(self, account: AccountKey) -> None:
        """One account more."""
        self._asked[account] = None

    def statements(self) -> Sequence[Statement]:
        """One statement for all of them."""
        if not self._asked or self._is_done:
            return ()
        return (Statement(_SQL, {name: [getattr(key, name) for key in self._asked] for name in _NAMES}),)

    def take(self, results: Sequence[Rows]) -> None:
        """The balances."""
        self._found = {AccountKey(*row[:7]): Balance(*row[7:]) for row in results[0]}
        self._is_done = True
