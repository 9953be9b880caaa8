"""Keys of accounts: what a control account lacks, and where a rest of value goes."""

from dataclasses import replace

import pytest

from onebook.ledger.account import AccountKey, difference_account
from onebook.ledger.role import Dimension, Role

KEY = AccountKey("shelf", item=1, place=2, lot=3, party=4, document=5, spot=6)
NUMBERS = {"item": 1, "place": 2, "lot": 3, "party": 4, "document": 5, "spot": 6}
PLAIN = Role("shelf", frozenset(Dimension))
REST = {
    "by item": Role("by item", frozenset({Dimension.ITEM}), kept=False),
    "in one": Role("in one", frozenset({Dimension.PLACE}), kept=False),
}


@pytest.mark.parametrize("leaf", [{one} for one in Dimension] + [{Dimension.LOT, Dimension.SPOT}, set(Dimension)])
def test_a_control_account_lacks_what_tells_leaves_apart_and_nothing_else(leaf: set[Dimension]) -> None:
    control = KEY.control(replace(PLAIN, leaf=frozenset(leaf)))
    assert control.role == "shelf"
    assert {one: control.at(one) for one in Dimension} == {
        one: 0 if one in leaf else NUMBERS[one.value] for one in Dimension
    }
    assert control.control(replace(PLAIN, leaf=frozenset(leaf))) == control, "it rolls up to nothing further"


def test_an_account_without_leaves_is_its_own_control() -> None:
    assert KEY.control(PLAIN) is KEY


@pytest.mark.parametrize(("name", "item"), [("by item", 1), ("in one", 0)])
def test_a_rest_goes_to_its_item_where_the_difference_is_kept_by_item(name: str, item: int) -> None:
    assert difference_account(replace(PLAIN, difference=name), KEY, REST) == AccountKey(name, item=item)


def test_a_role_without_a_difference_has_nowhere_for_a_rest() -> None:
    assert difference_account(PLAIN, KEY, REST) is None


def test_an_account_is_called_by_what_it_has() -> None:
    assert str(AccountKey("on_hand", item=3, place=1)) == "on_hand(item 3, place 1)"
