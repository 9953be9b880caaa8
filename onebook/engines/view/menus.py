"""Menus: the places that an actor may go to, in their language and order."""

from collections.abc import Collection, Iterator
from typing import Any

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import Menu, MenuItem
from onebook.definition.catalog import Catalog
from onebook.engines.table.rights import rights


def menus(catalog: Catalog, actor: Actor, language: str, dashboards: Collection[str] = ()) -> list[dict[str, Any]]:
    """
    Every group with at least one place in it that the actor may see; first those in which they begin documents, then
    those in which they only look things up. Within both, the declared order holds. `dashboards`: those that they find.
    """
    groups = sorted(catalog.menus.values(), key=lambda menu: (not _begins(catalog, actor, menu), menu.order, menu.menu))
    drawn = (_group(catalog, actor, menu, language, dashboards) for menu in groups)
    return [group for group in drawn if group["items"]]


def may_read_report(catalog: Catalog, actor: Actor, report: str) -> bool:
    """Whether any role of the actor opens the report."""
    if actor.id == SYSTEM.id:
        return True
    roles = [catalog.roles[name] for name in actor.roles if name in catalog.roles]
    return any(role.everything or role.reports == "all" or report in role.reports for role in roles)


def may_do_everything(catalog: Catalog, actor: Actor) -> bool:
    """Whether the actor administers the company: the system does, and roles that may everything."""
    return actor.id == SYSTEM.id or any(catalog.roles[name].everything for name in actor.roles if name in catalog.roles)


def _begins(catalog: Catalog, actor: Actor, menu: Menu) -> bool:
    forms = [catalog.forms[item.form] for item in menu.items if item.form is not None]
    return any(form.kind == "document" and rights(catalog, actor, form.form).create is not None for form in forms)


def _group(catalog: Catalog, actor: Actor, menu: Menu, language: str, dashboards: Collection[str]) -> dict[str, Any]:
    items = [item for entry in menu.items for item in _item(catalog, actor, entry, language, dashboards)]
    return {"menu": menu.menu, "label": menu.label.in_language(language), "items": items}


def _item(
    catalog: Catalog, actor: Actor, item: MenuItem, language: str, dashboards: Collection[str]
) -> Iterator[dict[str, Any]]:
    if item.form is not None:
        form = catalog.forms[item.form]
        granted = rights(catalog, actor, item.form)
        if granted.read is not None:
            yield {
                "form": form.form,
                "label": (item.label or form.label).in_language(language),
                "singleton": form.singleton,
                "may_create": granted.create is not None and not form.singleton,
            }
    elif item.report is not None and may_read_report(catalog, actor, item.report):
        report = catalog.reports[item.report]
        yield {"report": report.report, "label": (item.label or report.label).in_language(language)}
    elif item.dashboard in dashboards:
        dashboard = catalog.dashboards[str(item.dashboard)]
        label = (item.label or dashboard.label).in_language(language)
        yield {"dashboard": dashboard.dashboard, "label": label, "is_wall": dashboard.is_wall}
