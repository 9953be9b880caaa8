"""The fixed shapes around records in request bodies; the values inside are checked by the form they belong to."""

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.questions import MOST_CONDITIONS

GREATEST_ID = 2**63 - 1
GREATEST_VERSION = 2**31 - 1
#: The most records that one request does something with, each in a transaction of its own.
MOST_RECORDS = 500
#: More columns than any list has.
MOST_KEYS = 200

Key = Annotated[str, Field(max_length=200, pattern=r"^[a-z][a-z0-9_.]*$")]
SortKey = Annotated[str, Field(max_length=200, pattern=r"^-?[a-z][a-z0-9_.]*$")]
GroupText = Annotated[str, Field(max_length=200, pattern=r"^[a-z][a-z0-9_.]*(:(day|month|year))?$")]
ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Shape(BaseModel):
    """Strict, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewRecord(Shape):
    """A new record: its values, and a transition to run in the same breath. What only warns refuses unless accepted."""

    values: dict[str, Any] = Field(default_factory=dict)
    then: str | None = Field(default=None, max_length=64)
    accept_warnings: bool = False


class ChangedRecord(Shape):
    """Other values for a record as it stood at `expected_version`; fields that are not named stay. `then`: a transition
    to run in the same breath."""

    expected_version: int = Field(ge=1, le=GREATEST_VERSION)
    values: dict[str, Any]
    then: str | None = Field(default=None, max_length=64)
    accept_warnings: bool = False


class Step(Shape):
    """A transition of a record as it stood at `expected_version`; without it, of the record as it is now."""

    expected_version: int | None = Field(default=None, ge=1, le=GREATEST_VERSION)


class Draft(Shape):
    """Values as they are typed: for a new record, for the stored one `of`, or beginning from a `copy` of another.
    `then`: the step that they are to be followed by, which may let further fields be changed."""

    values: dict[str, Any] = Field(default_factory=dict)
    of: int | None = Field(default=None, ge=1, le=GREATEST_ID)
    copied: int | None = Field(default=None, ge=1, le=GREATEST_ID, alias="copy")
    then: str | None = Field(default=None, max_length=64)

    @model_validator(mode="after")
    def _one_beginning(self) -> "Draft":
        if self.of is not None and self.copied is not None:
            raise ValueError("of and copy exclude each other")
        return self


class Bulk(Shape):
    """One thing to do with many records: a transition, the reversal of their latest step, or the recycle bin."""

    transition: str | None = Field(default=None, min_length=1, max_length=64)
    reverse: Literal[True] | None = None
    bin: Literal[True] | None = None
    records: list["Chosen"] = Field(min_length=1, max_length=MOST_RECORDS)

    @model_validator(mode="after")
    def _one_thing(self) -> "Bulk":
        if sum(one is not None for one in (self.transition, self.reverse, self.bin)) != 1:
            raise ValueError("exactly one of transition, reverse and bin")
        if len({one.id for one in self.records}) < len(self.records):
            raise ValueError("a record stands twice")
        return self


class Chosen(Shape):
    """A record as it stood at `expected_version`; without it, as it is now."""

    id: int = Field(ge=1, le=GREATEST_ID)
    expected_version: int | None = Field(default=None, ge=1, le=GREATEST_VERSION)


#: One or several texts, whole numbers or flags, as conditions compare with them.
_Scalar = str | int | bool | None


class SavedCondition(Shape):
    """A condition of a saved view, as lists take it."""

    field: Key
    op: str = Field(max_length=16)
    value: _Scalar | list[_Scalar] = None


class SavedCombination(Shape):
    """Conditions of a saved view that count as one: where any of them holds, or where all do."""

    any: list["SavedConditions"] | None = Field(default=None, min_length=1, max_length=MOST_CONDITIONS)
    all: list["SavedConditions"] | None = Field(default=None, min_length=1, max_length=MOST_CONDITIONS)

    @model_validator(mode="after")
    def _one_way(self) -> "SavedCombination":
        if (self.any is None) == (self.all is None):
            raise ValueError("exactly one of any and all")
        return self


SavedConditions = SavedCondition | SavedCombination


class ViewSettings(Shape):
    """How a list is set up: everything that it can be asked, and how it is drawn."""

    columns: list[Key] | None = Field(default=None, max_length=MOST_KEYS)
    where: list[SavedConditions] | None = Field(default=None, max_length=MOST_CONDITIONS)
    filter: str | None = Field(default=None, max_length=4096)
    sort: list[SortKey] | None = Field(default=None, max_length=20)
    group: GroupText | None = None
    widths: dict[Key, Annotated[int, Field(ge=20, le=4000)]] | None = Field(default=None, max_length=MOST_KEYS)
    q: str | None = Field(default=None, max_length=200)
    view: str | None = Field(default=None, max_length=64, pattern="^[a-z][a-z0-9_]*$")


class NewView(Shape):
    """A new saved view; `default`: the user begins with it."""

    name: ViewName
    kind: Literal["table", "board", "calendar"] = "table"
    shared: bool = False
    default: bool | None = None
    settings: ViewSettings = ViewSettings()


class ChangedView(Shape):
    """What of a saved view is to be otherwise; settings are given whole."""

    name: ViewName | None = None
    kind: Literal["table", "board", "calendar"] | None = None
    shared: bool | None = None
    default: bool | None = None
    settings: ViewSettings | None = None


class Navigation(Shape):
    """How the navigation stands: narrow or wide, which groups are folded, which places are kept at hand."""

    collapsed: bool = False
    folded: list[Key] = Field(default_factory=list, max_length=MOST_KEYS)
    pinned: list[Key] = Field(default_factory=list, max_length=MOST_KEYS)


class Preferences(Shape):
    """What a user prefers; what is not given stays, null goes back to what everybody begins with."""

    language: Literal["zh-CN", "en"] | None = None
    theme: Literal["light", "dark", "system"] | None = None
    size: Literal["normal", "large"] | None = None
    density: Literal["normal", "compact"] | None = None
    navigation: Navigation | None = None


class Undoing(Shape):
    """The reversal of a step, or of the latest; `followers`: and of everything that stands on it."""

    step: int | None = Field(default=None, ge=1, le=GREATEST_ID)
    followers: bool = False


class Links(Shape):
    """Records that links of a form point at, by the link: `{"lines.item": [7, 9]}`."""

    links: dict[Annotated[str, Field(max_length=120)], list[Annotated[int, Field(ge=1, le=GREATEST_ID)]]] = Field(
        default_factory=dict
    )


class Typed(Shape):
    """Values as far as they were typed; `of`: the record that they belong to, if it is stored already."""

    values: dict[str, Any] = Field(default_factory=dict)
    of: int | None = Field(default=None, ge=1, le=GREATEST_ID)


class Nothing(Shape):
    """No body, or an empty object."""


NewBody = Annotated[NewRecord, Depends(reading(NewRecord))]
ChangedBody = Annotated[ChangedRecord, Depends(reading(ChangedRecord))]
DraftBody = Annotated[Draft, Depends(reading(Draft))]
BulkBody = Annotated[Bulk, Depends(reading(Bulk))]
NewViewBody = Annotated[NewView, Depends(reading(NewView))]
ChangedViewBody = Annotated[ChangedView, Depends(reading(ChangedView))]
PreferencesBody = Annotated[Preferences, Depends(reading(Preferences))]
StepBody = Annotated[Step, Depends(reading(Step))]
UndoingBody = Annotated[Undoing, Depends(reading(Undoing))]
LinksBody = Annotated[Links, Depends(reading(Links))]
TypedBody = Annotated[Typed, Depends(reading(Typed))]
NothingBody = Annotated[Nothing, Depends(reading(Nothing))]
