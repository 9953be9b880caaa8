"""What is asked of an import, and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from onebook.engines.process.importing.sheet import Limits
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem

#: Told (stage, done, total) now and then; it may raise ImportCancelled to stop everything.
Watch = Callable[[str, int, int], None]


def unwatched(_stage: str, _done: int, _total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file for a form, and how it is to be taken.

    `mapping`: header to field key, or None to leave the column out, where headers do not say it themselves.
    `key`: the fields by which records are found again; None: the number or the first unique field that the file has;
    empty: every record is new. `create_missing`: link fields whose unknown names become new records.
    `skip_wrong`: take the rest of the file when rows are wrong. `then`: a transition for every new record, each in
    a transaction of its own (`one_by_one`) or all with the import.
    """

    form: str
    content: bytes
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    key: tuple[str, ...] | None = None
    create_missing: frozenset[str] = frozenset()
    skip_wrong: bool = False
    then: str | None = None
    one_by_one: bool = False
    sheet: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class ImportResult:
    """What an import did, or, as a preview, would do. Figures count records, `problems` name the rows of the file.

    `warnings` did not stop anything (likely duplicates). `columns`: header to field key, as it was understood."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    created_links: Sequence[RecordRef] = ()
    records: Sequence[RecordRef] = ()
    is_preview: bool = False
