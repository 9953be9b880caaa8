"""Cursors: where a page ended, sealed so that only a list that made one will follow it."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from onebook.engines.report.refusals import WrongCursor

_SEAL_BYTES = 9
_INSTANT, _DATE, _DECIMAL = 1, 2, 3


def sealed(shape: str, values: Sequence[object]) -> str:
    """The sort values and the id of a page's last row as opaque text, bound to the list's shape.

    The seal finds mistakes, it guards nothing: whatever a cursor says, the list's own scope is asked again."""
    body = msgspec.msgpack.encode([_packed(value) for value in values])
    return base64.urlsafe_b64encode(_seal(shape, body) + body).decode().rstrip("=")


def opened(shape: str, cursor: str, length: int) -> list[object]:
    """The values of a cursor. Raises WrongCursor."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, body = content[:_SEAL_BYTES], content[_SEAL_BYTES:]
        if seal != _seal(shape, body):
            raise WrongCursor
        values = msgspec.msgpack.decode(body, ext_hook=_unpacked)
    except (ValueError, binascii.Error, msgspec.DecodeError) as broken:
        raise WrongCursor from broken
    if not isinstance(values, list) or len(values) != length:
        raise WrongCursor
    return values


def _seal(shape: str, body: bytes) -> bytes:
    return hashlib.sha256(shape.encode() + b"\0" + body).digest()[:_SEAL_BYTES]


def _packed(value: object) -> object:
    if isinstance(value, Decimal):
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    if isinstance(value, datetime):
        return msgspec.msgpack.Ext(_INSTANT, value.isoformat().encode())
    if isinstance(value, date):
        return msgspec.msgpack.Ext(_DATE, value.isoformat().encode())
    return value


def _unpacked(tag: int, data: memoryview) -> object:
    text = bytes(data).decode()
    if tag == _INSTANT:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if tag == _DATE else Decimal(text)
