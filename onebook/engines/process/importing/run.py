"""An import from file to records: read, understood, checked; previewed, or written all together or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import errors

from onebook.access.actor import Actor
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.engines.form.changes import plain
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.process.actions.leg import Leg
from onebook.engines.process.actions.step import run as take_step
from onebook.engines.process.command import Command, Create, Run
from onebook.engines.process.execute import execute
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing import load
from onebook.engines.process.importing.batch import Batch
from onebook.engines.process.importing.counting import Counting
from onebook.engines.process.importing.items import Item, items_of
from onebook.engines.process.importing.links import Links
from onebook.engines.process.importing.mapping import NUMBER, Target, Words, mapped, targets, words
from onebook.engines.process.importing.refusals import ImportCancelled, ImportNotAllowed, UnknownKey, WrongRows
from onebook.engines.process.importing.request import ImportRequest, ImportResult, Watch, unwatched
from onebook.engines.process.importing.sheet import Sheet
from onebook.engines.process.importing.source import read
from onebook.engines.process.importing.template import template
from onebook.engines.process.importing.twins import locks
from onebook.engines.process.importing.wrong_rows import wrong_rows
from onebook.engines.process.refusals import UnknownForm, UnknownTransition
from onebook.engines.process.run import TransitionRun
from onebook.engines.table.rights import rights
from onebook.locale.texts import text
from onebook.storage.database import Database, retrying
from onebook.storage.transaction import Statement, Transaction
from onebook.values.label import Label
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem, Refusal

#: Long files take longer than anything that a user waits for.
_PATIENT = (
    Statement("SET LOCAL statement_timeout = '10min'"),
    Statement("SET LOCAL idle_in_transaction_session_timeout = '10min'"),
)
#: Links to rows of lines have no name that a file could hold.
_NO_NAME = "."


class Import:
    """One file on its way into a form. Made for one request of one actor; opening it refuses what cannot be read."""

    def __init__(
        self, ground: Ground, request: ImportRequest, actor: Actor, now: datetime, watch: Watch = unwatched
    ) -> None:
        """Open and understand the file. Raises what `refusals` names."""
        self._ground = ground
        self._request = request
        self._actor = actor
        self._now = now
        self._watch = watch
        self.form = importable(ground, request.form, actor)
        if request.then is not None and request.then not in self.form.transitions:
            raise UnknownTransition(form=self.form.label, transition=request.then)
        self._targets = open_targets(ground, self.form, actor)
        known = known_words(ground, self.form, self._targets)
        watch("read", 0, 1)
        self.sheet: Sheet = read(request.content, known.knows, request.limits, request.sheet)
        by_key = {target.key: target for target in self._targets}
        self.columns: Mapping[int, Target] = mapped(self.sheet.headers, known, request.mapping, by_key)
        self._key = self._chosen_key()

    def preview(self, database: Database) -> ImportResult:
        """What the import would do, without doing it: everything runs as in earnest and is then forgotten."""
        with database.transaction(self._ground.schema) as transaction:
            transaction.run(*_PATIENT)
            batch, links = self._decided(transaction)
        result = self._result(batch, links)
        result.is_preview = True
        return result

    def run(self, database: Database) -> ImportResult:
        """Do it. Raises WrongRows, with every problem, if rows are wrong and were not to be skipped."""
        return retrying(lambda: self._run(database))

    def _run(self, database: Database) -> ImportResult:
        try:
            with database.transaction(self._ground.schema) as transaction:
                transaction.run(*_PATIENT, *locks(self._ground, self.form))
                batch, links = self._decided(transaction)
                result = self._result(batch, links)
                if result.wrong and not self._request.skip_wrong:
                    raise WrongRows(result.problems, wrong=result.wrong, rows=len(batch.items))
                if self._request.then is not None and self._request.one_by_one:
                    new: Sequence[tuple[Item, Any]] = batch.new
                    batch.new = []
                else:
                    new = []
                self._write(transaction, batch)
                transaction.commit()
        except errors.UniqueViolation as violation:
            # Somebody else was quicker with the same value.
            raise WrongRows([Problem("importing.not_unique")], wrong=1, rows=self.sheet.height) from violation
        if new:
            self._one_by_one(database, new, result)
        return result

    def wrong_rows(self, problems: Sequence[Problem], language: str) -> bytes:
        """The file that goes back: wrong rows only, the reason last."""
        places = {target.key: place for place, target in self.columns.items()}
        return wrong_rows(self.sheet, problems, places, lambda one: words_of(one, language), language)

    def _chosen_key(self) -> tuple[str, ...]:
        given = {target.key for target in self.columns.values() if target.lines is None}
        if self._request.key is not None:
            missing = [name for name in self._request.key if name not in given]
            if missing:
                raise UnknownKey(key=missing)
            return self._request.key
        unique = (name for name, field in self.form.fields.items() if field.unique and name in given)
        first = NUMBER if NUMBER in given else next(unique, None)
        return (first,) if first else ()

    def _decided(self, transaction: Transaction) -> tuple[Batch, Links]:
        zone = self._ground.zone
        items, cells = items_of(self.sheet, self.columns, zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"))
        self._watch("links", 0, len(items))
        context = self._ground.context(self._actor, self._now)
        links = Links(self._ground, self._actor, context, cells)
        if cells:
            links.resolve(transaction, self._request.create_missing, self._now)
        for target in self.columns.values():
            if target.field is not None and target.field.counts is not None:
                Counting(self._ground, self.form, self._actor, context, target).resolve(transaction, items)
        batch = Batch(self._ground, self.form, self._actor, self._now, items, self._watch)
        batch.find(transaction, self._key)
        batch.decide(transaction)
        return batch, links

    def _result(self, batch: Batch, links: Links) -> ImportResult:
        problems = [problem for item in batch.items for problem in item.problems]
        return ImportResult(
            new=len(batch.new),
            changed=len(batch.changed),
            unchanged=len(batch.unchanged),
            wrong=sum(1 for item in batch.items if item.problems),
            problems=sorted(problems, key=lambda one: one.row or 0),
            warnings=batch.warnings,
            columns={self.sheet.headers[place]: target.key for place, target in self.columns.items()},
            created_links=tuple(links.created),
            records=tuple(RecordRef(self.form.form, row["id"]) for _, row in batch.new),
        )

    def _write(self, transaction: Transaction, batch: Batch) -> None:
        self._watch("write", 0, len(batch.items))
        rows = [row for _, row in batch.new]
        if rows:
            load.insert(transaction, self._ground, self.form.form, rows, self._actor, self._now)
        load.update(
            transaction, self._ground, self.form.form,
            [(before, after) for _, before, after in batch.changed], self._actor, self._now,
        )  # fmt: skip
        if self._request.then is not None and rows:
            self._together(transaction, [(item.number, row["id"]) for item, row in batch.new], self._request.then)

    def _together(self, transaction: Transaction, made: Sequence[tuple[int, int]], then: str) -> None:
        """Run the transition on every new record in the import's own transaction; the first that refuses stops all."""
        context = self._ground.context(self._actor, self._now)
        ready = self._ground.transitions.of(self.form.form, then)
        for place, (number, record) in enumerate(made):
            if ready.approval is not None or (self.form.form, then) in self._ground.guards.asking:
                self._ask(transaction, RecordRef(self.form.form, record), number, then, len(made))
                continue
            run = TransitionRun(self._ground, self._actor, context, self._now, ready)
            stored = RecordLoad(
                self._ground.forms,
                self.form.form,
                [record],
                run.keys,
                self._actor,
                context,
                lock=True,
            )
            run.ids.of_stored(record)
            gather(transaction, stored, run.ids)
            try:
                gather(transaction, run.begin(stored.row(record)))
                run.compose()
                gather(transaction, *run.wanted())
                run.decide()
            except Refusal as refusal:
                raise WrongRows([_refused(refusal, number)], wrong=1, rows=len(made)) from refusal
            transaction.ahead(*run.posted())
            transaction.run(*run.written().statements)
            if place % 50 == 0:
                self._watch("transition", place, len(made))

    def _ask(self, transaction: Transaction, record: RecordRef, number: int, then: str, count: int) -> None:
        """Take a new record's step as anybody would who may have to wait for agreement."""
        step = Run(record, then)
        try:
            take_step(Leg(transaction, self._ground, Command(step, self._actor), self._now), step)
        except Refusal as refusal:
            raise WrongRows([_refused(refusal, number)], wrong=1, rows=count) from refusal

    def _one_by_one(self, database: Database, new: Sequence[tuple[Item, Any]], result: ImportResult) -> None:
        """Each new record by a command of its own, under a key made of the file: the same file again adds nothing."""
        mark = hashlib.sha256(self._request.content).hexdigest()[:32]
        problems: list[Problem] = []
        records: list[RecordRef] = []
        for place, (item, _) in enumerate(new):
            values = {name: plain(value) for name, value in item.values.items() if name != NUMBER}
            for lines, rows in item.lines.items():
                values[lines] = [{name: plain(value) for name, value in row.items()} for row in rows]
            create = Create(self.form.form, values, self._request.then)
            key = f"import:{self.form.form}:{mark}:{item.number}"
            try:
                records.append(execute(database, self._ground, Command(create, self._actor, key), self._now).record)
            except Refusal as refusal:
                problems.append(_refused(refusal, item.number))
            try:
                self._watch("transition", place + 1, len(new))
            except ImportCancelled:
                # What was done is done; the rest is told row by row, and the same file again takes up there.
                problems += [Problem("importing.stopped", None, later.number) for later, _ in new[place + 1 :]]
                break
        result.records = tuple(records)
        result.new = len(records)
        result.wrong += len(problems)
        result.problems = sorted([*result.problems, *problems], key=lambda one: one.row or 0)


def _refused(refusal: Refusal, number: int) -> Problem:
    """A refusal of a record's command as a problem of its row; the refusal's own data fill its text."""
    first = refusal.problems[0] if refusal.problems else None
    data = {**(first.data if first else {}), **refusal.data}
    return Problem(refusal.code, first.field if first else None, number, data)


def importable(ground: Ground, form: str, actor: Actor) -> Form:
    """The declaration of a form into which the actor may import. Raises UnknownForm, ImportNotAllowed."""
    declared = ground.catalog.forms.get(form)
    if declared is None:
        raise UnknownForm(form=form)
    if not rights(ground.catalog, actor, form).import_:
        raise ImportNotAllowed(form=declared.label)
    return declared


def open_targets(ground: Ground, form: Form, actor: Actor) -> list[Target]:
    """The fields that the actor may give a value by import."""
    granted = rights(ground.catalog, actor, form.form)
    shut = granted.hidden | granted.masked | granted.read_only
    every = targets(form, shut)
    return [
        one for one in every if one.kind is not FieldKind.LINK or _NO_NAME not in ((one.field and one.field.to) or "")
    ]


def known_words(ground: Ground, form: Form, open_to: Sequence[Target]) -> Words:
    """The headers that a file for the form may have."""
    return words(form, open_to, ground.catalog.forms)


def template_of(ground: Ground, form: str, actor: Actor, language: str) -> bytes:
    """The xlsx to fill in. Raises UnknownForm, ImportNotAllowed."""
    declared = importable(ground, form, actor)
    return template(declared, open_targets(ground, declared, actor), ground.catalog.forms, language)


def words_of(problem: Problem, language: str) -> str:
    """What is wrong, in words."""
    data = {"value": None, **problem.data, "field": problem.field}
    label = data.get("label")
    said = text(problem.code, data, language)
    return (
        f"{label.in_language(language)}：{said}" if isinstance(label, Label) and problem.code == "form.must" else said
    )
