"""Messages in words: of a template or as they were written, for one reader, with the rights of that reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.definition.texts import Said, parts
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.refusals import NotFound
from onebook.engines.message.eyes import Eyes
from onebook.engines.message.formulas import DASH, Shown, shown_formula
from onebook.engines.message.refusals import NothingToSay, NotReadable
from onebook.engines.report.reading import Reading
from onebook.engines.table.rights import rights
from onebook.expression.refusals import ExpressionRefusal
from onebook.locale.texts import text as words_of
from onebook.storage.transaction import Statement, Transaction

#: Somebody who may see nothing: a group that nobody has said anything about.
NOBODY: Final = Actor(-1, "")


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as it was posted: what `onebook_message` keeps of it."""

    id: int
    kind: str
    channel: str
    recipient: int | None
    address: str | None
    via: Sequence[str]
    title: str
    text: str
    words: str | None
    data: Mapping[str, Any]
    template: str | None
    has_formulas: bool
    form: str | None
    record: int | None
    comment: int | None
    files: Sequence[int]
    link: str | None
    by: int
    urgent: bool
    key: str | None
    attempts: int
    is_bundled: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """Finished words; `values`: what the formulas of title and text gave, in their order."""

    title: str
    text: str
    values: tuple[str, ...] = ()


def reader_of(transaction: Transaction, schema: str, user: int) -> Actor:
    """The user with today's rights; 0 is the system. Refuses with NotReadable whoever is not there any more."""
    if user == SYSTEM.id:
        return SYSTEM
    [rows] = transaction.run(user_statement(schema, user))
    try:
        return actor_of(rows)
    except NotAMember:
        raise NotReadable from None


def rendered(transaction: Transaction, eyes: Eyes, message: Posted, reader: Actor) -> Rendered:
    """A message for a reader. Refuses with NotReadable, NothingToSay."""
    title, text, has_formulas = message.title, message.text, message.has_formulas
    if message.template is not None:
        template = eyes.catalog.templates.get(message.template)
        if template is None or template.form != message.form:
            raise NothingToSay
        title, text, has_formulas = template.title or "", template.text, True
    if message.words is not None:
        title = words_of(message.words, message.data, reader.language)
    if message.comment is not None:
        text = _comment(transaction, message.comment)
    if has_formulas:
        return _filled(transaction, eyes, message, reader, title, text)
    if message.form is not None and message.record is not None and reader is not NOBODY:
        _record(transaction, eyes, message, reader, ())
    return Rendered(title, text)


def _comment(transaction: Transaction, comment: int) -> str:
    [rows] = transaction.run(Statement(_COMMENT, {"comment": comment}))
    if not rows:
        raise NothingToSay
    return str(rows[0][0])


def _filled(transaction: Transaction, eyes: Eyes, message: Posted, reader: Actor, title: str, text: str) -> Rendered:
    shown: dict[str, Shown | str] = {}
    pieces = [*_pieces(title), None, *_pieces(text)]
    for one in pieces:
        if isinstance(one, Said) and one.formula not in shown:
            shown[one.formula] = _shown(eyes, message, reader, one.formula)
    keys = [key for one in shown.values() if not isinstance(one, str) for key in one.reads()]
    row = _record(transaction, eyes, message, reader, keys) if message.form and reader is not NOBODY else {}
    context = eyes.context(reader)
    values: list[str] = []
    lines = [""]
    for one in pieces:
        if one is None:
            lines.append("")
        elif isinstance(one, str):
            lines[-1] += one
        else:
            found = shown[one.formula]
            value = found if isinstance(found, str) else found.text(row, context, reader.language)
            values.append(value)
            lines[-1] += value
    return Rendered(lines[0], lines[1], tuple(values))


def _pieces(text: str) -> Sequence[str | Said]:
    try:
        return parts(text)
    except ExpressionRefusal:
        # A brace of somebody's own words opens nothing: they are told as they are.
        return (text,)


def _shown(eyes: Eyes, message: Posted, reader: Actor, formula: str) -> Shown | str:
    """What stands in the place of a formula: a value that came along, or what the reader may see of the record."""
    if reader is NOBODY:
        return DASH
    if formula in message.data:
        return _plain(message.data[formula])
    if message.form is None or message.form not in eyes.catalog.forms:
        return DASH
    try:
        expression = eyes.catalog.formula(formula, message.form)
    except ExpressionRefusal:
        # What was declared when it was posted is not declared any more.
        return DASH
    return shown_formula(Reading(eyes.catalog, eyes.forms.tables, reader), message.form, expression)


def _plain(value: object) -> str:
    return DASH if value is None or value == "" else str(value)


def _record(
    transaction: Transaction, eyes: Eyes, message: Posted, reader: Actor, keys: Sequence[str]
) -> Mapping[str, Any]:
    """The record as far as the reader may read it. Refuses with NotReadable."""
    assert message.form is not None
    assert message.record is not None
    if message.form not in eyes.catalog.forms or rights(eyes.catalog, reader, message.form).read is None:
        raise NotReadable
    load = RecordLoad(eyes.forms, message.form, [message.record], keys, reader, eyes.context(reader))
    gather(transaction, load)
    try:
        return load.row(message.record)
    except NotFound:
        raise NotReadable from None


_COMMENT: Final = "SELECT text FROM onebook_comment WHERE id = %(comment)s::bigint AND deleted_at IS NULL"
