"""Value follows goods: arithmetic that never loses a cent, for any numbers."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from onebook.ledger import value

PIECES = st.decimals("0.000001", 99999, places=6)
AMOUNTS = st.decimals("-99999999", "999999999999.99", places=2)


@given(AMOUNTS, st.lists(PIECES, min_size=1, max_size=12))
def test_all_value_has_left_with_the_last_piece(amount: D, parts: list[D]) -> None:
    quantity, rest, left = sum(parts, D(0)), amount, D(0)
    for part in parts:
        leaving = value.leaving(part, quantity, rest, D(0))
        assert leaving == leaving.quantize(D("0.01"))
        quantity, rest, left = quantity - part, rest - leaving, left + leaving
    assert (quantity, rest, left) == (D(0), D(0), amount)


@given(PIECES, st.decimals(0, 9999, places=2), PIECES, st.decimals(0, 9999, places=6))
def test_a_hole_settled_wholly_leaves_the_receipts_own_cost(hole: D, amount: D, pieces: D, known: D) -> None:
    """Out of nothing `hole` pieces leave; what then arrives at `amount` fills it and keeps its own unit cost."""
    owed = value.leaving(hole, D(0), D(0), known)
    difference = value.settled_difference(hole + pieces, amount, -hole, -owed)
    left = -owed + amount - difference
    assert left == amount - value.share(amount, hole, hole + pieces)
    assert value.settled_difference(hole, amount, -hole, -owed) == amount - owed


@given(PIECES, AMOUNTS, PIECES)
def test_nothing_to_settle_where_there_is_no_hole(quantity: D, amount: D, pieces: D) -> None:
    assert value.settled_difference(pieces, D(5), quantity, amount) == 0


def test_halves_round_away_from_zero() -> None:
    assert value.share(D("0.01"), D(1), D(2)) == D("0.01")
    assert value.share(D("-0.01"), D(1), D(2)) == D("-0.01")
    assert value.worth(D("0.5"), D("0.01")) == D("0.01")
