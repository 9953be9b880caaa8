"""Which passwords are accepted, and that comparing tells nothing about logins."""

import time

import pytest

from onebook.access.passwords import LONGEST, PasswordTooWeak, agrees, hashed

pytestmark = pytest.mark.usefixtures("real_passwords")


def test_a_password_agrees_with_its_own_hash_only() -> None:
    stored = hashed("正确的马电池订书钉")
    # 64 MB, three passes: what guessing costs whoever has stolen the table.
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,")
    assert agrees("正确的马电池订书钉", stored)
    assert not agrees("正确的马电池订书", stored)
    assert hashed("正确的马电池订书钉") != stored


@pytest.mark.parametrize(
    "weak", ["", "short", "1234567", "12345678", "PASSWORD1", "x" * (LONGEST + 1), "wang.wei@firm"]
)
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(PasswordTooWeak):
        hashed(weak, login="Wang.Wei@firm")


@pytest.mark.parametrize("broken", ["\ud800" * 9, "a\0" * 9, "y" * 10_000_000])
def test_broken_passwords_are_merely_wrong(broken: str) -> None:
    assert not agrees(broken, hashed("a good password"))


def test_unreadable_hashes_and_unknown_logins_are_merely_wrong() -> None:
    assert not agrees("a good password", "not a hash")
    assert not agrees("a good password", None)
    assert not agrees("no login has this hash", None)


def test_an_unknown_login_costs_as_much_as_a_known_one() -> None:
    stored = hashed("a good password")
    agrees("warm up", None)

    def cost(given: str | None) -> float:
        started = time.perf_counter()
        agrees("a wrong password", given)
        return time.perf_counter() - started

    known, unknown = min(cost(stored) for _ in range(4)), min(cost(None) for _ in range(4))
    assert 0.3 < unknown / known < 3
