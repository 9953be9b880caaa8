"""An app as a whole: its forms, accounts, reports, prints, roles, menus and first records."""

from typing import Any, Literal

from onebook.definition.account import AccountRole
from onebook.definition.form import Form
from onebook.definition.model import Declared, Name, Words
from onebook.definition.print import Print
from onebook.definition.report import Report
from onebook.definition.role import Role


class MenuItem(Declared):
    """A place to go: a form's list, or a report."""

    form: Name | None = None
    report: Name | None = None
    label: Words | None = None


class Menu(Declared):
    """A group of places."""

    menu: Name
    label: Words
    order: int = 100
    items: tuple[MenuItem, ...] = ()


class Data(Declared):
    """Records that the app brings along: made at installation if the key is not there yet, then left to the company.
    Links are written as the key value of the record they point to."""

    data: Name
    key: Name
    rows: tuple[dict[str, Any], ...]


class Patch(Declared):
    """An overlay's change to a declaration of another app: added fields, transitions, options; replaced attributes.

    `change` is merged into the declaration, mapping by mapping; a null removes, and a key that ends in `+` adds to the
    list of that name (`reports+: [stock_list]`)."""

    patch: Literal["form", "account", "report", "print", "role", "menu"]
    name: Name
    change: dict[str, Any]


class App(Declared):
    """Its head, `app.yaml`, and all that stands beside it."""

    app: Name
    label: Words
    version: int = 1
    needs: tuple[Name, ...] = ()
    forms: tuple[Form, ...] = ()
    accounts: tuple[AccountRole, ...] = ()
    reports: tuple[Report, ...] = ()
    prints: tuple[Print, ...] = ()
    roles: tuple[Role, ...] = ()
    menus: tuple[Menu, ...] = ()
    data: tuple[Data, ...] = ()
    patches: tuple[Patch, ...] = ()
