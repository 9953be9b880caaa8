"""The one door to everything that a company's declarations do: HTTP, command line and jobs come in here."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, TypeVar

import psycopg

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import App
from onebook.definition.form import Form
from onebook.definition.scope import USERS
from onebook.engines.design.change import Change
from onebook.engines.design.publish import ZONE, Published, installed, installed_version
from onebook.engines.design.publish import preview as preview_publication
from onebook.engines.design.publish import publish as publish_apps
from onebook.engines.form.violations import refusal_of
from onebook.engines.print.prints import Prints
from onebook.engines.print.typeset import typeset
from onebook.engines.process.command import Command, CreateFromRows
from onebook.engines.process.execute import execute
from onebook.engines.process.explain import Explanation, explain
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.request import ImportRequest, ImportResult, Watch, unwatched
from onebook.engines.process.importing.run import Import, template_of
from onebook.engines.process.keeping.wanted import Republished
from onebook.engines.process.looking import behind_links, beside, opening, reading
from onebook.engines.process.looking.drafting import DraftAsked, Drafted, drafted
from onebook.engines.process.looking.naming import named
from onebook.engines.process.looking.opening_meter import AskedMeter, opened_meter
from onebook.engines.process.looking.tracing import LotAsked, has_way, traced
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preferences import prefer, preferences
from onebook.engines.process.preview import Preview, preview
from onebook.engines.process.refusals import NotPublished, UnknownForm
from onebook.engines.process.telling import told
from onebook.engines.report.export import Exports, Format
from onebook.engines.report.groups import GroupKey, Groups
from onebook.engines.report.list import Lists
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import NothingToCreate
from onebook.engines.report.report import ReportRequest, Reports
from onebook.engines.report.request import ListRequest, Page
from onebook.engines.talk.heard import change, heard
from onebook.engines.talk.talk import Talk
from onebook.engines.view.activity import activity
from onebook.engines.view.describe import describe
from onebook.engines.view.home import home
from onebook.engines.view.menus import menus
from onebook.engines.view.saved import SavedViews
from onebook.ledger import check as book
from onebook.ledger import periods
from onebook.storage.announcing import Announcer, Message
from onebook.storage.database import Database
from onebook.storage.transaction import Transaction
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal

Result = TypeVar("Result")

#: For how long a reader may see the declarations that were in force before a publication elsewhere; writers never do.
FRESH_S: Final = 1.0
CHECK_TIMEOUT_S: Final = 3600
#: Of how many people that words find it is looked whether they may read a record.
MOST_ASKED: Final = 100


@dataclass(slots=True)
class _Company:
    """What is kept of a company in memory: everything made from its declarations."""

    ground: Ground
    lists: Lists
    reports: Reports
    exports: Exports
    prints: Prints
    seen_at: float


class Application:
    """All companies of one database. Safe for many threads; keeps nothing but what can be made again."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        announcer: Announcer | None = None,
    ) -> None:
        """Over a database; `now` is the clock; `announcer` tells listeners what was done, if there are any."""
        self.database = database
        self._now = now
        self._announcer = announcer
        self._companies: dict[str, _Company] = {}
        self._making = threading.Lock()

    def execute(self, schema: str, command: Command) -> Outcome:
        """Do what a command asks for, wholly or not at all. Refuses with whatever says no."""
        outcome = self._on_ground(schema, lambda ground: execute(self.database, ground, command, self._now()))
        self._tell(schema, *told(command, outcome))
        return outcome

    def preview(self, schema: str, command: Command) -> Preview:
        """What a command would do, and everything that speaks against it; nothing is written."""
        return self._on_ground(schema, lambda ground: preview(self.database, ground, command, self._now()))

    def explain(self, schema: str, form: str, transition: str, language: str) -> Explanation:
        """A transition in words."""
        return explain(self.ground(schema).catalog, form, transition, language)

    def read(
        self, schema: str, actor: Actor, record: RecordRef, language: str, *, binned: bool = False
    ) -> dict[str, Any]:
        """A record with its rows, the transitions that are open to it (or why not), and the documents around it."""
        ground = self._ground_with(schema, record.form)
        with self._reading(schema) as transaction:
            return reading.page(transaction, ground, actor, record, language, self._now(), binned=binned)

    def draft(self, schema: str, actor: Actor, asked: DraftAsked) -> Drafted:
        """A record as it would be with what is being typed; nothing is written."""
        ground = self._ground_with(schema, asked.form)
        with self._reading(schema) as transaction:
            return drafted(transaction, ground, actor, asked, self._now())

    def changes(self, schema: str, actor: Actor, record: RecordRef, language: str) -> Sequence[Mapping[str, Any]]:
        """Who changed what of a record and when, the latest first."""
        ground = self._ground_with(schema, record.form)
        with self._reading(schema) as transaction:
            return reading.changes(transaction, ground, actor, record, language, self._now())

    def list(self, schema: str, actor: Actor, request: ListRequest) -> Page:
        """A page of the records that an actor may read: filtered, ordered, searched."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            return company.lists.page(transaction, request, actor, company.ground.context(actor, self._now()))

    def groups(self, schema: str, actor: Actor, request: ListRequest, by: GroupKey) -> Groups:
        """How the records of a list fall into groups: under the same conditions and rights as the list."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            return company.lists.groups(transaction, request, by, actor, company.ground.context(actor, self._now()))

    def search(self, schema: str, actor: Actor, form: str, words: str, limit: int = 20) -> Page:
        """The records of a form that are found by name, number or initials."""
        return self.list(schema, actor, ListRequest(form, search=words, limit=limit))

    def export(self, schema: str, actor: Actor, request: ListRequest, target: BinaryIO, kind: Format) -> None:
        """All rows of a list as a file. Refuses whoever may not take them out."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            context = company.ground.context(actor, self._now())
            company.exports.list(transaction, request, actor, context, target, kind)

    def report(self, schema: str, actor: Actor, request: ReportRequest) -> Page:
        """A page of a report."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            return company.reports.page(transaction, request, actor, company.ground.context(actor, self._now()))

    def report_rows(self, schema: str, actor: Actor, request: RowsRequest) -> dict[str, Any]:
        """The rows that sum to a measure of a report over records."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            return company.reports.rows(transaction, request, actor, company.ground.context(actor, self._now()))

    def export_report(self, schema: str, actor: Actor, request: ReportRequest, target: BinaryIO, kind: Format) -> None:
        """All rows of a report as a file. Refuses whoever may not take them out."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            context = company.ground.context(actor, self._now())
            company.exports.report(transaction, request, actor, context, target, kind)

    def print(self, schema: str, actor: Actor, form: str, ids: Sequence[int], name: str) -> tuple[str, bytes]:
        """Records on paper, as PDF, with what the print is called. The trail of each tells who printed it and when."""
        company = self._company(schema)
        self._ground_with(schema, form)
        with self.database.transaction(schema) as transaction:
            now = self._now()
            context = company.ground.context(actor, now)
            content = company.prints.of_records(transaction, form, ids, name, actor, context, now)
            transaction.commit()
        # No connection is held while pages are set.
        return content.label, typeset(content.data)

    def print_report(self, schema: str, actor: Actor, request: ReportRequest, name: str) -> tuple[str, bytes]:
        """A report on paper, as PDF, with what the print is called."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            context = company.ground.context(actor, self._now())
            content = company.prints.of_report(
                transaction, request.report, request.parameters, request.sort, name, actor, context
            )
        return content.label, typeset(content.data)

    def import_(
        self,
        schema: str,
        actor: Actor,
        request: ImportRequest,
        watch: Watch = unwatched,
        opened: Callable[[Import], None] = lambda _: None,
    ) -> ImportResult:
        """Take a file into a form: all of it, or what its options say. Refuses with every row that is wrong.

        `opened` is told of the import before it runs: it makes the file of the wrong rows afterwards."""

        def run(ground: Ground) -> ImportResult:
            importing = Import(ground, request, actor, self._now(), watch)
            opened(importing)
            return importing.run(self.database)

        result = self._on_ground(schema, run)
        if result.new or result.changed:
            by = {"id": actor.id, "title": actor.name}
            forms = dict.fromkeys([request.form, *(record.form for record in result.created_links)])
            self._tell(schema, *(change(form, None, None, "import", by) for form in forms))
        return result

    def preview_import(self, schema: str, actor: Actor, request: ImportRequest) -> ImportResult:
        """What an import would do, with everything wrong in the file; nothing is written."""
        return self._on_ground(
            schema, lambda ground: Import(ground, request, actor, self._now()).preview(self.database)
        )

    def template(self, schema: str, actor: Actor, form: str, language: str) -> bytes:
        """An empty workbook for importing into a form."""
        return template_of(self._ground_with(schema, form), form, actor, language)

    def describe(self, schema: str, actor: Actor, form: str, language: str) -> dict[str, Any]:
        """What a page needs to draw a form."""
        ground = self._ground_with(schema, form)
        figures = beside.described(beside.figures(ground, actor, form), ground.catalog.forms[form], language)
        described = describe(ground.catalog, actor, form, language)
        return {**described, "beside": figures, "is_lot": has_way(ground.catalog, form)}

    def linked(self, schema: str, actor: Actor, form: str, links: Mapping[str, Sequence[int]]) -> dict[str, Any]:
        """What a form's formulas read behind links that are just being chosen."""
        ground = self._ground_with(schema, form)
        with self._reading(schema) as transaction:
            return behind_links.linked(transaction, ground, actor, form, links, self._now())

    def beside(
        self, schema: str, actor: Actor, form: str, values: Mapping[str, Any], record: int | None = None
    ) -> dict[str, Any]:
        """The figures that stand beside a record while it is typed."""
        ground = self._ground_with(schema, form)
        with self._reading(schema) as transaction:
            return beside.beside(transaction, ground, actor, form, values, self._now(), record)

    def menus(self, schema: str, actor: Actor, language: str) -> Sequence[Mapping[str, Any]]:
        """Where an actor may go."""
        return menus(self.ground(schema).catalog, actor, language)

    def home(self, schema: str, actor: Actor, language: str) -> dict[str, Any]:
        """What waits for an actor."""
        ground = self.ground(schema)
        with self._reading(schema) as transaction:
            return home(transaction, ground.catalog, ground.tables, actor, self._now(), ground.zone, language)

    def talk(self, schema: str, actor: Actor) -> Talk:
        """What an actor says and hears beside records: comments, files, notifications."""
        ground = self.ground(schema)
        reader = ground.reader(actor, self._now())
        return Talk(self.database, schema, reader, lambda other: ground.context(other, reader.context.now), self._tell)

    def readers(self, schema: str, actor: Actor, record: RecordRef, words: str, limit: int) -> Sequence[dict[str, Any]]:
        """Whom an actor may mention beside a record: users whom the words find, as far as they may read it."""
        found = self.search(schema, actor, USERS, words, MOST_ASKED)
        return self.talk(schema, actor).readers(record, [row["id"] for row in found.rows], limit)

    def heard(self, schema: str, actors: Sequence[Actor], changes: Sequence[Message]) -> Sequence[Sequence[Message]]:
        """For each actor the changes of records that they may read."""
        ground, now = self.ground(schema), self._now()
        with self._reading(schema) as transaction:
            return heard(transaction, [ground.reader(actor, now) for actor in actors], changes)

    def activity(
        self, schema: str, actor: Actor, language: str, *, form: str | None, cursor: int | None, limit: int
    ) -> dict[str, Any]:
        """What happened lately to the records that an actor may read. Refuses with UnknownForm."""
        ground = self.ground(schema) if form is None else self._ground_with(schema, form)
        with self._reading(schema) as transaction:
            reader = ground.reader(actor, self._now())
            return activity(transaction, reader, language, form=form, cursor=cursor, limit=limit)

    def opened(self, schema: str, actor: Actor, asked: opening.Asked, language: str) -> dict[str, Any]:
        """Why a figure is what it is: exactly the entries and promises that sum to it."""
        ground = self.ground(schema)
        with self._reading(schema) as transaction:
            return opening.opened(transaction, ground, actor, asked, self._now(), language)

    def opened_meter(self, schema: str, actor: Actor, asked: AskedMeter, language: str) -> dict[str, Any]:
        """Why a meter of promises shows what it shows: the hold behind it, every step of it, the line it waits in."""
        ground = self.ground(schema)
        with self._reading(schema) as transaction:
            return opened_meter(transaction, ground, actor, asked, self._now(), language)

    def traced(self, schema: str, actor: Actor, asked: LotAsked, language: str) -> dict[str, Any]:
        """The way of a lot: what moved it, from whom it came, who got pieces of it, what it became."""
        ground = self._ground_with(schema, asked.form)
        with self._reading(schema) as transaction:
            return traced(transaction, ground, actor, asked, self._now(), language)

    def nightly(self, schema: str) -> Sequence[Refusal]:
        """Make the documents that reports declare for every night, as the system; the same night makes them once.

        Returns what was refused: one creation that cannot be made does not keep the others from it."""
        catalog, night = self.ground(schema).catalog, self._now().astimezone(ZONE).date()
        refused: list[Refusal] = []
        for report, create in ((one, create) for one in catalog.reports.values() for create in one.creates):
            if create.nightly is None:
                continue
            made = CreateFromRows(report.report, create.name, create.form, accept_warnings=True, then=create.nightly)
            try:
                self.execute(schema, Command(made, SYSTEM, f"nightly:{report.report}:{create.name}:{night}"))
            except NothingToCreate:
                continue
            except Refusal as refusal:
                refused.append(refusal)
        return refused

    def check(self, schema: str) -> Sequence[book.Drift]:
        """Recompute the whole book and compare: every difference, none if it is clean."""
        # The whole history is read: the usual limit of a statement is made for pages.
        with self.database.transaction(schema, read_only=True, statement_timeout_s=CHECK_TIMEOUT_S) as transaction:
            return book.check(transaction)

    @contextmanager
    def saved_views(self, schema: str, actor: Actor, form: str) -> Iterator[SavedViews]:
        """The saved views of a form, to read and to change; what is done with them is kept at the end."""
        catalog = self._ground_with(schema, form).catalog
        with self.database.transaction(schema) as transaction:
            yield SavedViews(transaction, catalog, actor, form)
            transaction.commit()

    def preferences(self, schema: str, actor: Actor) -> dict[str, Any]:
        """What an actor prefers: theme, size of type, language."""
        with self._reading(schema) as transaction:
            return preferences(transaction, actor)

    def prefer(self, schema: str, actor: Actor, given: Mapping[str, Any]) -> None:
        """Keep what an actor prefers; another language is another language of their user record."""

        def run(ground: Ground) -> None:
            with self.database.transaction(schema) as transaction:
                prefer(transaction, ground, actor, given, self._now())

        self._on_ground(schema, run)

    def close_period(self, schema: str, actor: Actor, month: Month) -> None:
        """Close a month and all before it; nothing enters them any more."""
        opening.require_everything(self.ground(schema), actor)
        with self.database.transaction(schema) as transaction:
            periods.close(transaction, month, actor.id)
            transaction.commit()

    def reopen_period(self, schema: str, actor: Actor, month: Month) -> None:
        """Open a closed month and all after it."""
        opening.require_everything(self.ground(schema), actor)
        with self.database.transaction(schema) as transaction:
            periods.reopen(transaction, month, actor.id)
            transaction.commit()

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
            if known is None or known.ground.version != version:
                known = self._made(schema, version)
                self._companies[schema] = known
            known.seen_at = time.monotonic()
            return known

    def _made(self, schema: str, version: int) -> _Company:
        catalog = installed(self.database, schema)
        if catalog is None:
            raise NotPublished
        ground = Ground(schema, catalog, version, ZONE)
        lists, reports = Lists(catalog, ground.tables), Reports(catalog, ground.tables)
        return _Company(
            ground, lists, reports, Exports(lists, reports), Prints(catalog, ground.forms, reports), time.monotonic()
        )

    def _known(self, schema: str) -> Ground | None:
        return self.ground(schema) if installed_version(self.database, schema) else None

    def _together(self, schema: str, apps: Sequence[App]) -> Sequence[App]:
        """The installed apps with these laid over them, each by its name."""
        known = self._known(schema)
        by_name = {app.app: app for app in (known.catalog.apps if known else ())}
        by_name.update((app.app, app) for app in apps)
        return tuple(by_name.values())
