"""The order cycle through the one door: create an order, approve, ship, take the money, write it off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.place import Company
from onebook.access.actor import SYSTEM
from onebook.engines.process.command import Command, Create, Run
from onebook.engines.process.outcome import Outcome
from onebook.values.reference import RecordRef

#: One command: what it asks for and what it answers.
Do = Callable[[Create | Run], Outcome]
#: What five lines of three pieces at 12.50 come to.
AMOUNT = "187.50"
LINES = 5


@dataclass(frozen=True)
class Sale:
    """Who buys what; every line asks for three pieces."""

    customer: int
    products: Sequence[int]

    @property
    def order(self) -> Mapping[str, Any]:
        """The values of the order."""
        return {
            "customer": self.customer,
            "lines": [{"product": product, "quantity": "3"} for product in self.products],
        }


def sales(company: Company, start: int = 0, lines: int = LINES) -> Callable[[], Sale]:
    """Sales one after another, spread over all customers and products."""
    numbers = count(start)

    def next_one() -> Sale:
        n = next(numbers)
        products = [company.products[(n * lines + line) % len(company.products)] for line in range(lines)]
        return Sale(company.customers[n % len(company.customers)], products)

    return next_one


def in_process(company: Company) -> Do:
    """Commands through the application of this process."""
    return lambda action: company.application.execute(company.schema, Command(action, SYSTEM))


def cycle(do: Do, sale: Sale, amount: str = AMOUNT) -> RecordRef:
    """One sale from its order to its write-off, five commands; the order."""
    order = do(Create("sales_order", sale.order)).record
    delivery = do(Run(order, "approve")).created[0]
    do(Run(delivery, "ship"))
    receipt = do(Create("receipt", {"customer": sale.customer, "amount": amount}, "post")).record
    line = {"receipt": receipt.id, "order": order.id, "amount": amount}
    do(Create("allocation", {"customer": sale.customer, "lines": [line]}, "allocate"))
    return order
