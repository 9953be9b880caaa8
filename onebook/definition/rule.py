"""Rules: what sets one off, on which condition, how often, and what it does."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic import Field as Key

from onebook.definition.approval import ApprovalStep, Approvers
from onebook.definition.model import NOTHING, Declared, Formula, Name, Words, one_or_many
from onebook.definition.transition import AccountText

#: `08:00`, in the zone of the company.
Time = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
#: Text with formulas in braces: `{customer.name} 仅剩 {available}`.
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


#: The words by which a trigger says what sets a rule off.
TRIGGERS: Final = (
    *("created", "changed", "transition", "reversed", "balance", "daily", "date", "button", "webhook", "submitted"),
)
#: The name of what the account of a trigger shows, in formulas of its rule.
BALANCE: Final = "balance"


class Trigger(Declared):
    """What sets a rule off: exactly one of these (`created` and `changed` may stand together).

    All writers count alike: pages, imports, the API, other rules."""

    created: bool = False
    #: A field of the record, or `lines.quantity`; of these any.
    changed: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    #: A step was done, or taken back (`reversed`).
    transition: Name | None = None
    reversed: Name | None = None
    #: What this account shows was moved: `on_hand(id)`, of which one dimension is the record itself; formulas of the
    #: rule may name what it shows as `balance`.
    balance: AccountText | None = None
    shows: Literal["quantity", "amount", "available"] = "quantity"
    #: Every day at this time, every record of the form that the condition admits.
    daily: Time | None = None
    #: So many days before (negative: after) the date that this formula gives, once for each such date.
    date: Formula | None = None
    before: Annotated[int, Key(ge=-3660, le=3660)] = 0
    at: Time = "08:00"
    #: A button of this name on the record's page.
    button: Words | None = None
    #: What others send to the address of the webhook; its fields are values of a new record of the form.
    webhook: Name | None = None
    #: What the public sends through the form's open page.
    submitted: bool = False
    #: webhook, submitted: the fields of the form that a sender may fill in.
    takes: tuple[Name, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of its words are said."""
        return tuple(name for name in TRIGGERS if getattr(self, name))

    @property
    def is_timed(self) -> bool:
        """Whether the clock sets it off."""
        return self.daily is not None or self.date is not None


class MadeLines(Declared):
    """Rows of a new record: one for each row of ours that the condition admits; without `each` one, of the record."""

    each: Name | None = None
    when: Formula | None = None
    fields: dict[Name, Formula]


class Made(Declared):
    """A new record; `then` runs a step of it in the same breath."""

    form: Name
    fields: dict[Name, Formula] = NOTHING
    lines: dict[Name, MadeLines] = NOTHING
    then: Name | None = None


class Notice(Declared):
    """A message to people of the company: into their inbox, and by the channels named."""

    to: Approvers
    via: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
    title: Text | None = None
    text: Text
    #: Not held back at night and not bundled.
    urgent: bool = False


class Sending(Declared):
    """A message to whoever a formula names: an address or a number."""

    channel: Literal["mail", "sms"]
    to: Formula
    template: Name | None = None
    title: Text | None = None
    text: Text | None = None


class Call(Declared):
    """A request to an address that the company has entered under this name, signed."""

    webhook: Name
    fields: dict[Name, Formula] = NOTHING


class Consequence(Declared):
    """One thing that a rule does: exactly one of these."""

    create: Made | None = None
    #: Fields of the record.
    set: dict[Name, Formula] = NOTHING
    #: A step of the record.
    run: Name | None = None
    #: A tag is added to a field of tags.
    tag: dict[Name, Formula] = NOTHING
    #: set, run, tag: not of the record, but of the one that this link leads to.
    of: Formula | None = None
    #: A link to a user is filled from these, in turn: whoever has the fewest open records of the form.
    assign: dict[Name, Approvers] = NOTHING
    notify: Notice | None = None
    send: Sending | None = None
    call: Call | None = None


class Rule(Declared):
    """A rule.

    `before` speaks in the transaction of what sets it off and may refuse it or ask for approval; `after` runs once its
    transaction has committed, exactly once for each (rule, object, episode). Formulas are over the record as it is
    when the rule looks at it: one that takes steps looks again before its first consequence, since somebody may have
    taken them meanwhile, and rests if its condition holds no more."""

    rule: Name
    label: Words
    #: What it is about, in words: where it comes from, whom it serves.
    help: Words | None = None
    form: Name
    on: Trigger
    when: Formula | None = None
    phase: Literal["before", "after"] = "after"
    #: before: the words of the refusal, or the steps that must agree.
    refuse: Words | None = None
    ask: tuple[ApprovalStep, ...] = ()
    #: Every time; once for each record; once until the condition has been false again; once a day for each record.
    once: Literal["time", "record", "episode", "day"] = "time"
    do: Annotated[tuple[Consequence, ...], BeforeValidator(one_or_many)] = ()
    #: By whose rights it acts: those of whoever set it off, or the system's. The clock and the outside have none.
    acts_as: Literal["user", "system"] = "user"
    #: Installed, and asleep until somebody turns it on.
    paused: bool = False

    @property
    def is_of_the_system(self) -> bool:
        """Whether it acts by the rights of the system."""
        on = self.on
        return self.acts_as == "system" or on.is_timed or on.submitted or on.webhook is not None


class Template(Declared):
    """The text of messages, with formulas over a record in braces. Providers of short messages know it by the code that
    the company has entered."""

    template: Name
    label: Words
    form: Name
    title: Text | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
