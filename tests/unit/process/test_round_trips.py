"""A command waits for the database three times at most, whatever it does and however many rows it has."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Bin, Command, Create, Restore, Reverse, Run, Update
from onebook.engines.process.execute import travel
from onebook.engines.process.ground import Ground
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
MOST = 3
Do = Callable[[Action, int], Outcome]


@pytest.fixture(scope="module")
def ground(published: tuple[Database, Company]) -> Ground:
    database, company = published
    return Application(database, now=lambda: NOW).ground(company.schema)


@pytest.fixture(scope="module")
def do(published: tuple[Database, Company], ground: Ground) -> Do:
    database, _ = published
    keys = iter(range(10_000))

    def counted(action: Action, most: int) -> Outcome:
        with database.transaction(ground.schema) as transaction:
            outcome = travel(Road(transaction, ground, Command(action, SYSTEM, f"key {next(keys)}"), NOW))
            assert transaction.round_trips <= most, f"{action} took {transaction.round_trips}"
        return outcome

    return counted


def test_the_whole_loop_in_three_trips_each(do: Do) -> None:
    unit = do(Create("unit", {"code": "U1", "name": "件一"}), 2).record.id
    prices = {"sales_price": "10", "purchase_price": "5", "tax_rate": "0.13"}
    values = [{"code": f"C{n}", "name": f"零件 {n}", "unit": unit, **prices} for n in range(20)]
    products = [do(Create("product", one, accept_warnings=True), 2).record.id for one in values]
    customer = do(Create("customer", {"name": "往返客户", "credit_limit": "100000"}), 2).record.id
    rows = [{"product": product, "quantity": "4", "price": "5"} for product in products]
    do(Create("opening_stock", {"lines": rows}, "post"), MOST)
    lines = [{"product": product, "quantity": "5"} for product in products]
    order = do(Create("sales_order", {"customer": customer, "lines": lines}), 2).record
    do(Update(order, 1, {"note": "改"}), 2)
    approved = do(Run(order, "approve"), MOST)
    [delivery] = approved.created
    do(Reverse(order), MOST)
    [delivery] = do(Run(order, "approve"), MOST).created
    do(Run(order, "cancel"), MOST)
    again = do(Create("sales_order", {"customer": customer, "lines": lines}), 2).record
    fewer = [{**lines[0], "quantity": "1"}, *lines[1:3]]
    do(Update(again, 1, {"note": "改", "lines": fewer}, then="approve"), MOST)
    do(Reverse(again), MOST)
    do(Run(again, "cancel"), MOST)
    few = {"customer": customer, "lines": [{**lines[0], "quantity": "4"}]}
    at_once = do(Create("sales_order", few, "approve"), MOST)
    [delivery] = at_once.created
    do(Run(delivery, "ship"), MOST)
    receipt = do(Create("receipt", {"customer": customer, "amount": "40"}, "post"), MOST).record
    paid = [{"receipt": receipt.id, "order": at_once.record.id, "amount": "40"}]
    allocation = do(Create("allocation", {"customer": customer, "lines": paid}, "allocate"), MOST).record
    do(Reverse(allocation), MOST)
    do(Reverse(delivery), MOST)


def test_records_without_ledger(do: Do) -> None:
    record = do(Create("region", {"code": "x", "name": "某地"}), 2).record
    do(Bin(record), 2)
    do(Restore(record), MOST)
    assert isinstance(record, RecordRef)
