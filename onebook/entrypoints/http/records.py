"""Records over HTTP: read, made, changed, taken a step further, undone, thrown away and brought back."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from onebook.engines.process.command import Bin, Create, Restore, Reverse, Run, Update
from onebook.entrypoints.http.addresses import Record
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.commands import Asked, Asking, done, executed, previewed
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey
from onebook.entrypoints.http.questions import ListQuestion
from onebook.entrypoints.http.shapes import (
    GREATEST_VERSION,
    ChangedRecord,
    NewRecord,
    Nothing,
    Step,
    Undoing,
)

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
def create(asked: Asking) -> Response:
    """Make a record."""
    return executed(asked, _create, status=201)


@router.post("/{form}/preview")
def preview_create(asked: Asking) -> Response:
    """What making a record would do; nothing is written."""
    return previewed(asked, _create)


@router.get("/{form}/{record_id}")
def read(visitor: CurrentVisitor, application: TheApplication, record: Record, binned: bool = False) -> Response:
    """One record with its lines, and the transitions that are open to it; `binned`: one of the recycle bin."""
    return answered(application.read(visitor.schema, visitor.actor, record, visitor.language, binned=binned))


@router.patch("/{form}/{record_id}")
def update(asked: Asking) -> Response:
    """Change a record as it stood at the expected version; fields that are not named stay."""
    return executed(asked, _update)


@router.post("/{form}/{record_id}/preview")
def preview_update(asked: Asking) -> Response:
    """What a change would do; nothing is written."""
    return previewed(asked, _update)


@router.delete("/{form}/{record_id}")
def bin_record(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    key: IdempotencyKey,
    expected_version: Version = None,
) -> Response:
    """Put a record into the recycle bin."""
    return done(application, visitor, Bin(record, expected_version), key)


@router.post("/{form}/{record_id}/restore")
def restore(asked: Asking) -> Response:
    """Bring a record back out of the recycle bin."""
    return executed(asked, _restore)


@router.get("/{form}/{record_id}/changes")
def changes(visitor: CurrentVisitor, application: TheApplication, record: Record) -> Response:
    """Who changed what and when, the latest first."""
    return answered(application.changes(visitor.schema, visitor.actor, record, visitor.language))


@router.post("/{form}/{record_id}/reverse")
def reverse(asked: Asking) -> Response:
    """The exact inverse of a step, with everything that stands on it if asked."""
    return executed(asked, _reverse)


@router.post("/{form}/{record_id}/reverse/preview")
def preview_reverse(asked: Asking) -> Response:
    """What a reversal would take back; nothing is written."""
    return previewed(asked, _reverse)


@router.post("/{form}/{record_id}/{transition}")
def run_transition(asked: Asking) -> Response:
    """One request, one command, one transaction."""
    return executed(asked, _run)


@router.post("/{form}/{record_id}/{transition}/preview")
def preview_transition(asked: Asking) -> Response:
    """What a transition would do: entries, balances after, documents made, refusals; nothing is written."""
    return previewed(asked, _run)


def _create(asked: Asked) -> Create:
    form, body = asked.form, asked.body(NewRecord)
    return Create(form, body.values, body.then, body.accept_warnings)


def _update(asked: Asked) -> Update:
    record, body = asked.record, asked.body(ChangedRecord)
    return Update(record, body.expected_version, body.values, body.accept_warnings, body.then)


def _run(asked: Asked) -> Run:
    record, transition = asked.record, asked.name("transition")
    return Run(record, transition, asked.body(Step).expected_version)


def _reverse(asked: Asked) -> Reverse:
    record, body = asked.record, asked.body(Undoing)
    return Reverse(record, body.step, body.followers)


def _restore(asked: Asked) -> Restore:
    record = asked.record
    asked.body(Nothing)
    return Restore(record)
