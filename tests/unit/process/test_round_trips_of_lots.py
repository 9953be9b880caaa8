"""Lots cost no waiting: ids of what is made come with the first round trip, choosing takes one more if it must."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.engines.process.command import Action, Command, Create, Reverse, Run, Update
from onebook.engines.process.execute import travel
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.scenarios.depot import TEXT

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
Do = Callable[[Action, int], Outcome]


@pytest.fixture
def do(database: Database, company: Company) -> Do:
    publish(database, company.schema, [read_text(TEXT)])
    ground = Application(database, now=lambda: NOW).ground(company.schema)

    def counted(action: Action, exactly: int) -> Outcome:
        with database.transaction(ground.schema) as transaction:
            outcome = travel(Road(transaction, ground, Command(action, SYSTEM), NOW))
            assert transaction.round_trips == exactly, f"{action} took {transaction.round_trips}"
        return outcome

    return counted


def test_making_choosing_giving_back_and_remembering(do: Do) -> None:
    place = do(Create("place", {"name": "仓"}), 2).record.id
    nut = do(Create("thing", {"name": "螺母"}), 2).record.id
    oil = do(Create("thing", {"name": "油", "costing": "average"}), 2).record.id

    def rows(*codes: str) -> list[dict[str, object]]:
        return [{"thing": nut, "quantity": "2", "worth": "4", "code": code} for code in codes]

    arrival = do(Create("arrival", {"place": place, "lines": rows("a", "b", "c")}), 2).record
    assert len(do(Run(arrival, "receive"), 3).created) == 3
    assert len(do(Create("arrival", {"place": place, "lines": rows("d", "e")}, "receive"), 3).created) == 2
    late = do(Create("arrival", {"place": place, "lines": rows("f")}), 2).record
    more = {"lines": [*rows("f", "g", "h"), {"thing": oil, "quantity": "9", "worth": "9"}]}
    assert len(do(Update(late, 1, more, then="receive"), 3).created) == 3

    def handed(thing: int) -> dict[str, object]:
        return {"place": place, "lines": [{"thing": thing, "quantity": "3"}]}

    # Which lots are taken depends on when they came; of the oil there is only one kind.
    handout = do(Create("handout", handed(nut), "hand"), 4).record
    do(Create("handout", handed(oil), "hand"), 3)
    do(Reverse(handout), 3)
    counted = {"place": place, "lines": [{"thing": nut, "counted": "7"}, {"thing": oil, "counted": "1"}]}
    counting = do(Create("counting", counted), 3).record
    do(Update(counting, 1, {"place": place}), 2)
