"""Settings of the environment: where the data lies."""

from pathlib import Path

import pytest

from onebook.storage.settings import Settings, SettingWrong


def test_home_and_url_come_from_the_environment(tmp_path: Path) -> None:
    assert Settings.from_environment({"ONEBOOK_HOME": str(tmp_path)}) == Settings(tmp_path.resolve())
    url = "postgresql://me@db/books"
    assert Settings.from_environment({"ONEBOOK_DATABASE_URL": url}).database_url == url
    assert Settings.from_environment({"ONEBOOK_DATABASE_URL": " "}).database_url is None


def test_without_a_word_the_users_own_folder() -> None:
    assert Settings.from_environment({}).home.name == "onebook"


@pytest.mark.parametrize("url", ["mysql://x", "postgresql://[db", "postgresql://me@db/books?nosuch=1"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingWrong) as refusal:
        Settings.from_environment({"ONEBOOK_DATABASE_URL": url})
    assert refusal.value.data["name"] == "ONEBOOK_DATABASE_URL"
