"""The fixed shapes around records in request bodies; the values inside are checked by the form they belong to."""

from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field

from onebook.entrypoints.http.body import reading

GREATEST_ID = 2**63 - 1
GREATEST_VERSION = 2**31 - 1


class Shape(BaseModel):
    """Strict, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewRecord(Shape):
    """A new record: its values, and a transition to run in the same breath. What only warns refuses unless accepted."""

    values: dict[str, Any] = Field(default_factory=dict)
    then: str | None = Field(default=None, max_length=64)
    accept_warnings: bool = False


class ChangedRecord(Shape):
    """Other values for a record as it stood at `expected_version`; fields that are not named stay."""

    expected_version: int = Field(ge=1, le=GREATEST_VERSION)
    values: dict[str, Any]
    accept_warnings: bool = False


class Step(Shape):
    """A transition of a record as it stood at `expected_version`; without it, of the record as it is now."""

    expected_version: int | None = Field(default=None, ge=1, le=GREATEST_VERSION)


class Undoing(Shape):
    """The reversal of a step, or of the latest; `followers`: and of everything that stands on it."""

    step: int | None = Field(default=None, ge=1, le=GREATEST_ID)
    followers: bool = False


class Nothing(Shape):
    """No body, or an empty object."""


NewBody = Annotated[NewRecord, Depends(reading(NewRecord))]
ChangedBody = Annotated[ChangedRecord, Depends(reading(ChangedRecord))]
StepBody = Annotated[Step, Depends(reading(Step))]
UndoingBody = Annotated[Undoing, Depends(reading(Undoing))]
NothingBody = Annotated[Nothing, Depends(reading(Nothing))]
