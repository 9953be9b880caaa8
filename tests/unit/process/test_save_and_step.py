"""A change and the step after it in one transaction, while others do the same to the same record."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command, Create, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Statement
from onebook.values.refusal import Refusal


@pytest.fixture(scope="module")
def application(published: tuple[Database, Company]) -> Application:
    return Application(published[0])


@pytest.fixture(scope="module")
def do(published: tuple[Database, Company], application: Application) -> Callable[[Action], Outcome]:
    return lambda action: application.execute(published[1].schema, Command(action, SYSTEM))


def test_of_two_at_once_one_takes_the_step_and_nothing_is_done_twice(
    published: tuple[Database, Company], application: Application, do: Callable[[Action], Outcome]
) -> None:
    database, company = published
    unit = do(Create("unit", {"code": "SS", "name": "件二"})).record.id
    made = {"code": "SS-1", "name": "同时改", "unit": unit, "sales_price": "10"}
    product = do(Create("product", made, accept_warnings=True)).record.id
    customer = do(Create("customer", {"name": "同时客户", "credit_limit": "100000"})).record.id

    def tried(action: Action) -> Outcome | str:
        try:
            return do(action)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(3) as pool:
        for turn in range(6):
            lines = [{"product": product, "quantity": "2"}]
            order = do(Create("sales_order", {"customer": customer, "lines": lines})).record
            changed = [{"product": product, "quantity": str(turn + 3)}]
            actions = [
                Update(order, 1, {"lines": changed}, then="approve"),
                Update(order, 1, {"lines": changed, "note": "另一人"}, then="approve"),
                Run(order, "approve"),
            ]
            results = list(pool.map(tried, actions))
            won = [one for one in results if isinstance(one, Outcome)]
            lost = [one for one in results if isinstance(one, str)]
            assert [one.state for one in won] == ["approved"], results
            assert set(lost) <= {"process.wrong_state", "form.stale", "form.locked"}, results
            with database.transaction(company.schema, read_only=True) as transaction:
                [holds] = transaction.run(
                    Statement(
                        "SELECT name, sum(wanted_quantity) FROM ledger_hold WHERE document = %(id)s GROUP BY name",
                        {"id": order.id},
                    )
                )
            wanted = turn + 3 if results[2] in lost else 2
            assert [quantity for name, quantity in holds if name == "reserve"] == [wanted]
    assert list(application.check(company.schema)) == []
