"""What stands in an address: a form or report that the company has, and the id of a record."""

import re
from typing import Annotated

from fastapi import Depends, Path

from onebook.entrypoints.http.refusals import NotFound
from onebook.values.reference import RecordRef

GREATEST_ID = 2**63 - 1
_ID = re.compile(r"[1-9][0-9]{0,18}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


async def name_of(form: Annotated[str, Path()]) -> str:
    """The name of a form. What no form can be called is not found."""
    return name_in_address(form)


async def record_of(form: Annotated[str, Path()], record_id: Annotated[str, Path()]) -> RecordRef:
    """The record that an address points to. What no id can be is not found, like a record that is not there."""
    return record_in_address(form, record_id)


async def transition_of(transition: Annotated[str, Path()]) -> str:
    """The name of a transition."""
    return name_in_address(transition)


async def report_of(report: Annotated[str, Path()]) -> str:
    """The name of a report."""
    return name_in_address(report)


async def creation_of(name: Annotated[str, Path()]) -> str:
    """The name of what rows of a report become."""
    return name_in_address(name)


async def number_of(number: Annotated[str, Path()]) -> int:
    """A number in an address: the id of a file or job."""
    if not _ID.fullmatch(number) or int(number) > GREATEST_ID:
        raise NotFound
    return int(number)


def record_in_address(form: str, record_id: str) -> RecordRef:
    """A record; what no id can be is not found."""
    if not _ID.fullmatch(record_id) or int(record_id) > GREATEST_ID:
        raise NotFound
    return RecordRef(name_in_address(form), int(record_id))


def name_in_address(text: str) -> str:
    """A name; what nothing can be called is not found."""
    if not _NAME.fullmatch(text):
        raise NotFound
    return text


FormName = Annotated[str, Depends(name_of)]
Record = Annotated[RecordRef, Depends(record_of)]
TransitionName = Annotated[str, Depends(transition_of)]
ReportName = Annotated[str, Depends(report_of)]
CreationName = Annotated[str, Depends(creation_of)]
Number = Annotated[int, Depends(number_of)]
