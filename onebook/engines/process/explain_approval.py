"""An approval in words: who agrees in which order, how many of them, until when, and who is told."""

from collections.abc import Callable, Iterator, Sequence

from onebook.definition.approval import Approval, ApprovalStep, Approver
from onebook.definition.role import Role
from onebook.values.label import Label

Say = Callable[..., str]
#: A formula with labels instead of names.
Formula = Callable[[str], str]
#: A role by its name.
RoleOf = Callable[[str], Role]


class ApprovalWords:
    """Says approvals of one form in one language."""

    def __init__(self, say: Say, formula: Formula, role: RoleOf) -> None:
        """With the words of the transition around it."""
        self._say, self._formula, self._role = say, formula, role

    def __call__(self, approval: Approval) -> str:
        """The whole approval in one sentence."""
        sentence = self._say("approval", steps=list(self._steps(approval.steps)))
        if approval.when is not None:
            sentence = self._say("when", formula=self._formula(approval.when), sentence=sentence)
        return sentence + self._told(approval.cc)

    def _steps(self, steps: Sequence[ApprovalStep]) -> Iterator[str]:
        for step in steps:
            words = self._step(step)
            if step.when is not None:
                words = self._say("when", formula=self._formula(step.when), sentence=words)
            yield words

    def _step(self, step: ApprovalStep) -> str:
        if step.branches:
            branches = [" → ".join(self._steps(branch)) for branch in step.branches]
            return self._say("approval_branches", label=step.label, branches=branches) + self._told(step.cc)
        people: object = self._people(step.by)
        if step.table:
            cases = [
                self._say("approval_case", formula=self._formula(case.when), people=self._people(case.by))
                for case in step.table
            ]
            people = self._say("approval_table", cases=[*cases, *self._people(step.by)])
        agree = self._say(f"agree_{step.agree}")
        if step.ratio is not None:
            agree = self._say("agree_share", share=f"{step.ratio * 100:f}".rstrip("0").rstrip(".") + "%")
        words = self._say("approval_step", label=step.label, people=people, agree=agree)
        if step.within is not None:
            words += self._say("approval_limit", hours=step.within, then=self._say(f"then_{step.then}"))
        return words + self._told(step.cc)

    def _told(self, people: Sequence[Approver]) -> str:
        return self._say("approval_told", people=self._people(people)) if people else ""

    def _people(self, people: Sequence[Approver]) -> list[str]:
        return [self._person(one) for one in people]

    def _person(self, one: Approver) -> str:
        if one.role is not None:
            label: Label = self._role(one.role).label
            return self._say("by_role", role=label)
        if one.superior is not None:
            return self._say("by_superior", levels=one.superior)
        if one.head_of is not None:
            return self._say("by_head", formula=self._formula(one.head_of))
        return self._say("by_person", formula=self._formula(one.person or ""))
