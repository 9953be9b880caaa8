"""Why a comment, a file or a mention is refused."""

from onebook.values.refusal import Refusal, Status


class NoRecord(Refusal):
    """There is no such record, or the actor may not read it: nobody learns which. Data: form, id."""

    code = "talk.no_record"
    status = Status.NOT_FOUND


class NoWords(Refusal):
    """A comment without words."""

    code = "talk.no_words"


class TooManyWords(Refusal):
    """A comment longer than `longest` characters; it has `length`."""

    code = "talk.too_many_words"


class TooManyMentions(Refusal):
    """More than `most` people mentioned at once."""

    code = "talk.too_many_mentions"


class CannotMention(Refusal):
    """Somebody who was mentioned is not there, or may not read the record; each problem names one of them."""

    code = "talk.cannot_mention"


class NoComment(Refusal):
    """There is no such comment on this record, or it was deleted before."""

    code = "talk.no_comment"
    status = Status.NOT_FOUND


class NotYours(Refusal):
    """Only who wrote a comment deletes it."""

    code = "talk.not_yours"
    status = Status.FORBIDDEN


class KeyReused(Refusal):
    """The idempotency key came with another comment before. Data: key."""

    code = "talk.key_reused"
    status = Status.CONFLICT


class NoAttachment(Refusal):
    """There is no such file beside this record."""

    code = "talk.no_attachment"
    status = Status.NOT_FOUND


class EmptyFile(Refusal):
    """A file without a single byte."""

    code = "talk.empty_file"


class FileTooLarge(Refusal):
    """A file of more than `limit` bytes; it has `size`."""

    code = "talk.file_too_large"
    status = Status.TOO_LARGE


class TooManyFiles(Refusal):
    """The record has `most` files already."""

    code = "talk.too_many_files"
    status = Status.CONFLICT


class NotToRemove(Refusal):
    """Who did not bring a file and may not change the record cannot take the file away."""

    code = "talk.not_to_remove"
    status = Status.FORBIDDEN
