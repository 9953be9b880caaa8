"""Approvals: who must agree before a step is done, in which order, and what happens when nobody does."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Key

from onebook.definition.model import Declared, Formula, Name, Words, one_or_many


class Approver(Declared):
    """Who is asked: exactly one of these. Formulas are over the record that the step is of."""

    #: Everybody who has the role.
    role: Name | None = None
    #: A link to a user.
    person: Formula | None = None
    #: So many levels above whoever submits: the managers of their department and of those above it.
    superior: Annotated[int, Key(ge=1, le=9)] | None = None
    #: The manager of a department: a link to it.
    head_of: Formula | None = None


#: `by: {role: manager}` or several of these.
Approvers = Annotated[tuple[Approver, ...], BeforeValidator(one_or_many)]


class ApprovalCase(Declared):
    """A row of a decision table: the first whose condition holds says who is asked."""

    when: Formula = "TRUE"
    by: Approvers


class ApprovalStep(Declared):
    """One step of an approval: people who are asked (`by`, or the first case that holds), or branches that run side by
    side and must all end."""

    #: What returns and events call it; unique in the approval.
    step: Name
    label: Words
    #: Left out where it does not hold.
    when: Formula | None = None
    by: Approvers = ()
    table: tuple[ApprovalCase, ...] = ()
    #: One of them is enough (或签), all must agree (会签), or all one after another (依次).
    agree: Literal["any", "all", "in_turn"] = "any"
    #: Instead: this share of them.
    ratio: Annotated[Decimal, Key(gt=0, le=1)] | None = None
    #: Who is told when the step ends with agreement (抄送).
    cc: Approvers = ()
    #: Time to answer, in hours, and what happens then: asked again, asked of the superior, taken as agreed or refused.
    within: Annotated[int, Key(ge=1, le=8760)] | None = None
    then: Literal["remind", "escalate", "pass", "refuse"] = "remind"
    #: Where nobody is found: the submission is refused, the step is left out, or others are asked.
    nobody: Literal["refuse", "skip"] | Approver = "refuse"
    #: Where whoever submits would be asked: they are, they count as agreed, or their superior is asked.
    own: Literal["ask", "skip", "superior"] = "superior"
    branches: tuple[tuple["ApprovalStep", ...], ...] = ()


class Approval(Declared):
    """What a transition needs before it is done: these steps, one after another.

    What is approved is the command: it is run when the last has agreed, by the rights of whoever submitted it, and
    says so if it is no longer possible."""

    when: Formula | None = None
    steps: Annotated[tuple[ApprovalStep, ...], Key(min_length=1)]
    #: Told when it is granted.
    cc: Approvers = ()
    #: Other transitions that may be run while the answer is waited for.
    meanwhile: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
