"""The one door to everything that a company's declarations do: HTTP, command line and jobs come in here."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.scope import USERS
from onebook.engines.companies import Companies, Result
from onebook.engines.dashboard.boards import Boards
from onebook.engines.dashboard.handing import look_of
from onebook.engines.dashboard.shares import SharedBoard, Shares
from onebook.engines.dashboard.shares import opened as opened_share
from onebook.engines.dashboard.subscriptions import Sender, Subscriptions
from onebook.engines.dashboard.tables import FileKind, spoken
from onebook.engines.design.publish import ZONE
from onebook.engines.message.alarm import alarm
from onebook.engines.message.courier import Courier
from onebook.engines.message.messages import Messages
from onebook.engines.print.typeset import typeset
from onebook.engines.process.approvals import Approvals
from onebook.engines.process.command import Command, CreateFromRows
from onebook.engines.process.execute import execute
from onebook.engines.process.explain import Explanation, explain
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.request import ImportRequest, ImportResult, Watch, unwatched
from onebook.engines.process.importing.run import Import, template_of
from onebook.engines.process.looking import behind_links, beside, opening, reading
from onebook.engines.process.looking.drafting import DraftAsked, Drafted, drafted
from onebook.engines.process.looking.opening_meter import AskedMeter, opened_meter
from onebook.engines.process.looking.tracing import LotAsked, has_way, traced
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preferences import prefer, preferences
from onebook.engines.process.preview import Preview, preview
from onebook.engines.process.ruling import working
from onebook.engines.process.ruling.desk import RuleDesk
from onebook.engines.process.ruling.outside import Outside
from onebook.engines.process.ruling.run import Runner
from onebook.engines.process.telling import told
from onebook.engines.report.cut import WHOLE, Cut, cut_page
from onebook.engines.report.files.export import Format
from onebook.engines.report.groups import GroupKey, Groups
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import NothingToCreate
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import ListRequest, Page
from onebook.engines.talk.heard import change, heard, told_to
from onebook.engines.talk.talk import Talk
from onebook.engines.view.activity import activity
from onebook.engines.view.describe import describe
from onebook.engines.view.home import home
from onebook.engines.view.menus import menus
from onebook.engines.view.saved import SavedViews
from onebook.ledger import check as book
from onebook.ledger import periods
from onebook.storage.announcing import Message
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal

#: How long the whole book may be read.
CHECK_TIMEOUT_S: Final = 3600
#: How long one job runs rules before others get their turn.
RULES_S: Final = 5.0
#: Of how many people that words find it is looked whether they may read a record.
MOST_ASKED: Final = 100


class Application(Companies):
    """All that can be asked of the companies of one database."""

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
            page = reading.page(transaction, ground, actor, record, language, self._now(), binned=binned)
        buttons = [] if binned else self.rules(schema, actor, language).offered(record)
        return {**page, "buttons": buttons} if buttons else page

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

    def report(self, schema: str, actor: Actor, request: ReportRequest, cut: Cut = WHOLE) -> Page:
        """A page of a report, cut to what is looked at."""
        company = self._company(schema)
        context = company.ground.context(actor, self._now())
        with self._reading(schema) as transaction:
            page = cut_page(company.reports, transaction, request, cut, actor, context)
            given = company.reports.parameters(request, actor, context)
            parameters = company.reports.declared(request.report).parameters
            titles = company.dashboards.titles(transaction, parameters, given, actor, context)
        groups = company.reports.groups(request.report, actor)
        return replace(page, groups=groups, extra={**page.extra, "titles": titles})

    def report_rows(self, schema: str, actor: Actor, request: RowsRequest) -> dict[str, Any]:
        """The rows that sum to a measure of a report over records."""
        company = self._company(schema)
        with self._reading(schema) as transaction:
            return company.reports.rows(transaction, request, actor, company.ground.context(actor, self._now()))

    def export_report(
        self, schema: str, actor: Actor, request: ReportRequest, target: BinaryIO, kind: FileKind, cut: Cut = WHOLE
    ) -> None:
        """All rows of a report as a file; cut, or on paper, as it is looked at. Refuses whoever may not take them
        out."""
        if kind == "pdf" or not cut.is_whole:
            taken = self.boards(schema, actor).report_taken_out(
                request.report, request.parameters, look_of(request, cut)
            )
            taken.write(target, kind)
            return
        company = self._company(schema)
        with self._reading(schema) as transaction:
            context = company.ground.context(actor, self._now())
            given = company.reports.parameters(request, actor, context)
            parameters = company.reports.declared(request.report).parameters
            titles = company.dashboards.titles(transaction, parameters, given, actor, context)
            asked = spoken(parameters, given, titles, actor.language, context.zone)
            company.exports.report(transaction, request, actor, context, target, kind, asked)

    def boards(self, schema: str, actor: Actor) -> Boards:
        """Dashboards and metrics as an actor sees them."""
        company = self._company(schema)
        context = company.ground.context(actor, self._now())
        return Boards(self.database, schema, company.dashboards, actor, context)

    def shares(self, schema: str, actor: Actor) -> Shares:
        """The dashboards and reports that an actor shares by link."""
        company = self._company(schema)
        context = company.ground.context(actor, self._now())
        return Shares(self.database, schema, company.dashboards, actor, context)

    def shared(self, schema: str, token: str) -> SharedBoard:
        """The dashboard or report that a link opens, as its sharer may see it now. Refuses with UnknownShare."""
        company, now = self._company(schema), self._now()
        with self.database.transaction(schema) as transaction:
            found = opened_share(transaction, schema, token, now)
            transaction.commit()
        context = company.ground.context(found.actor, now)
        return SharedBoard(self.database, schema, company.dashboards, found, context)

    def subscriptions(self, schema: str, actor: Actor) -> Subscriptions:
        """What comes to an actor by itself."""
        company = self._company(schema)
        context = company.ground.context(actor, self._now())
        return Subscriptions(self.database, schema, company.dashboards, actor, context)

    def send_subscriptions(self, schema: str) -> int:
        """Send what is due to those who subscribed it; how many were."""
        company = self._company(schema)
        ground = company.ground
        sender = Sender(self.database, schema, company.dashboards, self._now(), ground.zone, ground.context)
        return sender.run()

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
        return menus(self.ground(schema).catalog, actor, language, self.boards(schema, actor).names())

    def home(self, schema: str, actor: Actor, language: str) -> dict[str, Any]:
        """What waits for an actor."""
        ground = self.ground(schema)
        boards = self.boards(schema, actor).names()
        places = menus(ground.catalog, actor, language, boards)
        with self._reading(schema) as transaction:
            return home(
                transaction, ground.catalog, ground.tables, actor, self._now(), ground.zone, language, places, boards
            )

    def talk(self, schema: str, actor: Actor) -> Talk:
        """What an actor says and hears beside records: comments, files, notifications."""
        ground = self.ground(schema)
        reader = ground.reader(actor, self._now())
        return Talk(self.database, schema, reader, lambda other: ground.context(other, reader.context.now), self._tell)

    def approvals(self, schema: str, actor: Actor) -> Approvals:
        """What an actor submits, is asked to agree to, and is told of."""
        return Approvals(
            self.database, self.ground(schema), actor, self._now(),
            lambda command: self.execute(schema, command), lambda command: self.preview(schema, command),
            lambda message: self._tell(schema, message),
        )  # fmt: skip

    def messages(self, schema: str, actor: Actor) -> Messages:
        """What an actor prefers of messages."""
        return Messages(self.database, self._eyes(schema), self.outlets, actor)

    def all_messages(self, schema: str, actor: Actor) -> Messages:
        """The channels and the log of a company's messages. Refuses whoever does not administer it."""
        opening.require_everything(self.ground(schema), actor)
        return self.messages(schema, actor)

    def deliver(self, schema: str) -> int:
        """Send the messages that are due; how many were looked at."""

        def tell(user: int) -> None:
            self._tell(schema, told_to(user))

        return Courier(self.database, self._eyes(schema), self.outlets, self._now, tell).run()

    def alarm(
        self,
        schema: str,
        words: str,
        data: Mapping[str, Any],
        key: str,
        lines: Callable[[str], Sequence[str]] = lambda _: (),
    ) -> None:
        """Tell everybody who administers a company, once for each key. `words`: the code of a text; `lines`: what else
        there is to say, in a language."""
        with self.database.transaction(schema) as transaction:
            heard_by, statements = alarm(transaction, self.ground(schema).catalog, words, data, key, lines)
            transaction.commit(*statements)
        self._tell(schema, *map(told_to, heard_by))

    def readers(self, schema: str, actor: Actor, record: RecordRef, words: str, limit: int) -> Sequence[dict[str, Any]]:
        """Whom an actor may mention beside a record: users whom the words find, as far as they may read it."""
        found = self.search(schema, actor, USERS, words, MOST_ASKED)
        return self.talk(schema, actor).readers(record, [row["id"] for row in found.rows], limit)

    def people(self, schema: str, actor: Actor, words: str, limit: int) -> Sequence[dict[str, Any]]:
        """Users whom the words find, as far as an actor knows of them."""
        found = [RecordRef(USERS, row["id"]) for row in self.search(schema, actor, USERS, words, limit).rows]
        reader = self.ground(schema).reader(actor, self._now())
        with self._reading(schema) as transaction:
            titles = reader.titles(transaction, found)
        return [{"id": one.id, "title": titles[one]} for one in found if one in titles]

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

    def run_rules(self, schema: str, seconds: float = RULES_S) -> bool:
        """Do what rules wait for, for so long at most; whether anything is left. What fails is tried again later."""
        self._on_ground(schema, lambda ground: working.remind(self.database, ground, self._now()))
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            if not self._on_ground(schema, lambda ground: self._rules_round(schema, ground)):
                return False
        return True

    def rules(self, schema: str, actor: Actor, language: str) -> RuleDesk:
        """The rules of a company, as an actor may see and steer them."""
        return RuleDesk(
            self.database, self.ground(schema), actor, self._now(), language, lambda runner: self._ran(schema, runner)
        )

    def _ran(self, schema: str, runner: Runner) -> None:
        for command, outcome in runner.done:
            self._tell(schema, *told(command, outcome))

    def outside(self, schema: str, action: Callable[[Outside], Result]) -> Result:
        """What somebody does at the open doors of a company: webhooks and public forms."""
        return self._on_ground(
            schema, lambda ground: action(Outside(self.database, ground, self.outlets.vault, self._now()))
        )

    def _rules_round(self, schema: str, ground: Ground) -> int:
        return working.work(self.database, ground, self._now(), lambda runner: self._ran(schema, runner))

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
