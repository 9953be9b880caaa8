"""What a list is asked in its address: columns, filter, conditions, sort, search, how many and from where on."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query

from onebook.engines.report.groups import Grain, GroupKey
from onebook.engines.report.request import PAGE_LIMIT, Condition, ListRequest
from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.body import parsed
from onebook.entrypoints.http.refusals import BadParameter

LONGEST = 4096
MOST_NAMES = 200
MOST_CONDITIONS = 50
_GRAINS: Mapping[str, Grain] = {"day": "day", "month": "month", "year": "year"}

Text = Annotated[str | None, Query(max_length=LONGEST)]


async def list_request(
    form: FormName,
    lines: Annotated[str | None, Query(max_length=64, pattern="^[a-z][a-z0-9_]*$")] = None,
    columns: Text = None,
    filter: Text = None,
    where: Text = None,
    sort: Text = None,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    cursor: Text = None,
    sums: bool = False,
    count: bool = False,
) -> ListRequest:
    """A page of a list. `where`: conditions as JSON, `[{"field": "total", "op": "ge", "value": "100"}]`."""
    return ListRequest(
        form=f"{form}.{lines}" if lines else form,
        columns=names(columns),
        filter=filter or None,
        conditions=conditions(where),
        sort=names(sort),
        search=q,
        limit=limit,
        cursor=cursor or None,
        sums=sums,
        count=count,
    )


async def group_key(
    by: Annotated[str, Query(max_length=200, pattern="^[a-z][a-z0-9_.]*(:(day|month|year))?$")],
) -> GroupKey:
    """What rows are grouped by: `customer`, or a date by day, month or year: `ordered_on:month`."""
    key, _, grain = by.partition(":")
    return GroupKey(key, _GRAINS.get(grain))


def names(text: str | None) -> tuple[str, ...] | None:
    """Names between commas; None where nothing was asked."""
    if text is None:
        return None
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if len(found) > MOST_NAMES:
        raise BadParameter(reason=f"more than {MOST_NAMES} names")
    return found


def conditions(text: str | None) -> tuple[Condition, ...]:
    """The conditions of the filter builder."""
    if not text:
        return ()
    found = parsed(text.encode("utf-8", "replace"), depth_limit=4)
    if not isinstance(found, list) or len(found) > MOST_CONDITIONS:
        raise BadParameter(reason=f"where: a list of at most {MOST_CONDITIONS} conditions")
    return tuple(_condition(one) for one in found)


def _condition(one: Any) -> Condition:
    if not isinstance(one, dict) or not {"field", "op"} <= set(one) <= {"field", "op", "value"}:
        raise BadParameter(reason='where: {"field": ..., "op": ..., "value": ...}')
    if not isinstance(one["field"], str) or not isinstance(one["op"], str):
        raise BadParameter(reason="where: field and op are texts")
    return Condition(one["field"], one["op"], one.get("value"))


GroupQuestion = Annotated[GroupKey, Depends(group_key)]
ListQuestion = Annotated[ListRequest, Depends(list_request)]
