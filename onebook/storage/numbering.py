"""Numbers of documents: what a pattern such as `SO{yyyy}{mm}-{seq:4}` spells, and taking the next ones without gaps."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from onebook.storage.transaction import Statement
from onebook.values.refusal import Refusal

_PART: Final = re.compile(r"\{(yyyy|yy|mm|dd|seq(?::(\d{1,2}))?)\}")
_DEFAULT_WIDTH: Final = 4


class PatternWrong(Refusal):
    """A number pattern does not end in one `{seq}` or `{seq:width}`, or contains something else in braces."""

    code = "storage.number_pattern"


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the running number, and how many digits the number has at least."""

    text: str
    width: int

    def number(self, running: int) -> str:
        """The whole number, filled with zeros; longer than its width once the digits run out."""
        return f"{self.text}{running:0{self.width}d}"


@lru_cache(maxsize=1000)
def prefix_of(pattern: str, day: date) -> Prefix:
    """What a pattern spells on a day. The running number starts again with each new prefix. Refuses wrong patterns."""
    parts = list(_PART.finditer(pattern))
    ends_in_running = bool(parts) and parts[-1].end() == len(pattern) and parts[-1][1].startswith("seq")
    others = _PART.sub("", pattern)
    if not ends_in_running or any(part[1].startswith("seq") for part in parts[:-1]) or set("{}") & set(others):
        raise PatternWrong(pattern=pattern)
    spelled = {
        "yyyy": f"{day.year:04d}",
        "yy": f"{day.year % 100:02d}",
        "mm": f"{day.month:02d}",
        "dd": f"{day.day:02d}",
    }
    text = _PART.sub(lambda part: spelled.get(part[1], ""), pattern)
    return Prefix(text, int(parts[-1][2] or _DEFAULT_WIDTH))


def take(form: str, prefix: str, how_many: int = 1) -> Statement:
    """The statement that takes the next numbers; answers one row: the last of them.

    It locks the prefix until the end of the transaction, so that no number is lost or given out twice: send it as late
    as possible, with the statements that are followed by COMMIT.
    """
    return Statement(
        "INSERT INTO onebook_number AS known (form, prefix, last) VALUES (%s, %s, %s)"
        " ON CONFLICT (form, prefix) DO UPDATE SET last = known.last + excluded.last RETURNING last",
        (form, prefix, how_many),
    )
