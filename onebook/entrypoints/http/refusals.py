"""What the HTTP door itself refuses, before anybody else is asked."""

from onebook.values.refusal import Refusal, Status


class BadJson(Refusal):
    """The body is not JSON (`reason`)."""

    code = "http.bad_json"
    status = Status.BAD_REQUEST


class BadText(Refusal):
    """A text holds NUL or half a character; no database stores those."""

    code = "http.bad_text"
    status = Status.BAD_REQUEST


class TooDeep(Refusal):
    """The body is nested deeper than `limit`."""

    code = "http.too_deep"
    status = Status.BAD_REQUEST


class TooLarge(Refusal):
    """The body is larger than `limit` bytes."""

    code = "http.too_large"
    status = Status.TOO_LARGE


class NotAnObject(Refusal):
    """The body is JSON, but not an object."""

    code = "http.not_an_object"
    status = Status.BAD_REQUEST


class NotJson(Refusal):
    """An unsafe request must say that it carries JSON: a form of another site cannot."""

    code = "http.not_json"
    status = Status.BAD_REQUEST


class BadParameter(Refusal):
    """A part of the request has the wrong shape (`reason`)."""

    code = "http.bad_parameter"
    status = Status.INVALID


class BadKey(Refusal):
    """The idempotency key is empty, too long, or not visible text."""

    code = "http.bad_key"
    status = Status.BAD_REQUEST


class NotFound(Refusal):
    """There is nothing here: also what somebody without the right is told."""

    code = "http.not_found"
    status = Status.NOT_FOUND


class MethodNotAllowed(Refusal):
    """The address exists, the method does not."""

    code = "http.method_not_allowed"
    status = Status.BAD_REQUEST


class NoFile(Refusal):
    """An upload without a file."""

    code = "http.no_file"
    status = Status.BAD_REQUEST


class Forbidden(Refusal):
    """The actor's roles do not allow this."""

    code = "http.forbidden"
    status = Status.FORBIDDEN


class TooManyStreams(Refusal):
    """So many live streams are open that another one has to wait (`seconds`)."""

    code = "http.too_many_streams"
    status = Status.TOO_MANY


class TooManyJobs(Refusal):
    """So many imports are under way that another one has to wait (`seconds`)."""

    code = "http.too_many_jobs"
    status = Status.TOO_MANY
