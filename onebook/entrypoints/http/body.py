"""Reading a request's JSON: exact numbers, a bounded depth, and only text that a database can hold."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from onebook.entrypoints.http.refusals import BadJson, BadParameter, BadText, NotAnObject, NotJson, TooDeep
from onebook.entrypoints.http.settings import HttpSettings
from onebook.values.refusal import Problem

#: No whole number that the product stores has more digits.
LONGEST_NUMBER = 64
LONGEST_REASON = 500
MOST_CAUSES = 50

Shape = TypeVar("Shape", bound=BaseModel)


def object_in(request: Request, content: bytes) -> dict[str, Any]:
    """The body of a request as an object; an empty body is an empty object."""
    if not content:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise NotJson
    settings: HttpSettings = request.app.state.settings
    value = parsed(content, settings.depth_limit)
    if not isinstance(value, dict):
        raise NotAnObject
    return value


def parsed(content: bytes, depth_limit: int) -> Any:
    """The JSON value: numbers with a point as Decimal. Refuses NaN, numbers beyond reason, depth and broken text."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_constant,
        )
    except RecursionError:
        raise TooDeep(limit=depth_limit) from None
    except ValueError as error:
        raise BadJson(reason=_reason(error)) from None
    if not _may_be_wrong(content, depth_limit):
        return value
    for where, text, depth in _texts(value):
        if depth > depth_limit:
            raise TooDeep(limit=depth_limit)
        if not is_storable(text):
            raise BadText(where=where)
    return value


def _may_be_wrong(content: bytes, depth_limit: int) -> bool:
    """Whether JSON that could be read may be too deep or hold text that cannot be stored: only what is written as an
    escape can be half a character or NUL, and nothing is deeper than it has brackets."""
    return b"\\u" in content or content.count(b"[") + content.count(b"{") > depth_limit


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL, no half of a surrogate pair."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: object) -> Iterator[tuple[str, str, int]]:
    """Every text with the field it stands in and its depth; containers appear with an empty text, for their depth."""
    waiting: list[tuple[str, object, int]] = [("", value, 0)]
    while waiting:
        where, part, depth = waiting.pop()
        match part:
            case str():
                yield where, part, depth
            case dict():
                yield where, "", depth + 1
                for name, inner in part.items():
                    yield where, name, depth + 1
                    waiting.append((f"{where}.{name}" if where else name, inner, depth + 1))
            case list():
                yield where, "", depth + 1
                waiting.extend((where, inner, depth + 1) for inner in part)
            case _:
                pass


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValueError("a number is beyond reason")
    return number


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _reason(error: ValueError) -> str:
    match error:
        case json.JSONDecodeError():
            return f"{error.msg} ({error.lineno}:{error.colno})"
        case UnicodeDecodeError():
            return f"not UTF-8 (byte {error.start})"
        case _:
            return str(error)


def reading(shape: type[Shape]) -> Callable[[Request], Awaitable[Shape]]:
    """A dependency that reads the body as a fixed shape. Refuses with BadParameter, naming each field."""

    async def read(request: Request) -> Shape:
        return shaped(shape, request, await request.body())

    return read


def shaped(shape: type[Shape], request: Request, content: bytes) -> Shape:
    """The body of a request as a fixed shape. Refuses with BadParameter, naming each field."""
    try:
        return shape.model_validate(object_in(request, content))
    except ValidationError as error:
        raise BadParameter(causes(error.errors()), reason=shape.__name__) from None


def causes(errors: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What pydantic found wrong, each with its field; the values themselves are not repeated."""
    return [
        Problem(
            "http.bad_parameter",
            field=".".join(str(part) for part in found["loc"] if part not in ("query", "path", "body", "header"))
            or None,
            data={"reason": str(found["msg"])[:LONGEST_REASON]},
        )
        for found in errors[:MOST_CAUSES]
    ]
