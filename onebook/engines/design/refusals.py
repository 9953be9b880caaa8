"""Why a publication is refused: values that would not convert, duplicates, changes that meet an overlay."""

from onebook.values.refusal import Refusal, Status


class ValuesLost(Refusal):
    """Values of changed fields cannot be converted. Each problem names field, count and examples; publishing with
    `accept` leaves those cells blank and keeps the old values aside."""

    code = "design.values_lost"
    status = Status.CONFLICT


class NotUnique(Refusal):
    """A field is to be unique, but records agree in it. Each problem names field, value and how many."""

    code = "design.not_unique"
    status = Status.CONFLICT


class OverlayConflicts(Refusal):
    """The new version of an app changes what the company's overlay changes too. Each problem names the place, what it
    was, what it is now and what the overlay says; publishing with `accept` lets the overlay win."""

    code = "design.overlay_conflicts"
    status = Status.CONFLICT


class SeedUnresolved(Refusal):
    """A record that an app brings points to one that is not there."""

    code = "design.seed_unresolved"
