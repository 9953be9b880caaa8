"""The version of a record that its user saw: who acts on an older one is told what was changed since, and by whom."""

from onebook.engines.form.editors.since import Trail, stale
from onebook.engines.process.road import Road
from onebook.engines.table.rights import rights
from onebook.values.reference import RecordRef


def require_seen(road: Road, record: RecordRef, seen: int | None, version: int) -> None:
    """Refuse with form.stale unless the user saw this version, or did not say which they saw."""
    if seen is None or seen == version:
        return
    trail = Trail(road.ground.forms, record.id, seen)
    road.gather(trail)
    catalog = road.ground.catalog
    hidden = rights(catalog, road.actor, record.form).hidden
    raise stale(catalog.forms[record.form], record.id, version, trail.changes, hidden)
