"""The bucket: whatever minute is looked at, no more leaves in it than may, and nothing waits for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onebook.engines.message.bucket import Bucket, taken

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@given(st.integers(2, 120), st.lists(st.floats(0, 30), min_size=1, max_size=300))
def test_no_minute_has_more_than_it_may(per_minute: int, pauses: list[float]) -> None:
    bucket, at, left = Bucket(), NOW, list[datetime]()
    for pause in pauses:
        at += timedelta(seconds=pause)
        bucket, wait_s = taken(bucket, per_minute, at)
        if wait_s == 0:
            left.append(at)
    for first in left:
        assert sum(first <= one < first + timedelta(seconds=60) for one in left) <= per_minute


@given(st.integers(1, 120), st.integers(1, 50))
def test_who_waits_as_long_as_told_is_taken(per_minute: int, messages: int) -> None:
    bucket, at = Bucket(), NOW
    for _ in range(messages):
        bucket, wait_s = taken(bucket, per_minute, at)
        if wait_s:
            at += timedelta(seconds=wait_s + 0.001)
            bucket, wait_s = taken(bucket, per_minute, at)
        assert wait_s == 0


def test_a_clock_that_goes_back_harms_nobody() -> None:
    bucket, _ = taken(Bucket(), 20, NOW)
    again, wait_s = taken(bucket, 20, NOW - timedelta(days=1))
    assert (wait_s, again.tokens) == (0, 8)
