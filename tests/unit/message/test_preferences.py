"""Preferences: quiet hours that pass midnight, bundles, ways by kind; what cannot be is refused with its field."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebook.engines.message.preferences import Preferences, Quiet, preferences_of, quiet_until
from onebook.engines.message.refusals import PreferenceWrong

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02d}T{clock}:00").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (_at(10, "21:59"), None),
        (_at(10, "22:00"), _at(11, "07:30")),
        (_at(11, "00:30"), _at(11, "07:30")),
        (_at(11, "07:29"), _at(11, "07:30")),
        (_at(11, "07:30"), None),
    ],
)
def test_the_night_passes_midnight(now: datetime, until: datetime | None) -> None:
    assert quiet_until(Quiet(), now.astimezone(UTC), SHANGHAI) == until


def test_an_afternoon_may_be_quiet_or_nothing_at_all() -> None:
    nap = Quiet(begins="12:00", ends="14:00")
    assert quiet_until(nap, _at(10, "13:00"), SHANGHAI) == _at(10, "14:00")
    assert quiet_until(nap, _at(10, "11:59"), SHANGHAI) is None
    assert quiet_until(Quiet(begins="08:00", ends="08:00"), _at(10, "08:00"), SHANGHAI) is None
    assert quiet_until(None, _at(10, "23:00"), SHANGHAI) is None


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_quiet_hours_end_within_a_day_and_outside_of_themselves(begins: Any, ends: Any, naive: datetime) -> None:
    quiet, now = Quiet(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}"), naive.replace(tzinfo=UTC)
    until = quiet_until(quiet, now, SHANGHAI)
    if until is not None:
        assert 0 < (until - now).total_seconds() <= 24 * 3600
        assert quiet_until(quiet, until, SHANGHAI) is None


def test_ways_are_what_one_said_or_what_was_asked_for() -> None:
    said = preferences_of({"ways": {"rule": {"post": True, "sms": False}, "task": {"post": False}}})
    assert said.takes("rule", "post", "mail", named=False)
    assert not said.takes("rule", "sms", "phone", named=True)
    assert said.takes("cc", "sms", "phone", named=True)
    assert not said.takes("cc", "sms", "phone", named=False)
    assert not said.takes("task", "post", "mail", named=True)
    assert Preferences().takes("task", "post", "mail", named=False)
    assert not Preferences().takes("task", "sms", "phone", named=False)


def test_bundles_wait_for_their_hour_by_mail_alone() -> None:
    said = preferences_of({"bundle": "08:30"})
    assert said.held_until(_at(10, "09:00"), SHANGHAI, "mail") == (_at(11, "08:30"), True)
    assert said.held_until(_at(10, "08:29"), SHANGHAI, "mail") == (_at(10, "08:30"), True)
    assert said.held_until(_at(10, "09:00"), SHANGHAI, "phone") == (None, False)
    assert said.held_until(_at(10, "23:00"), SHANGHAI, "phone") == (_at(11, "07:30"), False)


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"ways": {"gossip": {"post": True}}}, "ways.gossip"),
        ({"ways": {"rule": {"post": "yes"}}}, "ways.rule.post"),
        ({"ways": {"rule": {"Post!": True}}}, "ways.rule.Post!"),
        ({"quiet": {"from": "25:00", "to": "07:00"}}, "quiet.from"),
        ({"bundle": "noon"}, "bundle"),
        ({"loud": True}, "loud"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(given_: dict[str, Any], field: str) -> None:
    with pytest.raises(PreferenceWrong) as refused:
        preferences_of(given_)
    assert str(refused.value.problems[0].field).startswith(field)
