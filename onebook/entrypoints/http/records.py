"""Records over HTTP: read, made, changed, taken a step further, undone, thrown away and brought back."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from onebook.engines.process.command import Bin, Create, Restore, Reverse, Run, Update
from onebook.entrypoints.http.addresses import FormName, Record, TransitionName
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.commands import executed, previewed
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey
from onebook.entrypoints.http.questions import ListQuestion
from onebook.entrypoints.http.shapes import (
    GREATEST_VERSION,
    ChangedBody,
    ChangedRecord,
    NewBody,
    NothingBody,
    StepBody,
    UndoingBody,
)
from onebook.values.reference import RecordRef

router = APIRouter(prefix="/api")

Version = Annotated[int | None, Query(ge=1, le=GREATEST_VERSION)]


@router.get("/{form}")
def list_records(visitor: CurrentVisitor, application: TheApplication, question: ListQuestion) -> Response:
    """A page of a list."""
    return answered(application.list(visitor.schema, visitor.actor, question).encoded(visitor.language))


@router.get("/{form}/bin")
def list_bin(visitor: CurrentVisitor, application: TheApplication, question: ListQuestion) -> Response:
    """A page of the recycle bin."""
    page = application.list(visitor.schema, visitor.actor, replace(question, bin=True))
    return answered(page.encoded(visitor.language))


@router.post("/{form}", status_code=201)
def create(
    visitor: CurrentVisitor, application: TheApplication, form: FormName, body: NewBody, key: IdempotencyKey
) -> Response:
    """Make a record."""
    return executed(application, visitor, Create(form, body.values, body.then, body.accept_warnings), key, status=201)


@router.post("/{form}/preview")
def preview_create(visitor: CurrentVisitor, application: TheApplication, form: FormName, body: NewBody) -> Response:
    """What making a record would do; nothing is written."""
    return previewed(application, visitor, Create(form, body.values, body.then, body.accept_warnings))


@router.get("/{form}/{record_id}")
def read(visitor: CurrentVisitor, application: TheApplication, record: Record, binned: bool = False) -> Response:
    """One record with its lines, and the transitions that are open to it; `binned`: one of the recycle bin."""
    return answered(application.read(visitor.schema, visitor.actor, record, visitor.language, binned=binned))


@router.patch("/{form}/{record_id}")
def update(
    visitor: CurrentVisitor, application: TheApplication, record: Record, body: ChangedBody, key: IdempotencyKey
) -> Response:
    """Change a record as it stood at the expected version; fields that are not named stay."""
    return executed(application, visitor, _update(record, body), key)


@router.post("/{form}/{record_id}/preview")
def preview_update(visitor: CurrentVisitor, application: TheApplication, record: Record, body: ChangedBody) -> Response:
    """What a change would do; nothing is written."""
    return previewed(application, visitor, _update(record, body))


@router.delete("/{form}/{record_id}")
def bin_record(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    key: IdempotencyKey,
    expected_version: Version = None,
) -> Response:
    """Put a record into the recycle bin."""
    return executed(application, visitor, Bin(record, expected_version), key)


@router.post("/{form}/{record_id}/restore")
def restore(
    visitor: CurrentVisitor, application: TheApplication, record: Record, _: NothingBody, key: IdempotencyKey
) -> Response:
    """Bring a record back out of the recycle bin."""
    return executed(application, visitor, Restore(record), key)


@router.get("/{form}/{record_id}/changes")
def changes(visitor: CurrentVisitor, application: TheApplication, record: Record) -> Response:
    """Who changed what and when, the latest first."""
    return answered(application.changes(visitor.schema, visitor.actor, record, visitor.language))


@router.post("/{form}/{record_id}/reverse")
def reverse(
    visitor: CurrentVisitor, application: TheApplication, record: Record, body: UndoingBody, key: IdempotencyKey
) -> Response:
    """The exact inverse of a step, with everything that stands on it if asked."""
    return executed(application, visitor, Reverse(record, body.step, body.followers), key)


@router.post("/{form}/{record_id}/reverse/preview")
def preview_reverse(
    visitor: CurrentVisitor, application: TheApplication, record: Record, body: UndoingBody
) -> Response:
    """What a reversal would take back; nothing is written."""
    return previewed(application, visitor, Reverse(record, body.step, body.followers))


@router.post("/{form}/{record_id}/{transition}")
def run_transition(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    transition: TransitionName,
    body: StepBody,
    key: IdempotencyKey,
) -> Response:
    """One request, one command, one transaction."""
    return executed(application, visitor, Run(record, transition, body.expected_version), key)


@router.post("/{form}/{record_id}/{transition}/preview")
def preview_transition(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    transition: TransitionName,
    body: StepBody,
) -> Response:
    """What a transition would do: entries, balances after, documents made, refusals; nothing is written."""
    return previewed(application, visitor, Run(record, transition, body.expected_version))


def _update(record: RecordRef, body: ChangedRecord) -> Update:
    return Update(record, body.expected_version, body.values, body.accept_warnings, body.then)
