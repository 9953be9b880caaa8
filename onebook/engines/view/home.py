"""The home page of an actor: what waits for them, what they may begin, and where they may go."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import func, select

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.form import Form
from onebook.engines.table.compiled import compiled
from onebook.engines.table.context import context_of
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.engines.table.rights import Rights, rights
from onebook.engines.table.tables import Tables
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Statement, Transaction

#: Beyond this many a page says "more"; counting on would cost time and tell nothing.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records of a form that stand in a state from which the actor may take them further."""

    form: Form
    state: str
    steps: tuple[str, ...]
    rights: Rights


def home(
    transaction: Transaction, catalog: Catalog, tables: Tables, actor: Actor, now: datetime, zone: tzinfo,
    language: str, places: Sequence[Mapping[str, Any]], dashboards: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """The home page, with the places that its menus lead to; every count in one round trip, under the conditions of the
    lists that it opens. `dashboards`: those that the actor finds."""
    parameters = context_parameters(context_of(actor, now, zone))
    waiting = list(_waiting(catalog, actor))
    counts = transaction.run(*(_count(tables, one, parameters) for one in waiting)) if waiting else []
    return {
        "desk": _desk(catalog, actor, dashboards, language),
        "waiting": [
            {
                "form": one.form.form,
                "label": one.form.label.in_language(language),
                "state": one.state,
                "state_label": one.form.states[one.state].label.in_language(language),
                "transitions": [
                    {"name": step, "label": one.form.transitions[step].label.in_language(language)}
                    for step in one.steps
                ],
                "count": min(count, MOST_COUNTED),
                "more": count > MOST_COUNTED,
            }
            for one, [[count]] in zip(waiting, counts, strict=True)
            if count
        ],
        "begin": [
            {"form": form.form, "label": form.label.in_language(language)} for form in _begun(catalog, actor, places)
        ],
        "menus": places,
    }


def _begun(catalog: Catalog, actor: Actor, places: Sequence[Mapping[str, Any]]) -> list[Form]:
    """The documents that the actor may begin, in the order of their places; those without one come last."""
    named = [item["form"] for group in places for item in group["items"] if "form" in item]
    at = {form: place for place, form in enumerate(named)}
    may = (
        form
        for form in catalog.forms.values()
        if form.kind == "document" and rights(catalog, actor, form.form).create is not None
    )
    return sorted(may, key=lambda form: at.get(form.form, len(at)))


def _desk(catalog: Catalog, actor: Actor, dashboards: Collection[str], language: str) -> dict[str, Any] | None:
    """The workbench of the actor's roles, in the order in which roles are declared."""
    homes = (role.home for role in catalog.roles.values() if role.role in actor.roles)
    for name in homes:
        if name in dashboards:
            one = catalog.dashboards[str(name)]
            told = None if one.help is None else one.help.in_language(language)
            return {"dashboard": one.dashboard, "label": one.label.in_language(language), "help": told}
    return None


def _waiting(catalog: Catalog, actor: Actor) -> Iterator[Waiting]:
    """States out of which the actor may take a record further, undoing aside. Final states wait for nobody, and nothing
    waits for a step that leads back to where it began."""
    for form in catalog.forms.values():
        granted = rights(catalog, actor, form.form)
        if granted.read is None:
            continue
        for state in form.states:
            steps = tuple(
                name
                for name, step in form.transitions.items()
                if state in step.source
                and step.target != state
                and granted.may_do(name)
                and (step.posts or step.holds or step.creates)
            )
            if steps:
                yield Waiting(form, state, steps, granted)


def _count(tables: Tables, waiting: Waiting, parameters: Mapping[str, object]) -> Statement:
    columns = Joins(tables, waiting.form.form)
    condition = permitted(waiting.rights, columns)
    some = (
        select(columns.root.c.id)
        .select_from(columns.from_clause())
        .where(columns.root.c.state == waiting.state, condition)
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return compiled(select(func.count()).select_from(some)).bound(parameters)
