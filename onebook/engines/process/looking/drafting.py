"""A record as it would be if it were saved now: defaults and formulas computed, problems told, nothing written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.engines.form.changed import ChangedRecord
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.refusals import Invalid
from onebook.engines.form.rows import Row
from onebook.engines.form.text import masked
from onebook.engines.form.tolerant import readable, without
from onebook.engines.process.actions.edit import keep_facts
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.copying import values_to_copy
from onebook.engines.table.rights import rights
from onebook.engines.view.page import Page
from onebook.expression.python import Context
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

#: Links that the user may not follow are taken out before anything behind them is told; that shows no further ones.
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class DraftAsked:
    """Values as they are typed, for a new record; `of`: for this stored one; `copy`: beginning from another one.
    `then`: a step that lets further fields of the stored one be changed with it."""

    form: str
    values: Mapping[str, Any] = field(default_factory=dict)
    of: int | None = None
    copy: int | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The values as a page shows them, rows that are not stored without an id; and everything that is wrong."""

    values: Mapping[str, Any]
    problems: tuple[Problem, ...]


def drafted(transaction: Transaction, ground: Ground, actor: Actor, asked: DraftAsked, now: datetime) -> Drafted:
    """The draft. Refuses with form.forbidden whoever may not save such a record, and with form.not_found."""
    context = ground.context(actor, now)
    declared, granted = ground.catalog.forms[asked.form], rights(ground.catalog, actor, asked.form)
    copied = _copied(transaction, ground, actor, asked, context)
    given, problems = readable(declared, {**copied, **asked.values}, granted)
    page = Page(ground.catalog, actor, asked.form)
    for _ in range(_ROUNDS):
        record = _begun(ground, actor, asked, given, context, page.value_keys)
        gather(transaction, record)
        closed = [*record.closed(), *_locked_copies(record, asked, copied)]
        if not closed:
            return Drafted(_shown(page, _row(ground, asked, record)), tuple(_once([*problems, *record.told()])))
        # What a copy brings along is not the user's mistake.
        problems += [one for one in closed if one.code != "form.field_locked"]
        given = without(given, closed)
    raise Invalid(closed, form=declared.label)


def _begun(
    ground: Ground, actor: Actor, asked: DraftAsked, given: Mapping[str, Any], context: Context, keys: frozenset[str]
) -> NewRecord | ChangedRecord:
    if asked.of is None:
        return NewRecord(ground.forms, asked.form, given, actor, context, keys=keys, preview=True)
    opens: frozenset[str] = frozenset()
    if asked.then is not None and rights(ground.catalog, actor, asked.form).may_do(asked.then):
        opens = frozenset(ground.transitions.of(asked.form, asked.then).declaration.edits)
    return ChangedRecord(
        ground.forms, asked.form, asked.of, None, given, actor, context, keys=keys, preview=True, opens=opens
    )


def _copied(
    transaction: Transaction, ground: Ground, actor: Actor, asked: DraftAsked, context: Context
) -> dict[str, Any]:
    if asked.copy is None:
        return {}
    load = RecordLoad(ground.forms, asked.form, [asked.copy], ground.forms.form(asked.form).stored, actor, context)
    gather(transaction, load)
    granted = rights(ground.catalog, actor, asked.form)
    return values_to_copy(ground.catalog.forms[asked.form], load.row(asked.copy), granted)


def _locked_copies(record: NewRecord | ChangedRecord, asked: DraftAsked, copied: Mapping[str, Any]) -> list[Problem]:
    """Copied values that a new record does not take, because their field cannot be changed in it."""
    if asked.copy is None or isinstance(record, ChangedRecord):
        return []
    return [one for one in record.locked() if _top(one) in copied and _top(one) not in asked.values]


def _top(problem: Problem) -> str:
    return (problem.field or "").partition(".")[0]


def _row(ground: Ground, asked: DraftAsked, record: NewRecord | ChangedRecord) -> Row:
    if isinstance(record, NewRecord):
        return record.row
    keep_facts(ground.forms, asked.form, record.changed)
    return record.changed.after


def _shown(page: Page, row: Row) -> dict[str, Any]:
    values = page.values(row, masked)
    for rows in values.values():
        for one in rows if isinstance(rows, list) else ():
            if isinstance(one, dict) and one.get("id", 0) < 0:
                one["id"] = None
    return values


def _once(problems: list[Problem]) -> list[Problem]:
    """One problem for each place: what could not be read is not missing as well."""
    found: dict[tuple[str | None, int | None, str], Problem] = {}
    unread = {(one.field, one.row) for one in problems if one.code != "form.required"}
    for one in problems:
        if one.code != "form.required" or (one.field, one.row) not in unread:
            found.setdefault((one.field, one.row, one.code), one)
    return list(found.values())
