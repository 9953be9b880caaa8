"""What commands of one company stand on: its schema, its catalog, and everything that was made ready from that once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.engines.form.forms import Forms, forms_of
from onebook.engines.process.composing.roles import ledger_roles
from onebook.engines.process.composing.transitions import Transitions
from onebook.engines.process.keeping.meters import Meters
from onebook.engines.rule.compiled import Rules
from onebook.engines.rule.guarding import Guards
from onebook.engines.rule.states import NOTHING_SAID, RuleStates
from onebook.engines.table.context import context_of
from onebook.engines.table.readable import Reader
from onebook.engines.table.tables import Tables
from onebook.expression.python import Context
from onebook.ledger.role import Role


@dataclass(frozen=True)
class Ground:
    """One company at one published version of its declarations. Made once, shared by all its commands."""

    schema: str
    catalog: Catalog
    #: The number of the publication, as the company's tables know it.
    version: int
    #: Where the company's calendar days begin.
    zone: tzinfo
    #: What administrators said about its rules.
    rule_states: RuleStates = NOTHING_SAID
    #: Forms with approvals under way when this version came into force: it may not know them any more.
    flowing: frozenset[str] = frozenset()

    def approves(self, form: str) -> bool:
        """Whether records of a form may wait for agreement."""
        return form in self._approving

    @cached_property
    def _approving(self) -> frozenset[str]:
        declared = {
            form.form
            for form in self.catalog.forms.values()
            if any(step.approval is not None for step in form.transitions.values())
        }
        return self.flowing | declared | {form for form, _ in self.guards.asking}

    @cached_property
    def forms(self) -> Forms:
        """Its forms, compiled."""
        return forms_of(self.catalog)

    @cached_property
    def tables(self) -> Tables:
        """Their tables."""
        return self.forms.tables

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Its account roles in the words of the ledger."""
        return ledger_roles(self.catalog.accounts.values())

    @cached_property
    def transitions(self) -> Transitions:
        """Its transitions, ready to run."""
        return Transitions(self.catalog, self.roles)

    @cached_property
    def meters(self) -> Meters:
        """Its meters, and the formulas over them."""
        return Meters(self.catalog, self.tables)

    @cached_property
    def rules(self) -> Rules:
        """Its rules, compiled."""
        return Rules(self.catalog, self.tables)

    @cached_property
    def guards(self) -> Guards:
        """Its rules that speak before a transaction ends."""
        return Guards(self.rules, self.rule_states)

    @cached_property
    def _kept(self) -> dict[object, Any]:
        return {}

    def kept(self, key: object, build: Callable[[], Any]) -> Any:
        """Whatever is made once from these declarations, such as the text of a query."""
        if key not in self._kept:
            self._kept[key] = build()
        return self._kept[key]

    def marks(self, key: object, build: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        """The SQL of marks, made once."""
        kept: tuple[str, str] = self.kept(key, build)
        return kept

    def reader(self, actor: Actor, now: datetime) -> Reader:
        """The actor, looking at records of many forms."""
        return Reader(self.catalog, self.kept, actor, self.context(actor, now))

    def context(self, actor: Actor, now: datetime) -> Context:
        """What formulas know of the clock and of who acts."""
        return context_of(actor, now, self.zone)
