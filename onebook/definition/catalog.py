"""The catalog: all apps of a company, overlays laid, checked against each other, ready to run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self, TypeVar

from onebook.definition.account import AccountRole
from onebook.definition.app import App, Menu
from onebook.definition.check.everything import problems_of
from onebook.definition.dashboard import Dashboard
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.metric import Metric
from onebook.definition.model import Declared
from onebook.definition.overlay import Key, laid
from onebook.definition.print import Print
from onebook.definition.read import KINDS
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.definition.rule import Rule, Template
from onebook.values.refusal import Problem

Kind = TypeVar("Kind", bound=Declared)


class Catalog(Declarations):
    """Declarations that passed every check: no formula, account, link or label in it can fail for its own reasons."""

    @classmethod
    def of(cls, apps: Sequence[App]) -> Self:
        """The catalog of these apps. Raises DefinitionRefusal with everything that is wrong at once."""
        problems: list[Problem] = []
        catalog = cls._put_together(apps, problems)
        problems.extend(problems_of(catalog))
        if problems:
            raise DefinitionRefusal(problems)
        return catalog

    @classmethod
    def published(cls, apps: Sequence[App]) -> Self:
        """The catalog of apps that were checked when they were published; what newer checks would say is not asked."""
        return cls._put_together(apps, [])

    @classmethod
    def _put_together(cls, apps: Sequence[App], problems: list[Problem]) -> Self:
        apps = in_order(apps)
        standing = laid(_by_name(apps, problems), (patch for app in apps for patch in app.patches), problems)
        roles = _of(standing, Role)
        return cls(
            apps,
            {name: _with_options(form, roles) for name, form in _of(standing, Form).items()},
            _of(standing, AccountRole),
            _of(standing, Report),
            roles,
            _of(standing, Menu),
            [data for app in apps for data in app.data],
            _of(standing, Print),
            metrics=_of(standing, Metric),
            dashboards=_of(standing, Dashboard),
            rules=_of(standing, Rule),
            templates=_of(standing, Template),
        )


def in_order(apps: Sequence[App]) -> list[App]:
    """What others need comes first, otherwise by name: the same apps give the same catalog in any order."""
    waiting = sorted(apps, key=lambda app: app.app)
    names = {app.app for app in apps}
    ordered: list[App] = []
    while waiting:
        standing = {app.app for app in ordered}
        ready = next((app for app in waiting if set(app.needs) & names <= standing), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _by_name(apps: Sequence[App], problems: list[Problem]) -> dict[Key, Declared]:
    found: dict[Key, Declared] = {}
    for app in apps:
        for declaration in _named(app):
            key = _key(declaration)
            if key in found:
                problems.append(Problem("definition.declared_twice", " ".join(key), data={"reason": app.app}))
            found.setdefault(key, declaration)
    return found


def _named(app: App) -> Iterator[Declared]:
    """Everything that stands once in a company, under its name."""
    for _, place in KINDS.values():
        if place not in ("data", "patches"):
            yield from getattr(app, place)


def _key(declaration: Declared) -> Key:
    """The kind and name of a declaration: its first field."""
    kind = next(iter(type(declaration).model_fields))
    return kind, getattr(declaration, kind)


def _with_options(form: Form, roles: Mapping[str, Role]) -> Form:
    """The form with the options of fields that offer what is declared elsewhere."""
    options = {role.role: role.label for role in roles.values()}
    offered = {
        name: field.model_copy(update={"options": options}) for name, field in form.fields.items() if field.options_from
    }
    return form.model_copy(update={"fields": {**form.fields, **offered}}) if offered else form


def _of(standing: Mapping[Key, Declared], model: type[Kind]) -> dict[str, Kind]:
    return {name: declaration for (_, name), declaration in standing.items() if isinstance(declaration, model)}
