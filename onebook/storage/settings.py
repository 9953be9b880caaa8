"""Where an installation keeps its data: the home folder or a PostgreSQL of one's own, as the environment says."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from onebook.values.refusal import Refusal

HOME_VARIABLE: Final = "ONEBOOK_HOME"
URL_VARIABLE: Final = "ONEBOOK_DATABASE_URL"


class SettingWrong(Refusal):
    """A setting of the environment cannot be used; the data names it, its value and what is expected."""

    code = "storage.setting"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data lies. With a `database_url` no embedded server is started and `home` is not touched."""

    home: Path
    database_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the environment says; without a word the user's own data folder. Refuses a URL that is none."""
        home = environment.get(HOME_VARIABLE, "").strip() or platformdirs.user_data_dir("onebook", appauthor=False)
        url = environment.get(URL_VARIABLE, "").strip() or None
        if url is not None and not _is_url(url):
            raise SettingWrong(name=URL_VARIABLE, value=url, expected="postgresql://user@host/database")
        return cls(Path(home).expanduser().resolve(), url)


def _is_url(url: str) -> bool:
    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        return False
    return url.startswith(("postgresql://", "postgres://"))
