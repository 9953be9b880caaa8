"""What the books must say after the replay, computed from the files alone: no part of the product is used here."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from examples.northwind.source import Order, cents, orders, products

ZERO = Decimal(0)
DAYS_TO_PAY = 20


@dataclass(frozen=True)
class Event:
    """One day's happening to one order."""

    on: date
    #: 0 ordered, 1 shipped, 2 paid: the order of work within a day.
    step: int
    order: Order


def events() -> list[Event]:
    """Everything in the order of time."""
    happened = []
    for order in orders():
        happened.append(Event(order.ordered_on, 0, order))
        if order.shipped_on:
            happened.append(Event(order.shipped_on, 1, order))
            if paid(order):
                happened.append(Event(order.shipped_on + timedelta(days=DAYS_TO_PAY), 2, order))
    return sorted(happened, key=lambda event: (event.on, event.step, event.order.id))


def paid(order: Order) -> Decimal:
    """How much of an order is collected: all, half, or nothing, by its number."""
    share = {1: Decimal(1), 2: Decimal("0.5")}.get(order.id % 3, ZERO)
    return cents(order.total * share)


@dataclass
class Figures:
    """The figures to compare, each keyed by what it is per."""

    revenue_by_order: dict[int, Decimal] = field(default_factory=dict)
    revenue_by_customer: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    revenue_by_month: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    sold_by_product: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    bought_by_product: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    stock_by_product: dict[int, Decimal] = field(default_factory=dict)
    reserved_by_product: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    receivable_by_customer: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    collected: Decimal = ZERO


def figures() -> Figures:
    """Replay the files with four rows of arithmetic an event."""
    result = Figures()
    goods = products()
    on_hand = {product.id: product.stock for product in goods.values()}
    reserved: defaultdict[int, Decimal] = defaultdict(Decimal)
    for event in events():
        order = event.order
        if event.step == 0:
            for line in order.lines:
                short = line.quantity - (on_hand[line.product] - reserved[line.product])
                reserved[line.product] += line.quantity
                if short > 0:
                    bought = short + goods[line.product].reorder_level
                    on_hand[line.product] += bought
                    result.bought_by_product[line.product] += bought
        elif event.step == 1:
            result.revenue_by_order[order.id] = order.total
            result.revenue_by_customer[order.customer] += order.total
            result.revenue_by_month[f"{event.on:%Y-%m}"] += order.total
            result.receivable_by_customer[order.customer] += order.total
            for line in order.lines:
                on_hand[line.product] -= line.quantity
                reserved[line.product] -= line.quantity
                result.sold_by_product[line.product] += line.quantity
        else:
            result.receivable_by_customer[order.customer] -= paid(order)
            result.collected += paid(order)
    result.stock_by_product = on_hand
    result.reserved_by_product = reserved
    return result
