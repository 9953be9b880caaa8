"""Secrets at rest: a key file for this user alone, keys of the environment that change, words when they are lost."""

import stat
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from onebook.storage.vault import KEY_FILE, KeyWrong, NotOurs, Vault

VALUES = {"password": "秘密 secret", "address": "https://example.com?key=1"}


def test_what_is_kept_can_be_read_again_and_says_nothing(tmp_path: Path) -> None:
    ciphertext = Vault(tmp_path / "home").closed(VALUES)
    assert Vault(tmp_path / "home").opened(ciphertext) == VALUES
    assert "秘密".encode() not in ciphertext
    assert b"secret" not in ciphertext
    assert Vault(tmp_path / "home").closed(VALUES) != ciphertext, "the same twice is not seen to be the same"
    file = tmp_path / "home" / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [KEY_FILE], "nothing is left beside it"


def test_whoever_needs_the_first_key_at_once_gets_the_same(tmp_path: Path) -> None:
    closed: list[bytes] = []
    threads = [threading.Thread(target=lambda: closed.append(Vault(tmp_path).closed(VALUES))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Vault(tmp_path).opened(one) for one in closed] == [VALUES] * 12


def test_keys_of_the_environment_can_be_changed(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    kept = Vault.from_environment(tmp_path, {"ONEBOOK_SECRET_KEY": old}).closed(VALUES)
    both = Vault.from_environment(tmp_path, {"ONEBOOK_SECRET_KEY": f"{new}, {old}"})
    assert both.opened(kept) == VALUES
    renewed = both.closed(VALUES)
    only_new = Vault.from_environment(tmp_path, {"ONEBOOK_SECRET_KEY": new})
    assert only_new.opened(renewed) == VALUES
    with pytest.raises(NotOurs):
        only_new.opened(kept)
    assert list(tmp_path.iterdir()) == [], "the folder is not touched"


def test_keys_that_are_none_are_refused_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(KeyWrong) as wrong:
        Vault(tmp_path, "short").closed(VALUES)
    assert wrong.value.data == {"place": "ONEBOOK_SECRET_KEY"}
    (tmp_path / KEY_FILE).write_text("not a key")
    with pytest.raises(KeyWrong) as spoiled:
        Vault(tmp_path).closed(VALUES)
    assert spoiled.value.data == {"place": str(tmp_path / KEY_FILE)}
    with pytest.raises(KeyWrong):
        Vault().closed(VALUES)


def test_a_lost_key_is_not_replaced_by_looking(tmp_path: Path) -> None:
    kept = Vault(tmp_path).closed(VALUES)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(NotOurs):
        Vault(tmp_path).opened(kept)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotOurs):
        Vault(tmp_path / "other").opened(b"garbage")
