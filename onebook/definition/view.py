"""Views: ways to look at the records of a form besides the table."""

from typing import Annotated, Literal

from pydantic import Field as Key

from onebook.definition.model import Declared, Name, Words


class Board(Declared):
    """Cards in columns: one column for each value of a choice, flag or link, or for each state (`by: state`).

    `title` names a card (default: as the form names its records), `columns` stand on it; both may follow links."""

    kind: Literal["board"]
    label: Words
    by: Name
    title: str | None = None
    columns: tuple[str, ...] = ()


class Calendar(Declared):
    """Records on their days: from `on` to `until`, or on the one day."""

    kind: Literal["calendar"]
    label: Words
    on: Name
    until: Name | None = None
    title: str | None = None
    columns: tuple[str, ...] = ()


View = Annotated[Board | Calendar, Key(discriminator="kind")]
