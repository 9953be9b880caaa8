"""What declarations are called in the database: tables, columns that every table has, constraints and indexes."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Protocol

from onebook.definition.form import Form

#: PostgreSQL cuts longer names, silently and perhaps to the same name twice.
LONGEST: Final = 63

#: What every record has besides its fields; `state`, `number` and `search` only where the form says so.
RECORD_COLUMNS: Final = (
    "id", "version", "state", "number", "search", "created_at", "created_by", "updated_at", "updated_by",
    "deleted_at", "deleted_by",
)  # fmt: skip
#: What every row of lines has besides its fields.
ROW_COLUMNS: Final = ("id", "parent", "position")
#: Under which the trail tells of a file that came or went; no field can be called so.
FILE_IN_TRAIL: Final = "@file"
#: Under which the trail tells what happened to the approval of a step; its actions begin with the sign.
FLOW_IN_TRAIL: Final = "@flow"
FLOW_SIGN: Final = "@"


class Declared(Protocol):
    """Whatever knows the forms: the catalog."""

    @property
    def forms(self) -> Mapping[str, Form]:
        """Every form by name."""
        ...


def identifier(*parts: str) -> str:
    """The parts as one name of the database: short enough, and still its own if it had to be cut."""
    name = "_".join(parts)
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}_{sha256(name.encode()).hexdigest()[:8]}"


def table_name(target: str) -> str:
    """The table of a form (`sales_order`) or of a form's lines (`sales_order.lines`)."""
    return identifier(target.replace(".", "__"))


def target_of(form: str, lines: str | None = None) -> str:
    """How links and scopes write a form or its lines: `sales_order`, `sales_order.lines`."""
    return f"{form}.{lines}" if lines else form
