"""How records refuse: every reason that this room has, with what its text tells."""

from typing import Final

from onebook.values.refusal import Refusal, Status


class NotFound(Refusal):
    """There is no such record, or the actor may not read it: nobody learns which. Data: form, id."""

    code = "form.not_found"
    status = Status.NOT_FOUND


class Forbidden(Refusal):
    """The actor may read the record, or the form, but not do this. Data: form, action."""

    code = "form.forbidden"
    status = Status.FORBIDDEN


class Invalid(Refusal):
    """The values cannot be saved; each problem names its field and row. Data: form."""

    code = "form.invalid"
    status = Status.INVALID


class Locked(Refusal):
    """The record's state allows no change. Data: form, state."""

    code = "form.locked"
    status = Status.CONFLICT


class Stale(Refusal):
    """Somebody else changed it since. Data: form, id, version (now). Of a change to the same fields each problem names
    the field, who changed it, when, and the values `old`, `new`, `yours`; of a step on an older version
    each names a field that was changed since, by whom and when."""

    code = "form.stale"
    status = Status.CONFLICT


class Duplicated(Refusal):
    """Others like it exist. Problems of code `form.duplicate` block; those of `form.duplicate_warning` are accepted by
    sending them again with `accepted`. Data: form."""

    code = "form.duplicated"
    status = Status.CONFLICT


class StillUsed(Refusal):
    """Other records point at it. Data: form, id; each problem names a form, how many of it, and the first of them."""

    code = "form.still_used"
    status = Status.CONFLICT


class NotBinnable(Refusal):
    """A document that has left its first state stays in the book. Data: form, state."""

    code = "form.not_binnable"
    status = Status.CONFLICT


class LinkBinned(Refusal):
    """What the record points at lies in the recycle bin itself. Data: form, id; problems name the fields."""

    code = "form.link_binned"
    status = Status.CONFLICT


REFUSALS: Final[tuple[type[Refusal], ...]] = (
    NotFound, Forbidden, Invalid, Locked, Stale, Duplicated, StillUsed, NotBinnable, LinkBinned,
)  # fmt: skip
