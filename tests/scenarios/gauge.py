"""The meters of goods and of money, read from the book: what a story says before and after each step."""

from decimal import Decimal
from typing import Any, NamedTuple

from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from tests.scenarios.world import World

#: Decimals of the book, compared with what a story writes down.
Figure = Decimal | int


class Goods(NamedTuple):
    """A product, in one warehouse or everywhere: on hand, frozen, reserved, available, bought and not here yet, on its
    way between warehouses, waited for, and its value."""

    on_hand: Figure
    frozen: Figure
    reserved: Figure
    available: Figure
    bought: Figure
    moving: Figure
    waiting: Figure
    value: Figure


def goods(world: World, product: int, place: int | None = None) -> Goods:
    """Where a product stands."""
    where = "a.item = %(item)s" + ("" if place is None else " AND a.place = %(place)s")
    at = {"item": product} | ({} if place is None else {"place": place})
    [(quantity, amount, available)] = world.ask(
        "SELECT coalesce(sum(quantity), 0), coalesce(sum(amount), 0), coalesce(sum(quantity - taken_quantity), 0)"
        f" FROM ledger_account a WHERE role = 'on_hand' AND control IS NULL AND {where}",
        **at,
    )
    holds: dict[str, Decimal] = dict(
        world.ask(
            "SELECT name, sum(h.open_quantity - h.waiting) FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
            f" WHERE role = 'on_hand' AND {where} GROUP BY name",
            **at,
        )
    )
    [(waiting,)] = world.ask(
        "SELECT coalesce(sum(h.waiting), 0) FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
        f" WHERE role = 'on_hand' AND {where}",
        **at,
    )
    moving = world.balance("transfer_in_transit", **at)[0]
    frozen = sum((holds.get(name, Decimal(0)) for name in ("frozen", "returned")), Decimal(0))
    return Goods(
        quantity,
        frozen,
        holds.get("reserve", Decimal(0)),
        available,
        holds.get("in_transit", Decimal(0)),
        moving,
        waiting,
        amount,
    )


def money(world: World, *roles: str, **at: int) -> tuple[Figure, ...]:
    """The amounts of roles at the same dimensions; debit is positive."""
    return tuple(world.balance(role, **at)[1] for role in roles)


def book(world: World) -> tuple[dict[str, Rows], Rows]:
    """Everything that the book says, for before and after a reversal."""
    return world.meters(), world.summed()


def lots(world: World, product: int) -> dict[str, tuple[Figure, Figure]]:
    """Quantity and value of each lot that is on hand, by its code; without a lot under no code."""
    return {
        code or "": (quantity, amount)
        for code, quantity, amount in world.ask(
            "SELECT l.code, sum(own_quantity), sum(own_amount) FROM ledger_account a LEFT JOIN lot l ON l.id = a.lot"
            " WHERE role = 'on_hand' AND item = %(item)s GROUP BY l.code HAVING sum(own_quantity) <> 0",
            item=product,
        )
    }


def received(world: World, supplier: int, *lines: dict[str, Any], **more: Any) -> RecordRef:
    """Goods bought and received: each line a product, a quantity and a price, and what its receipt says of it."""
    of_order = ("product", "quantity", "price", "wanted_by")
    rows = [{name: row[name] for name in of_order if name in row} for row in lines]
    order = world.made("purchase_order", "approve", supplier=supplier, lines=rows)
    receipt = world.draft_of("purchase_receipt", order)
    told = [{name: value for name, value in row.items() if name not in of_order} for row in lines]
    made = world.rows(receipt, "lines", "id")
    world.change(receipt, lines=[{"id": at[0], **row} for at, row in zip(made, told, strict=True)], **more)
    world.run(receipt, "receive")
    return receipt


def came_back(
    world: World, delivery: RecordRef, *quantities: str, until: str | None = "receive", **more: Any
) -> RecordRef:
    """A return of what a delivery shipped, so many of each line."""
    order, lines = world.value(delivery, "order"), world.rows(delivery, "lines", "id")
    rows = [{"delivery_line": at[0], "quantity": q} for at, q in zip(lines, quantities, strict=True) if Decimal(q)]
    record = world.made("sales_return", "approve", order=order, lines=rows, **more)
    if until:
        world.run(record, until)
    return record


def sent_back(world: World, receipt: RecordRef, *quantities: str, **more: Any) -> RecordRef:
    """A return to the supplier of what a receipt brought in, so many of each line."""
    order, lines = world.value(receipt, "order"), world.rows(receipt, "lines", "id")
    rows = [{"receipt_line": at[0], "quantity": q} for at, q in zip(lines, quantities, strict=True) if Decimal(q)]
    return world.made("purchase_return", "return_goods", order=order, lines=rows, **more)
