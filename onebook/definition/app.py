"""An app as a whole: its forms, accounts, reports, figures, rules, prints, roles, menus and first records."""

from typing import Any, Literal

from onebook.definition.account import AccountRole
from onebook.definition.dashboard import Dashboard
from onebook.definition.form import Form
from onebook.definition.metric import Metric
from onebook.definition.model import Declared, Name, Words
from onebook.definition.print import Print
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.definition.rule import Rule, Template


class MenuItem(Declared):
    """A place to go: a form's list, a report, or a dashboard."""

    form: Name | None = None
    report: Name | None = None
    dashboard: Name | None = None
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

    patch: Literal["form", "account", "report", "metric", "dashboard", "rule", "template", "print", "role", "menu"]
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
    metrics: tuple[Metric, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    rules: tuple[Rule, ...] = ()
    templates: tuple[Template, ...] = ()
    prints: tuple[Print, ...] = ()
    roles: tuple[Role, ...] = ()
    menus: tuple[Menu, ...] = ()
    data: tuple[Data, ...] = ()
    patches: tuple[Patch, ...] = ()
