"""Why a dashboard is refused."""

from onebook.values.refusal import Refusal, Status


class UnknownDashboard(Refusal):
    """There is no such dashboard, or the actor may read nothing on it: `name`."""

    code = "dashboard.unknown"
    status = Status.NOT_FOUND


class UnknownTile(Refusal):
    """The dashboard has no such tile, or the actor may read nothing of it: `name`."""

    code = "dashboard.unknown_tile"
    status = Status.NOT_FOUND


class TileNotExportable(Refusal):
    """The actor's roles do not let them take this out, or there are no figures in it: `name`."""

    code = "dashboard.not_exportable"
    status = Status.FORBIDDEN


class TileTooLong(Refusal):
    """`name` has more rows than the `most` that leave beside others or on paper, and would say nothing if it were cut:
    a shorter time is to be chosen."""

    code = "dashboard.tile_too_long"


class UnknownShare(Refusal):
    """The link is not valid, has expired or was taken back; or there is no such share of the actor's."""

    code = "dashboard.unknown_share"
    status = Status.NOT_FOUND


class TooManyShares(Refusal):
    """The actor shares as many dashboards by link as anybody may: `most`."""

    code = "dashboard.too_many_shares"
    status = Status.CONFLICT


class UnknownSubscription(Refusal):
    """There is no such subscription of the actor's."""

    code = "dashboard.unknown_subscription"
    status = Status.NOT_FOUND


class TooManySubscriptions(Refusal):
    """The actor has as many subscriptions as anybody may: `most`."""

    code = "dashboard.too_many_subscriptions"
    status = Status.CONFLICT


class WrongSchedule(Refusal):
    """A subscription says when it comes: every day; on a day of the week (1 to 7) or of the month (1 to 31)."""

    code = "dashboard.wrong_schedule"
