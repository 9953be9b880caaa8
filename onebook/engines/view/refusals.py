"""Why a saved view is refused."""

from onebook.values.refusal import Refusal, Status


class FormNotReadable(Refusal):
    """The actor's roles let them read nothing of the form, so there is nothing to set up: `name`."""

    code = "view.form_not_readable"
    status = Status.FORBIDDEN


class UnknownView(Refusal):
    """There is no such saved view of the form, or somebody keeps it to themselves: `id`."""

    code = "view.unknown"
    status = Status.NOT_FOUND


class NotYourView(Refusal):
    """Somebody else shares this view; only they, or an administrator, change it: `name`."""

    code = "view.not_yours"
    status = Status.FORBIDDEN


class TooManyViews(Refusal):
    """The actor keeps so many views of the form that nobody finds anything among them: `most`."""

    code = "view.too_many"
    status = Status.CONFLICT


class ViewTooLarge(Refusal):
    """The settings of a view take more bytes than they may: `size`, `limit`."""

    code = "view.too_large"
    status = Status.INVALID
