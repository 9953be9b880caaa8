"""A message: what it is about, whom it is for, and the words that they get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from onebook.values.reference import RecordRef

#: The way into the product's own inbox, which everybody has.
INBOX: Final = "inbox"

#: What a message is about; people choose by it which ways a message takes.
Kind = Literal["mention", "task", "granted", "refused", "returned", "cc", "reminder", "rule", "alarm", "report"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told. Its words are finished, or made for each reader: from a template, or with formulas over
    the record in braces, which show only what that reader may read."""

    kind: Kind
    #: A user; an address or a number of somebody outside; None: whoever listens behind the channel (a robot's group,
    #: a webhook).
    to: int | str | None
    #: The channel's name, or a kind of channels. Users have their inbox, and beside it whatever `via` and they say.
    channel: str = INBOX
    via: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    #: Instead of a title: the code of a text of `locale`, written in the reader's language with `data`.
    words: str | None = None
    #: What fills the words, names that stand alone in braces, and the fields of a webhook. JSON.
    data: Mapping[str, Any] = field(default_factory=dict)
    #: A declared template, instead of title and text.
    template: str | None = None
    #: Whether title and text have formulas in braces.
    has_formulas: bool = False
    #: What it is about: nobody is told of a record that they may not read.
    record: RecordRef | None = None
    #: The comment that mentions them; its words are the text for as long as it has any.
    comment: int | None = None
    #: Files that mails bring along, by their ids in `onebook_file`; gone with the message.
    files: tuple[int, ...] = ()
    #: A page of the product, `/…`, where it leads; without it the record.
    link: str | None = None
    #: Who caused it (0: the system); formulas of a message to the outside read what they may read.
    by: int = 0
    #: Not held back at night and not bundled.
    urgent: bool = False
    #: The same key to the same reader is the same message, however often it is posted.
    key: str | None = None
