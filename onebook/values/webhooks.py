"""The signature of webhooks, as the Standard Webhooks specification has it: of those sent and of those received."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
#: A secret in its usual dress: the bytes behind it are Base64.
PREFIX: Final = "whsec_"
#: How far the clocks of both sides may be apart, in seconds.
TOLERANCE_S: Final = 300


def signed(secret: str, identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that go with a body sent at `timestamp` (seconds) under an id that stays when it is sent again."""
    signature = base64.b64encode(_digest(secret, identity, str(timestamp), body)).decode()
    return {ID: identity, TIMESTAMP: str(timestamp), SIGNATURE: f"v1,{signature}"}


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: int) -> bool:
    """Whether a body was sent by whoever knows the secret, within five minutes of `now` (seconds). Header names are
    expected in small letters; several signatures may stand side by side, parted by blanks."""
    identity, at = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not identity or not (at.isascii() and at.isdigit()) or abs(now - int(at[:12])) > TOLERANCE_S:
        return False
    wanted = _digest(secret, identity, at, body)
    return any(hmac.compare_digest(wanted, one) for one in _signatures(headers.get(SIGNATURE, "")))


def _signatures(header: str) -> list[bytes]:
    found = []
    for one in header.split(" ")[:10]:
        version, _, text = one.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found


def _digest(secret: str, identity: str, at: str, body: bytes) -> bytes:
    return hmac.new(_key(secret), b".".join((identity.encode(), at.encode(), body)), hashlib.sha256).digest()


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            return secret.encode()
    return secret.encode()
