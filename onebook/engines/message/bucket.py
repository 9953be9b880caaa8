"""How many messages a channel takes: a bucket of tokens that fills as time passes."""

from dataclasses import dataclass
from datetime import datetime

_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many tokens at that moment; `filled_at` None: never used, so it is full."""

    tokens: float = 0
    filled_at: datetime | None = None


def taken(bucket: Bucket, per_minute: int, now: datetime) -> tuple[Bucket, float]:
    """The bucket less one token, and 0; or the bucket as it is, and the seconds until there is one.

    Half of a minute's messages may leave at once and the other half come back within a minute: whatever 60 seconds are
    looked at, no more than `per_minute` (of two or more) leave in them."""
    size = max(per_minute // 2, 1)
    a_second = max(per_minute - size, 1) / _MINUTE_S
    tokens = float(size)
    if bucket.filled_at is not None:
        passed = max((now - bucket.filled_at).total_seconds(), 0)
        tokens = min(bucket.tokens + passed * a_second, size)
    if tokens < 1:
        return Bucket(tokens, now), (1 - tokens) / a_second
    return Bucket(tokens - 1, now), 0
