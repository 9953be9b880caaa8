"""What a transition does, its formulas found and its accounts understood: evaluated only, from here on."""

from collections.abc import Mapping
from dataclasses import dataclass

from onebook.definition.approval import Approval, ApprovalStep, Approver
from onebook.definition.model import Must
from onebook.definition.transition import Create, Hold, Make, Settle, Transition, Unsettle
from onebook.engines.process.composing.limits import Call
from onebook.expression.tree import Expression


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition, and the words that refuse."""

    must: Must
    that: Expression


@dataclass(frozen=True, slots=True)
class ReadyHold:
    """A promise to place."""

    hold: Hold
    on: Call
    quantity: Expression | None
    amount: Expression | None
    due: Expression | None
    priority: Expression | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadySettle:
    """A promise to settle, or one that came true to be undone in part."""

    settle: Settle | Unsettle
    of: Expression
    quantity: Expression | None
    amount: Expression | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyUnsettle:
    """What came true of a promise, to be undone in part: how much, and whether it is owed again."""

    part: ReadySettle
    reopens: Expression


@dataclass(frozen=True, slots=True)
class ReadyMove:
    """Goods to move."""

    each: str | None
    quantity: Expression
    amount: Expression | None
    source: Call
    target: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyEntry:
    """Money to book."""

    each: str | None
    amount: Expression
    debit: Call
    credit: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyMake:
    """A record to make for each row, or for the record."""

    make: Make
    when: Expression | None
    fields: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class ReadyGiveBack:
    """Goods to give back. `document`: the record of the row `of`; `sign`: whether they return (+1) or leave (-1)."""

    each: str | None
    of: Expression
    document: Expression
    quantity: Expression
    at: Call
    sign: int
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyRevalue:
    """Value to add to what a row brought in."""

    each: str | None
    of: Expression
    document: Expression
    amount: Expression
    at: Call
    gone: Call
    against: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyPart:
    """Goods that go into a conversion, or come out of it with a weight."""

    each: str | None
    quantity: Expression
    account: Call
    weight: Expression | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyCost:
    """An amount that a conversion adds."""

    each: str | None
    amount: Expression
    credit: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyConvert:
    """Goods that become others."""

    through: str
    takes: tuple[ReadyPart, ...]
    gives: tuple[ReadyPart, ...]
    costs: tuple[ReadyCost, ...]
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyLines:
    """Rows to make in a further document."""

    each: str
    when: Expression | None
    fields: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class ReadyCreate:
    """A further document to make, or one for each value of `by` over the rows of `each`."""

    create: Create
    when: Expression | None
    each: str | None
    by: Expression | None
    fields: Mapping[str, Expression]
    lines: Mapping[str, ReadyLines]


@dataclass(frozen=True, slots=True)
class ReadyApprover:
    """Who is asked: the declaration, and the formula of a person or a department."""

    approver: Approver
    of: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyCase:
    """A row of a decision table."""

    when: Expression
    by: tuple[ReadyApprover, ...]


@dataclass(frozen=True, slots=True)
class ReadyStop:
    """A step of an approval."""

    step: ApprovalStep
    when: Expression | None
    by: tuple[ReadyApprover, ...]
    table: tuple[ReadyCase, ...]
    cc: tuple[ReadyApprover, ...]
    nobody: ReadyApprover | None
    branches: tuple[tuple["ReadyStop", ...], ...]


@dataclass(frozen=True, slots=True)
class ReadyApproval:
    """What a transition needs before it is done."""

    approval: Approval
    when: Expression | None
    steps: tuple[ReadyStop, ...]
    cc: tuple[ReadyApprover, ...]


@dataclass(frozen=True, slots=True)
class ReadyTransition:
    """A transition of a form, ready to be composed. `needs`: the keys of the record that composing reads."""

    form: str
    name: str
    declaration: Transition
    dated_by: str | None
    on: Expression | None
    requires: tuple[Requirement, ...]
    sets: Mapping[str, Expression]
    holds: tuple[ReadyHold, ...]
    reholds: tuple[ReadyHold, ...]
    settles: tuple[ReadySettle, ...]
    unsettles: tuple[ReadyUnsettle, ...]
    makes: tuple[ReadyMake, ...]
    moves: tuple[ReadyMove, ...]
    converts: tuple[ReadyConvert, ...]
    gives_back: tuple[ReadyGiveBack, ...]
    revalues: tuple[ReadyRevalue, ...]
    entries: tuple[ReadyEntry, ...]
    creates: tuple[ReadyCreate, ...]
    approval: ReadyApproval | None
    needs: frozenset[str]

    @property
    def tells_number(self) -> bool:
        """Whether what it makes tells the record's own number, which must be known before."""
        return any(
            path in ("number", "^.number")
            for effect in self.makes
            for formula in effect.fields.values()
            for path in formula.paths
        )

    @property
    def asks_ledger(self) -> bool:
        """Whether it has any effect on the ledger."""
        step = self.declaration
        return bool(step.releases or step.holds or step.reholds or step.settles or step.unsettles or step.posts)
