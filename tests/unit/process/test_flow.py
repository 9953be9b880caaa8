"""An approval under way, answer by answer: who is asked when, and what each answer brings."""

from decimal import Decimal

import pytest

from onebook.engines.process.approving.flow import Flow, Stop, Task
from onebook.engines.process.approving.refusals import (
    AlreadyAsked,
    Answered,
    CannotReturn,
    FlowElsewhere,
    OwnApproval,
)
from onebook.values.label import Label

LABEL = Label.parse("步骤 | Step")
ME = 100


def stop(name: str, *people: int, **more: object) -> Stop:
    return Stop(name, LABEL, people=people, **more)  # type: ignore[arg-type]


def begun(*route: Stop, **stand_ins: int) -> Flow:
    flow = Flow(route, ME, stand_ins={int(person[1:]): to for person, to in stand_ins.items()})
    flow.begin()
    return flow


def task(flow: Flow, person: int) -> Task:
    return next(one for one in flow.open_tasks() if one.person == person)


def agree(flow: Flow, *people: int) -> None:
    for person in people:
        flow.agree(task(flow, person).number)


def asked(flow: Flow) -> set[int]:
    return {one.person for one in flow.open_tasks()}


def test_steps_follow_each_other_and_the_last_grants() -> None:
    flow = begun(stop("first", 1), stop("second", 2))
    assert asked(flow) == {1}
    agree(flow, 1)
    assert (asked(flow), flow.state) == ({2}, "running")
    agree(flow, 2)
    flow.over("done")
    assert flow.state == "done"


def test_any_one_is_enough_and_the_others_are_let_go() -> None:
    flow = begun(stop("first", 1, 2, 3))
    late = task(flow, 3).number
    agree(flow, 2)
    assert flow.state == "granted"
    with pytest.raises(Answered):
        flow.agree(late)


def test_all_must_agree_and_one_refusal_ends_it() -> None:
    flow = begun(stop("first", 1, 2, agree="all"))
    agree(flow, 1)
    assert (asked(flow), flow.state) == ({2}, "running")
    flow.refuse(task(flow, 2).number)
    assert (flow.state, flow.open_tasks()) == ("refused", [])


def test_in_turn_asks_one_after_another() -> None:
    flow = begun(stop("first", 3, 1, 2, agree="in_turn"))
    order = []
    while flow.state == "running":
        [person] = asked(flow)
        order.append(person)
        agree(flow, person)
    assert order == [3, 1, 2]


def test_a_share_is_rounded_up_and_refused_once_out_of_reach() -> None:
    flow = begun(stop("first", 1, 2, 3, agree="share", share=Decimal("0.5")))
    flow.refuse(task(flow, 1).number)
    agree(flow, 2, 3)
    assert flow.state == "granted"
    other = begun(stop("first", 1, 2, 3, agree="share", share=Decimal("0.5")))
    other.refuse(task(other, 1).number)
    other.refuse(task(other, 2).number)
    assert other.state == "refused"


def test_branches_run_side_by_side_and_all_must_end() -> None:
    both = Stop("both", LABEL, branches=((stop("left", 1), stop("left_then", 2)), (stop("right", 3),)))
    flow = begun(both, stop("last", 4))
    assert asked(flow) == {1, 3}
    agree(flow, 3, 1)
    assert asked(flow) == {2}
    agree(flow, 2)
    assert asked(flow) == {4}


def test_returning_inside_a_branch_leaves_the_other_branch_alone() -> None:
    both = Stop("both", LABEL, branches=((stop("left", 1), stop("left_then", 2)), (stop("right", 3, 5, agree="all"),)))
    flow = begun(stop("first", 9), both)
    agree(flow, 9, 1, 3)
    flow.send_back(task(flow, 2).number, "left")
    assert asked(flow) == {1, 5}
    agree(flow, 5)
    flow.send_back(task(flow, 1).number, "first")
    assert asked(flow) == {9}, "a return before the branches takes all of them back"
    agree(flow, 9)
    assert asked(flow) == {1, 3, 5}


def test_nobody_returns_to_a_branch_beside_or_to_what_lies_ahead() -> None:
    both = Stop("both", LABEL, branches=((stop("left", 1),), (stop("right", 3),)))
    flow = begun(both, stop("last", 4))
    agree(flow, 3)
    for place in ("right", "left", "last", "nowhere"):
        with pytest.raises(CannotReturn):
            flow.send_back(task(flow, 1).number, place)
    agree(flow, 1)
    flow.send_back(task(flow, 4).number, "right")
    assert asked(flow) == {3}
    agree(flow, 3)
    assert asked(flow) == {4}, "the other branch had agreed"


def test_what_was_returned_goes_on_where_it_was_or_begins_anew() -> None:
    route = (stop("first", 1), stop("second", 2))
    for anew, then in ((False, {2}), (True, {1})):
        flow = begun(*route)
        agree(flow, 1)
        flow.send_back(task(flow, 2).number)
        assert (flow.state, asked(flow)) == ("returned", set())
        flow.resubmit(route, anew=anew)
        assert asked(flow) == then


def test_another_route_asks_again_where_the_question_is_another() -> None:
    flow = begun(stop("first", 1), stop("second", 2))
    agree(flow, 1)
    flow.send_back(task(flow, 2).number)
    flow.resubmit((stop("first", 7), stop("second", 2)), anew=False)
    assert asked(flow) == {7}
    agree(flow, 7)
    assert asked(flow) == {2}


def test_others_are_added_before_and_after() -> None:
    flow = begun(stop("first", 1), stop("second", 2))
    flow.add(task(flow, 1).number, [5, 6], before=True)
    assert asked(flow) == {5, 6}
    agree(flow, 5, 6)
    flow.add(task(flow, 1).number, [8], before=False)
    agree(flow, 1)
    assert asked(flow) == {8}
    agree(flow, 8)
    assert asked(flow) == {2}


def test_nobody_is_asked_twice_in_a_step_and_nobody_asks_whoever_submits() -> None:
    flow = begun(stop("first", 1, 2, agree="all"))
    with pytest.raises(AlreadyAsked):
        flow.transfer(task(flow, 1).number, 2)
    with pytest.raises(OwnApproval):
        flow.add(task(flow, 1).number, [ME], before=True)
    flow.transfer(task(flow, 1).number, 3)
    assert asked(flow) == {2, 3}


def test_a_transfer_keeps_its_place_in_line() -> None:
    flow = begun(stop("first", 1))
    flow.add(task(flow, 1).number, [5], before=True)
    flow.transfer(task(flow, 5).number, 6)
    assert asked(flow) == {6}
    agree(flow, 6)
    assert asked(flow) == {1}


def test_whoever_stands_in_is_asked_instead_but_never_the_submitter() -> None:
    flow = begun(stop("first", 1), p1=2)
    assert [(one.person, one.on_behalf_of) for one in flow.open_tasks()] == [(2, 1)]
    assert asked(begun(stop("first", 1), p1=ME)) == {1}
    assert asked(begun(stop("first", 1, asks_own=True), p1=ME)) == {ME}
    assert asked(begun(stop("first", 1), p1=2, p2=1)) == {2}, "a circle of absences ends"


def test_an_absence_that_begins_takes_along_what_is_asked_now() -> None:
    flow = begun(stop("first", 1, 2))
    flow.stand_ins = {2: 3}
    assert flow.hand_over()
    assert asked(flow) == {1, 3}
    assert not flow.hand_over()


def test_whoever_is_away_takes_back_what_is_their_own() -> None:
    flow = begun(stop("first", 1, 4, agree="all"), p1=2)
    assert not flow.take_back(task(flow, 4).number, 4)
    assert flow.take_back(task(flow, 2).number, 1)
    assert [(one.person, one.on_behalf_of) for one in flow.open_tasks()] == [(1, None), (4, None)]


def test_an_absence_that_ends_gives_back_what_is_still_asked() -> None:
    flow = begun(stop("first", 1, 4, agree="all"), p1=2, p4=5)
    flow.stand_ins = {4: 5}
    assert flow.hand_back()
    assert [(one.person, one.on_behalf_of) for one in flow.open_tasks()] == [(1, None), (5, 4)]
    assert (flow.happened[-1].what, flow.happened[-1].to) == ("asked", (1,))
    assert not flow.hand_back()


def test_who_counts_as_agreed_is_not_asked() -> None:
    assert begun(stop("first", 1, agreed=(ME,))).state == "granted"
    both = begun(stop("first", 1, agreed=(ME,), agree="all"))
    assert asked(both) == {1}


def test_what_was_granted_may_get_stuck_and_is_tried_again_or_withdrawn() -> None:
    flow = begun(stop("first", 1))
    agree(flow, 1)
    with pytest.raises(FlowElsewhere):
        flow.withdraw()
    flow.over("stuck")
    flow.retry()
    flow.over("stuck")
    flow.withdraw()
    assert flow.state == "withdrawn"


def test_a_route_is_kept_as_it_was() -> None:
    both = Stop("both", LABEL, branches=((stop("left", 1, agree="share", share=Decimal("0.6")),), (stop("r", 3),)))
    assert Stop.from_json(both.to_json()) == both


def test_a_running_flow_goes_on_along_another_route() -> None:
    flow = begun(stop("first", 1), stop("second", 2, 3, agree="all"))
    agree(flow, 1, 2)
    flow.move((stop("first", 1), stop("second", 2, 3, agree="all"), stop("third", 4)))
    assert asked(flow) == {3}, "what is asked and answered stays"
    agree(flow, 3)
    assert asked(flow) == {4}
    flow.move((stop("other", 5),))
    assert asked(flow) == {5}
