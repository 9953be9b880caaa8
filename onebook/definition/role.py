"""Roles: what their members may do to which rows and fields."""

from typing import Annotated, Final, Literal

from pydantic import Field as Key

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words

#: true, false, or a condition over the row that must lower to SQL.
Scope = Formula


class Grant(Declared):
    """Rights on one form. Several roles of one person add up: scopes by OR; hidden is what all of them hide."""

    read: Scope = "FALSE"
    create: Scope = "FALSE"
    update: Scope = "FALSE"
    delete: Scope = "FALSE"
    #: Transitions (and their reversals) that may be run: names, or all.
    do: Literal["all"] | tuple[Name, ...] = ()
    reverse: Literal["all"] | tuple[Name, ...] = ()
    export: bool = False
    import_: Annotated[bool, Key(alias="import")] = False
    hide: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()


#: No rights at all.
NO_GRANT: Final = Grant()


class Role(Declared):
    """A role. `everything` is the administrator of a company: all forms, all reports, declarations too."""

    role: Name
    label: Words
    everything: bool = False
    grants: dict[Name, Grant] = NOTHING
    reports: Literal["all"] | tuple[Name, ...] = ()
    #: Columns of reports that its members do not see, by report (cost figures, say).
    hide_columns: dict[Name, tuple[Name, ...]] = NOTHING
    #: The dashboard or workbench that its members find first on their home page.
    home: Name | None = None

    def grants_on(self, form: str) -> Grant:
        """What it grants on a form; nothing, if it does not say."""
        return self.grants.get(form, NO_GRANT)
