"""Quantities that a file says in packs: exact, in the units of what is counted, or refused with the reason."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from onebook.engines.process.importing.packs import Unit, counted, exact, packed_in
from tests.unit.importing.conftest import World, wrong, xlsx

PIECE = Unit(1, frozenset({"个", "pcs"}), Fraction(1))
TRAY = Unit(2, frozenset({"盒"}), Fraction(6))
BOX = Unit(3, frozenset({"箱", "box"}), Fraction(24))
THIRD = Unit(4, frozenset({"份"}), Fraction(1, 3))


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("2箱3个", 51, PIECE),
        ("2箱3", 51, PIECE),
        ("２箱 ３个", 51, PIECE),
        ("1箱1盒2个", 32, PIECE),
        ("1箱，2盒", 36, PIECE),
        ("2 BOX 3 pcs", 51, PIECE),
        ("2箱", 2, BOX),
        ("1.5 箱", Fraction(3, 2), BOX),
        ("-2箱3个", -51, PIECE),
        ("3份1个", 2, PIECE),
    ],
)
def test_what_is_said_in_packs(text: str, quantity: Fraction | int, unit: Unit) -> None:
    packed = packed_in(text)
    assert packed is not None
    assert counted(packed, PIECE, [TRAY, BOX, THIRD]) == (quantity, unit)


@pytest.mark.parametrize("text", ["12", "2.5", "", "箱", "3 2箱", "2箱-3个", "许多", "1e3", "2.5e-1", "1箱" * 40])
def test_what_is_no_quantity_in_packs(text: str) -> None:
    assert packed_in(text) is None


def test_units_that_nobody_knows_and_fractions_without_end_are_not_counted() -> None:
    strange = packed_in("2桶3个")
    assert strange is not None
    assert counted(strange, PIECE, [BOX]) is None
    assert exact(Fraction(51, 2), 6) == Decimal("25.5")
    assert exact(Fraction(1, 3), 6) is None


def goods(world: World) -> None:
    """A seal that is counted in pieces and boxes of 24, and a customer."""
    head = ["code", "name", "unit", "sales_price", "units.alternative", "units.numerator", "units.denominator"]
    world.take("product", xlsx([head, ["A1", "密封圈", "PCS", 1, "箱", 24, 1]]))
    world.take("customer", xlsx([["code", "name"], ["K1", "华东五金"]]))


def order(*rows: list[Any]) -> list[list[Any]]:
    return [["customer", "lines.product", "lines.quantity", "lines.unit"], *(["K1", *row] for row in rows)]


def test_a_file_says_quantities_in_packs(world: World) -> None:
    goods(world)
    rows = order(["A1", "2箱3个", None], ["A1", "2箱", None], ["A1", "1箱", "箱"], ["A1", "1箱2", "PCS"])
    result = world.take("sales_order", xlsx(rows))
    assert (result.new, result.wrong, wrong(result)) == (1, 0, [])
    stored = world.ask(
        'SELECT l.quantity::numeric::text, u.name, l.base_quantity::numeric::text FROM "sales_order__lines" l'
        " JOIN unit u ON u.id = l.unit ORDER BY l.position"
    )
    [(piece,)] = world.ask("SELECT name FROM unit WHERE code = 'PCS'")
    figures = [(int(Decimal(quantity)), unit, int(Decimal(base))) for quantity, unit, base in stored]
    assert figures == [(51, piece, 51), (2, "箱", 48), (1, "箱", 24), (26, piece, 26)]


def test_what_cannot_be_counted_is_told_at_its_row(world: World) -> None:
    goods(world)
    rows = order(
        ["A1", "2桶3个", None],
        [None, "2箱3个", None],
        ["A1", "2箱3个", "箱"],
        ["没有", "2箱3个", None],
        ["A1", "许多", None],
    )
    found = world.preview("sales_order", xlsx(rows))
    assert wrong(found) == [
        (2, "lines.quantity", "importing.unknown_packs"),
        (3, "lines.quantity", "importing.packs_of_nothing"),
        (4, "lines.quantity", "importing.packs_and_unit"),
        (5, "lines.product", "importing.link_unknown"),
        (6, "lines.quantity", "importing.not_a_number"),
    ]
