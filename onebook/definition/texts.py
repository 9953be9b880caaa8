"""Texts with formulas in braces: `{customer.name} 仅剩 {available}`; doubled braces are braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from onebook.expression.refusals import ExpressionRefusal
from onebook.values.refusal import Status

#: A formula may hold quoted texts with braces of their own.
_PART: Final = re.compile(r"""\{\{|\}\}|\{((?:"[^"]*"|[^{}"])*)\}|[{}]|[^{}]+""")


class BraceLoose(ExpressionRefusal):
    """A brace of a text opens no formula or closes none; two of them are a brace."""

    code = "expression.brace_loose"
    status = Status.INVALID


@dataclass(frozen=True, slots=True)
class Said:
    """A formula of a text, as it is written between the braces."""

    formula: str


def parts(text: str) -> tuple[str | Said, ...]:
    """The text in order: what stands as it is, and formulas. Refuses braces that match nothing."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str | Said]:
    for found in _PART.finditer(text):
        part = found.group(0)
        if part in ("{{", "}}"):
            yield part[0]
        elif found.group(1) is not None:
            if not found.group(1).strip():
                raise BraceLoose(position=found.start() + 1, part=part)
            yield Said(found.group(1).strip())
        elif part in ("{", "}"):
            raise BraceLoose(position=found.start() + 1, part=part)
        else:
            yield part
