"""Secrets at rest: encrypted with a key that lies outside of the database."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from onebook.values.refusal import Refusal, Status

KEY_VARIABLE: Final = "ONEBOOK_SECRET_KEY"
KEY_FILE: Final = "secret.key"


class KeyWrong(Refusal):
    """The key for secrets cannot be used, or cannot be kept; the data says where it stands."""

    code = "storage.secret_key"
    status = Status.UNAVAILABLE


class NotOurs(Refusal):
    """A secret was encrypted with another key than those of this installation."""

    code = "storage.secret_lost"
    status = Status.UNAVAILABLE


class Vault:
    """Encrypts and decrypts. The key comes from ONEBOOK_SECRET_KEY (several, parted by commas: the first encrypts, all
    decrypt), or from a file in the data folder that is made when the first secret is kept."""

    def __init__(self, home: Path | None = None, key: str | None = None) -> None:
        """With the keys of the environment, or else the file of a data folder; nothing is read yet. With neither it
        keeps no secret."""
        self._file = home / KEY_FILE if home is not None else None
        self._key = key
        self._fernet: MultiFernet | None = None

    @classmethod
    def from_environment(cls, home: Path, environment: Mapping[str, str] = os.environ) -> "Vault":
        """As the environment says."""
        return cls(home, environment.get(KEY_VARIABLE, "").strip() or None)

    def closed(self, values: Mapping[str, Any]) -> bytes:
        """The ciphertext of values. Refuses with KeyWrong."""
        return self._keys(makes=True).encrypt(json.dumps(values, ensure_ascii=False).encode())

    def opened(self, ciphertext: bytes) -> dict[str, Any]:
        """The values again. Refuses with KeyWrong, NotOurs."""
        try:
            found = json.loads(self._keys(makes=False).decrypt(bytes(ciphertext)))
        except InvalidToken:
            raise NotOurs from None
        assert isinstance(found, dict), "closed() was given a mapping"
        return found

    def _keys(self, *, makes: bool) -> MultiFernet:
        if self._fernet is None:
            place, text = (KEY_VARIABLE, self._key) if self._key else self._kept(makes)
            try:
                self._fernet = MultiFernet([Fernet(one.strip()) for one in text.split(",") if one.strip()])
            except ValueError:
                raise KeyWrong(place=place) from None
        return self._fernet

    def _kept(self, makes: bool) -> tuple[str, str]:
        """The key of the data folder and where it lies; the first to need one makes it, whoever asks meanwhile."""
        file = self._file
        if file is None:
            raise KeyWrong(place=KEY_VARIABLE)
        try:
            if makes and not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                _make(file)
            return str(file), file.read_text(encoding="ascii")
        except FileNotFoundError:
            raise NotOurs from None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyWrong(place=str(file)) from error


def _make(file: Path) -> None:
    """Write the whole key beside its place and put it there, unless another process was quicker."""
    beside = file.with_suffix(f".{uuid4().hex}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as open_:
            open_.write(Fernet.generate_key())
            open_.flush()
            os.fsync(open_.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            return
    finally:
        beside.unlink()
