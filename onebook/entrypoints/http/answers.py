"""Answers as JSON: encoded once, decimals as text, days and instants in ISO 8601."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import orjson
from fastapi import Response

from onebook.values.label import Label
from onebook.values.month import Month
from onebook.values.reference import RecordRef

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def answered(value: object, status: int = 200) -> Response:
    """A response of JSON; bytes are taken for JSON that has been encoded already."""
    content = value if isinstance(value, bytes) else orjson.dumps(value, default=_plain, option=_OPTIONS)
    return Response(content, status, media_type="application/json")


def nothing() -> Response:
    """Done, and nothing to say."""
    return Response(status_code=204)


def _plain(value: object) -> Any:
    match value:
        case Decimal():
            return f"{value:f}"
        case RecordRef():
            return {"form": value.form, "id": value.id}
        case Month() | Label():
            return str(value)
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(value, key=str)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} is not a value of JSON")
