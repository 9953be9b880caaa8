"""The route of a command: who is asked under which conditions, by every way of finding somebody."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.engines.process.approving.flow import Stop
from onebook.engines.process.approving.office import Office
from onebook.engines.process.approving.refusals import NobodyToAsk
from onebook.engines.process.approving.route import Routing, routed
from onebook.engines.process.composing.approvals import ready_approval
from onebook.expression.python import Context

APP = """
app: a
label: a
version: 1
---
form: department
label: d
kind: master
title: name
fields:
  name: {kind: text, required: true, label: n}
  parent_department: {kind: link, to: department, label: p}
  manager: {kind: link, to: user, label: m}
---
form: user
label: u
kind: master
title: name
fields:
  name: {kind: text, required: true, label: n}
  department: {kind: link, to: department, label: d}
---
role: director
label: r
---
role: money
label: r
---
form: paper
label: p
kind: document
number: "P{seq:4}"
fields:
  amount: {kind: money, label: a}
  owner: {kind: link, to: user, label: o}
  department: {kind: link, to: department, label: d}
states: {draft: d, done: e}
transitions:
  finish:
    label: f
    from: draft
    to: done
    approval:
      when: amount > 10
      cc: {role: money}
      steps:
STEPS
"""
#: Departments: head office 1 (manager 10), below it 2 (manager 20), below that 3 (nobody).
USERS = [
    (10, "Chief", 1, ["director"], True),
    (20, "Head", 2, ["director"], True),
    (30, "Clerk", 3, [], True),
    (31, "Left", 3, ["director"], False),
    (40, "Purse", 1, ["money"], True),
]
DEPARTMENTS = [(1, None, 10), (2, 1, 20), (3, 2, None)]


def routing(*steps: str, by: int = 30, **row: Any) -> Routing:
    text = APP.replace("STEPS", "\n".join(f"        - {step}" for step in steps))
    catalog = Catalog.of([read_text(text)])
    declared = catalog.forms["paper"].transitions["finish"].approval
    assert declared is not None
    ready = ready_approval(declared, lambda text, kind: catalog.formula(text, "paper", None, kind))
    context = Context(today=date(2026, 3, 10), now=datetime(2026, 3, 10, tzinfo=UTC), me=by)
    return Routing(ready, {"amount": Decimal(50), "owner": None, "department": None} | row, context, by)


def office() -> Office:
    found = Office((), (), date(2026, 3, 10))
    found.take([USERS, DEPARTMENTS, []])
    return found


def people(*steps: str, by: int = 30, **row: Any) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    return [(one.step, one.people, one.agreed) for one in routing(*steps, by=by, **row).stops(office())]


def test_below_the_condition_nobody_is_asked() -> None:
    assert not routing("{step: a, label: a, by: {role: money}}", amount=Decimal(10)).applies
    assert routing("{step: a, label: a, by: {role: money}}").applies


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("{role: director}", (10, 20)),
        ("{superior: 1}", (20,)),
        ("{superior: 2}", (10,)),
        ("{head_of: department}", (20,)),
        ("{person: owner}", (40,)),
        ('{person: "IF(amount > 40, owner, BLANK)"}', (40,)),
        ("[{person: owner}, {role: director}, {superior: 1}]", (40, 10, 20)),
    ],
)
def test_every_way_of_finding_somebody(by: str, found: tuple[int, ...]) -> None:
    assert people(f"{{step: a, label: a, by: {by}}}", department=2, owner=40) == [("a", found, ())]


def test_a_decision_table_takes_its_first_case() -> None:
    cases = ("{when: amount > 100, by: {role: director}}", "{when: amount > 40, by: {role: money}}")
    table = f"{{step: a, label: a, table: [{', '.join(cases)}]}}"
    assert people(table) == [("a", (40,), ())]
    assert people(table, amount=Decimal(200)) == [("a", (10, 20), ())]
    assert people(table, amount=Decimal(20)) == [], "where no case holds the step is left out"


def test_who_submits_is_answered_for() -> None:
    assert people("{step: a, label: a, by: {role: director}, own: ask}", by=20) == [("a", (10, 20), ())]
    assert people("{step: a, label: a, by: {role: director}, own: skip}", by=20) == [("a", (10,), (20,))]
    assert people("{step: a, label: a, by: {person: owner}}", by=20, owner=20) == [("a", (10,), ())]
    with pytest.raises(NobodyToAsk):
        people("{step: a, label: a, by: {person: owner}}", by=10, owner=10)


def test_where_nobody_is_found() -> None:
    with pytest.raises(NobodyToAsk) as refused:
        people("{step: a, label: Ä, by: {person: owner}}", "{step: b, label: B, by: {superior: 9}}")
    assert [str(step) for step in refused.value.data["steps"]] == ["Ä", "B"]  # type: ignore[attr-defined]
    assert people("{step: a, label: a, by: {person: owner}, nobody: skip}") == []
    assert people("{step: a, label: a, by: {person: owner}, nobody: {role: money}}") == [("a", (40,), ())]


def test_branches_that_nobody_needs_are_left_out() -> None:
    branches = (
        "{step: a, label: a, branches: [[{step: b, label: b, by: {role: money}}],"
        " [{step: c, label: c, when: amount > 100, by: {role: director}}]]}"
    )
    [stop] = routing(branches).stops(office())
    assert [[inner.step for inner in branch] for branch in stop.branches] == [["b"]]
    assert (
        routing("{step: a, label: a, branches: [[{step: c, label: c, when: amount > 100, by: {role: money}}]]}").stops(
            office()
        )
        == ()
    )


def test_several_approvals_follow_each_other_under_names_of_their_own() -> None:
    one, other = (routing("{step: a, label: a, by: {role: money}}") for _ in range(2))
    found = routed([one, other], office())
    assert [stop.step for stop in found.route] == ["a", "a_2"]
    assert found.cc == (40,)


def test_a_share_and_a_limit_are_taken_over() -> None:
    [stop] = routing("{step: a, label: a, by: {role: director}, ratio: 0.5, within: 8, then: escalate}").stops(office())
    assert stop == Stop(
        "a", stop.label, "share", Decimal("0.5"), (10, 20), within=8, then="escalate",
    )  # fmt: skip
