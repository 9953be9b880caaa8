"""Approvals made ready: the formulas of conditions, people and departments found, once per transition and catalog."""

from collections.abc import Callable, Sequence

from onebook.definition.approval import Approval, ApprovalStep, Approver
from onebook.engines.process.composing.ready import ReadyApproval, ReadyApprover, ReadyCase, ReadyStop
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

#: A formula of the form's record, of a kind.
Read = Callable[[str, Kind], Expression]


def ready_approval(declared: Approval, read: Read) -> ReadyApproval:
    """An approval with its formulas."""
    when = None if declared.when is None else read(declared.when, Kind.FLAG)
    return ReadyApproval(declared, when, _stops(declared.steps, read), _people(declared.cc, read))


def _stops(steps: Sequence[ApprovalStep], read: Read) -> tuple[ReadyStop, ...]:
    return tuple(
        ReadyStop(
            step,
            None if step.when is None else read(step.when, Kind.FLAG),
            _people(step.by, read),
            tuple(ReadyCase(read(case.when, Kind.FLAG), _people(case.by, read)) for case in step.table),
            _people(step.cc, read),
            _person(step.nobody, read) if isinstance(step.nobody, Approver) else None,
            tuple(_stops(branch, read) for branch in step.branches),
        )
        for step in steps
    )


def _people(declared: Sequence[Approver], read: Read) -> tuple[ReadyApprover, ...]:
    return tuple(_person(one, read) for one in declared)


def _person(one: Approver, read: Read) -> ReadyApprover:
    text = one.person or one.head_of
    return ReadyApprover(one, None if text is None else read(text, Kind.LINK))
