"""What is kept in memory of each company: everything made from its declarations, anew when they are published anew."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

import psycopg

from onebook.access.actor import Actor
from onebook.definition.app import App
from onebook.definition.form import Form
from onebook.engines.dashboard.dashboards import Dashboards
from onebook.engines.design.change import Change
from onebook.engines.design.publish import ZONE, Published, installed, installed_version
from onebook.engines.design.publish import preview as preview_publication
from onebook.engines.design.publish import publish as publish_apps
from onebook.engines.form.violations import refusal_of
from onebook.engines.message.eyes import Eyes
from onebook.engines.message.outlets import Outlets
from onebook.engines.print.prints import Prints
from onebook.engines.process.approving.waiting import flowing
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.wanted import Republished
from onebook.engines.process.looking import opening
from onebook.engines.process.looking.naming import named
from onebook.engines.process.refusals import NotPublished, UnknownForm
from onebook.engines.process.ruling.working import rule_states
from onebook.engines.report.files.export import Exports
from onebook.engines.report.list import Lists
from onebook.engines.report.metric.metrics import Metrics
from onebook.engines.report.report import Reports
from onebook.engines.rule.states import RuleStates
from onebook.storage.announcing import Announcer, Message
from onebook.storage.database import Database
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Refusal

Result = TypeVar("Result")

#: For how long a reader may see the declarations that were in force before a publication elsewhere; writers never do.
FRESH_S: Final = 1.0


@dataclass(slots=True)
class _Company:
    """What is kept of a company in memory: everything made from its declarations."""

    ground: Ground
    lists: Lists
    reports: Reports
    exports: Exports
    prints: Prints
    dashboards: Dashboards
    seen_at: float


class Companies:
    """All companies of one database. Safe for many threads; keeps nothing but what can be made again."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        announcer: Announcer | None = None,
        outlets: Outlets | None = None,
    ) -> None:
        """Over a database; `now` is the clock; `announcer` tells listeners what was done, if there are any; `outlets`:
        what messages leave by, if they do."""
        self.database = database
        self.outlets = outlets if outlets is not None else Outlets()
        self._now = now
        self._announcer = announcer
        self._companies: dict[str, _Company] = {}
        self._making = threading.Lock()

    def publish(self, schema: str, apps: Sequence[App], actor: Actor, *, accept: bool = False) -> Published:
        """Make apps the company's declarations, beside or instead of those of the same names; data is kept."""
        together = self._together(schema, apps)
        opening.require_everything(self._known(schema), actor)
        published = publish_apps(self.database, schema, together, actor=actor, accept=accept)
        self._companies.pop(schema, None)
        return published

    def preview_publication(self, schema: str, apps: Sequence[App]) -> Change:
        """What publishing would change in tables and declarations."""
        return preview_publication(self.database, schema, self._together(schema, apps)).change

    def form(self, schema: str, name: str) -> Form:
        """A form of the company. Refuses with UnknownForm."""
        return self._ground_with(schema, name).catalog.forms[name]

    def ground(self, schema: str) -> Ground:
        """What the company's commands stand on. Refuses with NotPublished before the first publication."""
        return self._company(schema).ground

    def _on_ground(self, schema: str, action: Callable[[Ground], Result]) -> Result:
        """Run an action, once more if the declarations were published anew meanwhile."""
        for _ in range(3):
            ground = self.ground(schema)
            try:
                return action(ground)
            except Republished:
                self._companies.pop(schema, None)
            except Refusal as refusal:
                raise self._named(ground, refusal) from refusal
            except psycopg.Error as error:
                told = refusal_of(ground.forms, error)
                if told is None:
                    raise
                raise told from error
        return action(self.ground(schema))

    def _tell(self, schema: str, *messages: Message) -> None:
        if self._announcer is not None:
            self._announcer.tell(schema, *messages)

    def _named(self, ground: Ground, refusal: Refusal) -> Refusal:
        if not any("role" in problem.data for problem in refusal.problems):
            return refusal
        with self._reading(ground.schema) as transaction:
            return named(transaction, ground, refusal)

    def _eyes(self, schema: str) -> Eyes:
        ground, now = self.ground(schema), self._now()
        return Eyes(
            schema, ground.catalog, ground.forms, ground.zone, ground.kept, lambda actor: ground.context(actor, now)
        )

    def _ground_with(self, schema: str, form: str) -> Ground:
        ground = self.ground(schema)
        if form not in ground.catalog.forms:
            raise UnknownForm(form=form)
        return ground

    @contextmanager
    def _reading(self, schema: str) -> Iterator[Transaction]:
        with self.database.transaction(schema, read_only=True) as transaction:
            yield transaction

    def _company(self, schema: str) -> _Company:
        known = self._companies.get(schema)
        if known is not None and time.monotonic() - known.seen_at < FRESH_S:
            return known
        with self._making:
            known = self._companies.get(schema)
            version = installed_version(self.database, schema)
            states = rule_states(self.database, schema)
            if known is None or known.ground.version != version or known.ground.rule_states != states:
                known = self._made(schema, version, states)
                self._companies[schema] = known
            known.seen_at = time.monotonic()
            return known

    def _made(self, schema: str, version: int, states: RuleStates) -> _Company:
        catalog = installed(self.database, schema)
        if catalog is None:
            raise NotPublished
        ground = Ground(schema, catalog, version, ZONE, states, flowing(self.database, schema))
        lists, reports = Lists(catalog, ground.tables), Reports(catalog, ground.tables)
        dashboards = Dashboards(catalog, ground.tables, lists, reports, Metrics(catalog, reports), ground.kept)
        prints = Prints(catalog, ground.forms, reports)
        return _Company(ground, lists, reports, Exports(lists, reports), prints, dashboards, time.monotonic())

    def _known(self, schema: str) -> Ground | None:
        return self.ground(schema) if installed_version(self.database, schema) else None

    def _together(self, schema: str, apps: Sequence[App]) -> Sequence[App]:
        """The installed apps with these laid over them, each by its name."""
        known = self._known(schema)
        by_name = {app.app: app for app in (known.catalog.apps if known else ())}
        by_name.update((app.app, app) for app in apps)
        return tuple(by_name.values())
