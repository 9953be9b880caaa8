"""Into the recycle bin and out of it again: the road of records that nobody needs, or needs again."""

from onebook.engines.form.bin import Binning, Restoring
from onebook.engines.process.actions.gate import Gate
from onebook.engines.process.actions.seen import require_seen
from onebook.engines.process.command import Bin, Restore
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road


def put_away(road: Road, action: Bin) -> Outcome:
    """Into the bin. Refuses with form.not_found, form.forbidden, form.not_binnable, form.still_used, form.stale."""
    record = action.record
    binning = Binning(road.ground.forms, record.form, record.id, road.actor, road.context, preview=road.is_preview)
    gate = Gate(road, record.form, record.id, is_closing=True)
    earlier = road.begin(binning, *gate.wanted)
    if earlier is not None:
        return earlier
    row = binning.finish()
    require_seen(road, record, action.version, row["version"])
    saved = binning.saved(road.now)
    return road.end(Outcome(record, saved.version, row.get("state"), row.get("number")), saved.statements)


def restore(road: Road, action: Restore) -> Outcome:
    """Out of the bin. Refuses with form.not_found, form.forbidden, form.link_binned, form.duplicated."""
    record = action.record
    restoring = Restoring(road.ground.forms, record.form, record.id, road.actor, road.context, preview=road.is_preview)
    earlier = road.begin(restoring)
    if earlier is not None:
        return earlier
    row = restoring.finish()
    saved = restoring.saved(road.now)
    return road.end(Outcome(record, saved.version, row.get("state"), row.get("number")), saved.statements)
