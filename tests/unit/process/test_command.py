"""Commands as data: the same request has the same fingerprint, and no other."""

from decimal import Decimal

from onebook.access.actor import SYSTEM
from onebook.engines.process.command import Action, Command, Create, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem

RECORD = RecordRef("paper", 7)


def test_the_same_request_has_the_same_fingerprint() -> None:
    first = Command(Create("paper", {"a": 1, "b": Decimal("1.50")}), SYSTEM, "x")
    second = Command(Create("paper", {"b": Decimal("1.50"), "a": 1}), SYSTEM, "y")
    assert first.fingerprint == second.fingerprint


def test_other_requests_have_others() -> None:
    actions: list[Action] = [
        Create("paper", {"a": 1}),
        Create("paper", {"a": 2}),
        Create("paper", {"a": 1}, "sign"),
        Run(RECORD, "sign"),
        Run(RECORD, "sign", 3),
        Update(RECORD, 3, {"a": 1}),
    ]
    assert len({Command(action, SYSTEM).fingerprint for action in actions}) == len(actions)


def test_an_answer_is_kept_whole() -> None:
    outcome = Outcome(
        RECORD, 2, "signed", "P1", 9, (RecordRef("copy", 8),), ((RECORD, "sign"),),
        (Problem("form.x", "a", 1, {"n": "1"}),),
    )  # fmt: skip
    again = Outcome.from_json(outcome.to_json())
    assert again.is_repeat
    assert (again.record, again.created, again.undone, again.warnings) == (
        outcome.record,
        outcome.created,
        outcome.undone,
        outcome.warnings,
    )
