"""Passwords: which we accept, and Argon2 hashes, compared at the same cost whether the login exists or not."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from onebook.values.refusal import Refusal, Status

SHORTEST = 8
LONGEST = 256

#: What is tried first by everybody who tries; longer lists belong to a check outside of the login page.
COMMON = frozenset({
    "12345678", "123456789", "1234567890", "12345678910", "11111111", "00000000", "88888888", "66666666",
    "87654321", "password", "password1", "passw0rd", "p@ssw0rd", "qwertyui", "qwerty123", "1qaz2wsx", "1q2w3e4r",
    "1q2w3e4r5t", "abcd1234", "abc12345", "a1234567", "a12345678", "aa123456", "asdfghjkl", "iloveyou",
    "admin123", "admin888", "administrator", "woaini1314", "5201314520", "147258369", "letmein1", "welcome1",
})  # fmt: skip

_ARGON2 = PasswordHash((Argon2Hasher(),))


class PasswordTooWeak(Refusal):
    """The password is too short, too long, or one that everybody tries."""

    code = "access.password_too_weak"
    status = Status.INVALID


def hashed(password: str, *, login: str = "") -> str:
    """The Argon2 hash of a password that we accept. Raises PasswordTooWeak."""
    folded = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST or folded in COMMON or folded == login.casefold():
        raise PasswordTooWeak(shortest=SHORTEST, longest=LONGEST)
    return _ARGON2.hash(password)


def agrees(password: str, stored: str | None) -> bool:
    """Whether the password is the one whose hash is stored. Without a hash it takes as long, and is wrong."""
    if len(password) > LONGEST:
        return False
    try:
        right = _ARGON2.verify(password, stored or _nobody())
    except (PwdlibError, UnicodeError):
        return False
    return right and stored is not None


@cache
def _nobody() -> str:
    return _ARGON2.hash("no login has this hash")
