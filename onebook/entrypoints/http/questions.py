"""What a list is asked in its address: columns, filter, conditions, sort, search, how many and from where on."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from onebook.engines.report.groups import Grain, GroupKey
from onebook.engines.report.request import PAGE_LIMIT, SKIP_LIMIT, Combined, Condition, Conditions, ListRequest
from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.body import parsed
from onebook.entrypoints.http.refusals import BadParameter

LONGEST = 4096
MOST_NAMES = 200
MOST_CONDITIONS = 50
#: Conditions within conditions, three times over, with a list of values in the innermost.
DEEPEST = 9
_COMBINED: tuple[Literal["any", "all"], ...] = ("any", "all")
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
    before: Text = None,
    end: bool = False,
    skip: Annotated[int, Query(ge=0, le=SKIP_LIMIT)] = 0,
    sums: bool = False,
    count: bool | Literal["all"] = False,
) -> ListRequest:
    """A page of a list. `where`: conditions as JSON, `[{"field": "total", "op": "ge", "value": "100"}]`; several that
    count as one are `{"any": [...]}` or `{"all": [...]}`."""
    return ListRequest(
        form=f"{form}.{lines}" if lines else form,
        columns=names(columns),
        filter=filter or None,
        conditions=conditions(where),
        sort=names(sort),
        search=q,
        limit=limit,
        cursor=cursor or None,
        before=before or None,
        end=end,
        skip=skip,
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


def conditions(text: str | None) -> Conditions:
    """The conditions of the filter builder."""
    if not text:
        return ()
    found = _conditions(parsed(text.encode("utf-8", "replace"), depth_limit=DEEPEST))
    if sum(1 for _ in _each(found)) > MOST_CONDITIONS:
        raise BadParameter(reason=f"where: at most {MOST_CONDITIONS} conditions")
    return found


def _conditions(given: Any) -> Conditions:
    if not isinstance(given, list):
        raise BadParameter(reason="where: a list of conditions")
    return tuple(_condition(one) for one in given)


def _each(found: Conditions) -> Iterator[Condition]:
    for one in found:
        if isinstance(one, Condition):
            yield one
        else:
            yield from _each(one.parts)


def _condition(one: Any) -> Condition | Combined:
    if isinstance(one, dict) and len(one) == 1:
        for how in _COMBINED:
            if how in one:
                return Combined(how, _conditions(one[how]))
    if not isinstance(one, dict) or not {"field", "op"} <= set(one) <= {"field", "op", "value"}:
        raise BadParameter(reason='where: {"field": ..., "op": ..., "value": ...}')
    if not isinstance(one["field"], str) or not isinstance(one["op"], str):
        raise BadParameter(reason="where: field and op are texts")
    return Condition(one["field"], one["op"], one.get("value"))


GroupQuestion = Annotated[GroupKey, Depends(group_key)]
ListQuestion = Annotated[ListRequest, Depends(list_request)]
