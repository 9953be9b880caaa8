"""The rules of a company as administrators see and steer them, and the buttons that everybody presses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.rule import Rule
from onebook.definition.rules import circles
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.opening import require_everything
from onebook.engines.process.ruling.run import Runner
from onebook.engines.rule import log
from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.rule.refusals import (
    ConditionFails,
    NoButton,
    NotDead,
    UnknownFiring,
    UnknownRule,
    UnknownWebhook,
)
from onebook.engines.rule.rehearsing import DAYS, MOST, rehearsed
from onebook.engines.rule.states import STATES, listeners, listening, paused, piloted, states_of
from onebook.engines.rule.words import RuleWords
from onebook.expression.python import evaluate
from onebook.storage.database import Database
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

#: Over which days rules are counted.
COUNTED: Final = timedelta(days=30)
REHEARSAL_S: Final = 120
DEPARTMENTS: Final = "department"


@dataclass(slots=True)
class RuleDesk:
    """The rules of one company, for one user, at one moment."""

    database: Database
    ground: Ground
    actor: Actor
    now: datetime
    language: str
    #: Runs what was fired at once, and tells listeners.
    ran: Callable[[Runner], None]

    def rules(self) -> list[dict[str, Any]]:
        """Every rule, with what it did lately. For administrators."""
        require_everything(self.ground, self.actor)
        return self._told(list(self.ground.rules.by_name.values()))

    def pause(self, name: str, *, is_paused: bool) -> dict[str, Any]:
        """Let a rule sleep, or wake it. What it has fired is done all the same."""
        rule = self._rule(name)
        self._say(paused(name, self.actor.id, is_paused=is_paused))
        return self._told([rule])[0]

    def pilot(self, name: str, users: Sequence[int], departments: Sequence[int]) -> dict[str, Any]:
        """Limit a rule to what some users do, or open it to everybody."""
        rule = self._rule(name)
        self._say(piloted(name, users, departments, self.actor.id))
        return self._told([rule])[0]

    def runs(self, name: str | None, *, state: str | None, cursor: int | None, limit: int) -> dict[str, Any]:
        """The runs of a rule, or of all, the latest first."""
        if name is None:
            require_everything(self.ground, self.actor)
        else:
            self._rule(name)
        with self._reading() as transaction:
            [rows] = transaction.run(log.runs(name, state=state, below=cursor, most=limit + 1))
            found = log.runs_of(rows)
            told = self._runs(transaction, found[:limit])
        return {"rows": told, "next": str(found[limit - 1].id) if len(found) > limit else None}

    def departments(self, words: str) -> list[dict[str, Any]]:
        """Departments that words find, for pilots."""
        require_everything(self.ground, self.actor)
        if DEPARTMENTS not in self.ground.catalog.forms:
            return []
        with self._reading() as transaction:
            [rows] = transaction.run(log.departments_called(words))
        return [{"id": number, "title": name} for number, name in rows]

    def webhook(self, name: str) -> str:
        """The webhook that a rule listens to. Raises UnknownWebhook."""
        webhook = self._rule(name).rule.on.webhook
        if webhook is None:
            raise UnknownWebhook
        return webhook

    def open_form(self, name: str) -> str:
        """The form that a rule opens to the public. Raises UnknownWebhook."""
        rule = self._rule(name).rule
        if not rule.on.submitted:
            raise UnknownWebhook
        return rule.form

    def replay(self, number: int) -> dict[str, Any]:
        """Do what was given up once more. Raises UnknownFiring, NotDead."""
        require_everything(self.ground, self.actor)
        with self.database.transaction(self.ground.schema) as transaction:
            [known] = transaction.run(log.runs(None, number=number))
            if not known:
                raise UnknownFiring(id=number)
            [again] = transaction.commit(log.replayed(number, self.now))
        if not again:
            raise NotDead
        self._run(number)
        return self._one(number)

    def rehearse(self, name: str) -> dict[str, Any]:
        """What a rule would have done over the last days; nothing is done. Raises CannotRehearse."""
        rule = self._rule(name)
        words, forms = RuleWords(rule, self.language), self.ground.catalog.forms
        context = self.ground.context(self.actor, self.now)
        with self.database.transaction(
            self.ground.schema, read_only=True, statement_timeout_s=REHEARSAL_S
        ) as transaction:
            count, rows = rehearsed(transaction, rule, context)
            records = [RecordRef(rule.rule.form, number) for number, *_ in rows]
            titles = self.ground.reader(self.actor, self.now).titles(transaction, records)
        would = [words.does(one) for one in rule.rule.do]
        if rule.rule.refuse is not None:
            would.append(words.say("refuses", words=rule.rule.refuse))
        return {
            "days": DAYS,
            "count": count,
            "more": count > MOST,
            "rows": [
                {
                    "at": at,
                    "form": record.form,
                    "form_label": forms[record.form].label.in_language(self.language),
                    "record": record.id,
                    "title": titles.get(record),
                    "why": words.why(why),
                    "would": would,
                }
                for record, (_, at, why) in zip(records, rows, strict=True)
            ],
        }

    def buttons(self, form: str) -> list[CompiledRule]:
        """The rules that have a button on records of a form, for this user."""
        states = self.ground.rule_states
        return [
            one
            for one in self.ground.rules.after
            if one.rule.form == form
            and one.rule.on.button is not None
            and not states.sleeps(one.rule)
            and states.concerns(one.rule, self.actor.id, self.actor.department)
        ]

    def offered(self, record: RecordRef) -> list[dict[str, Any]]:
        """The buttons of a record: which may be pressed, and why the others may not."""
        rules = self.buttons(record.form)
        if not rules:
            return []
        with self._reading() as transaction:
            return [self._offered(transaction, rule, record) for rule in rules]

    def press(self, record: RecordRef, name: str, key: str) -> str | None:
        """Press a button: the same key presses it once. What was done, in words; None: it waits to be tried again."""
        rule = next((one for one in self.buttons(record.form) if one.name == name), None)
        if rule is None:
            raise NoButton(rule=name)
        with self._reading() as transaction:
            offered = self._offered(transaction, rule, record)
        if not offered["is_allowed"]:
            raise ConditionFails(condition=RuleWords(rule, self.language).formula(str(rule.rule.when)))
        number = self._fired(rule, record, f"press {self.actor.id} {key}", "button")
        run = self._one(number)
        return "；".join(did["text"] for did in run["did"]) if run["state"] == "done" else None

    def _fired(self, rule: CompiledRule, record: RecordRef, episode: str, kind: str) -> int:
        """A firing that was made by hand, run at once."""
        with self.database.transaction(self.ground.schema) as transaction:
            made = log.pressed(
                rule.name, self.ground.version, record.form, record.id, self.actor.id, episode, self.now, kind
            )
            [[(number, state)]] = transaction.commit(made)
        if state == "waiting":
            self._run(number)
        return int(number)

    def _run(self, number: int) -> None:
        runner = Runner(self.database, self.ground, self.now)
        try:
            runner.run_one(number)
        finally:
            self.ran(runner)

    def _offered(self, transaction: Transaction, rule: CompiledRule, record: RecordRef) -> dict[str, Any]:
        holds = True
        if rule.when is not None:
            context = self.ground.context(self.actor, self.now)
            load = RecordLoad(self.ground.forms, record.form, [record.id], rule.when.paths, self.actor, context)
            gather(transaction, load)
            holds = evaluate(rule.when, load.row(record.id), context) is True
        words = RuleWords(rule, self.language)
        return {
            "rule": rule.name,
            "label": str(words.say("value", value=rule.rule.on.button)),
            "is_allowed": holds,
            "reasons": [] if holds else [words.say("when", formula=words.formula(str(rule.rule.when)))],
        }

    def _rule(self, name: str) -> CompiledRule:
        require_everything(self.ground, self.actor)
        rule = self.ground.rules.by_name.get(name)
        if rule is None:
            raise UnknownRule(rule=name)
        return rule

    def _say(self, statement: Statement) -> None:
        """Keep what an administrator says, and let those listen who are awake because of it."""
        with self.database.transaction(self.ground.schema) as transaction:
            _, *answers = transaction.run(statement, *STATES)
            states = states_of(answers)
            transaction.commit(*listening(listeners(self.ground.catalog, states)))

    def _told(self, rules: Sequence[CompiledRule]) -> list[dict[str, Any]]:
        with self._reading() as transaction:
            rows, *answers = transaction.run(log.counts(self.now - COUNTED), *STATES)
            states = states_of(answers)
            said = [states.of(one.name) for one in rules]
            users, departments, hooks = transaction.run(
                log.people(sorted({user for one in said for user in one.users})),
                log.departments(sorted({one for state in said for one in state.departments})),
                log.HOOKS,
            )
        counted = {row[0]: row[1:] for row in rows}
        names: Mapping[str, Mapping[int, str]] = {"users": dict(users), "departments": dict(departments)}
        turning = {name for circle in circles(self.ground.catalog) for name in circle}
        since: Mapping[str, datetime] = dict(hooks)
        return [
            {
                **self._rule_told(one, states.sleeps(one.rule), said[place], names, counted.get(one.name), turning),
                "door": _door(one.rule, since),
            }
            for place, one in enumerate(rules)
        ]

    def _rule_told(
        self, one: CompiledRule, sleeps: bool, state: Any, names: Mapping[str, Mapping[int, str]],
        counted: Sequence[Any] | None, turning: set[str],
    ) -> dict[str, Any]:  # fmt: skip
        rule, words = one.rule, RuleWords(one, self.language)
        done, failed, dead, waiting, at, last = counted or (0, 0, 0, 0, None, None)
        on = rule.on
        can_rehearse = on.is_timed or bool({"created", "changed", "transition", "reversed", "balance"} & set(on.kinds))
        return {
            "rule": rule.rule,
            "label": rule.label.in_language(self.language),
            "help": rule.help.in_language(self.language) if rule.help else None,
            "form": rule.form,
            "form_label": self.ground.catalog.forms[rule.form].label.in_language(self.language),
            "phase": rule.phase,
            "words": words.told(),
            "paused": sleeps,
            "pilot": {
                "users": [{"id": user, "title": names["users"].get(user)} for user in state.users],
                "departments": [{"id": d, "title": names["departments"].get(d)} for d in state.departments],
            }
            if state.is_pilot
            else None,
            "counts": {"done": done, "failed": failed, "dead": dead, "waiting": waiting},
            "last": {"at": at, "state": last} if at is not None else None,
            "can_rehearse": can_rehearse,
            "warnings": [words.say("turns")] if rule.rule in turning else [],
        }

    def _one(self, number: int) -> dict[str, Any]:
        with self._reading() as transaction:
            [rows] = transaction.run(log.runs(None, number=number))
            return self._runs(transaction, log.runs_of(rows))[0]

    def _runs(self, transaction: Transaction, runs: Sequence[log.Run]) -> list[dict[str, Any]]:
        forms = self.ground.catalog.forms
        records = [RecordRef(run.form, run.object) for run in runs]
        made = [
            RecordRef(did["form"], did["record"])
            for run in runs
            for did in run.did
            if "record" in did and "form" in did
        ]
        titles = self.ground.reader(self.actor, self.now).titles(transaction, [*records, *made])
        told_people = {user for run in runs for did in run.did if did["do"] == "notify" for user in did["to"]}
        [users] = transaction.run(log.people(sorted(told_people)))
        people: dict[int, str] = dict(users)
        told = []
        for run, record in zip(runs, records, strict=True):
            rule = self.ground.rules.by_name.get(run.rule)
            words = RuleWords(rule, self.language) if rule is not None else None
            is_mine = record in titles
            told.append(
                {
                    "id": run.id,
                    "rule": run.rule,
                    "rule_label": rule.rule.label.in_language(self.language) if rule is not None else run.rule,
                    "at": run.at,
                    "state": run.state,
                    "form": run.form if is_mine else None,
                    "form_label": forms[run.form].label.in_language(self.language) if run.form in forms else run.form,
                    "record": run.object if is_mine else None,
                    "title": titles.get(record),
                    "by": {"id": run.by, "title": run.by_name},
                    "attempts": run.attempts,
                    "next_at": run.next_at if run.state in ("waiting", "failed") else None,
                    "why": words.why(run.why, run.changes) if words is not None else [],
                    "did": [self._did(words, did, people, titles) for did in run.did],
                    "error": words.error(run.error) if words is not None else None,
                }
            )
        return told

    def _did(
        self,
        words: RuleWords | None,
        did: Mapping[str, Any],
        people: Mapping[int, str],
        titles: Mapping[RecordRef, Any],
    ) -> dict[str, Any]:
        text = words.did(did, people) if words is not None else str(did["do"])
        record = RecordRef(did["form"], did["record"]) if "record" in did and "form" in did else None
        is_mine = record is not None and record in titles
        return {
            "text": text,
            "form": record.form if record is not None and is_mine else None,
            "record": record.id if record is not None and is_mine else None,
            "title": titles.get(record) if record is not None else None,
        }

    def _reading(self) -> Any:
        return self.database.transaction(self.ground.schema, read_only=True)


def _door(rule: Rule, since: Mapping[str, datetime]) -> dict[str, Any] | None:
    """How others reach a rule: a webhook, with the time when its secret was made, or a form for the public."""
    if rule.on.webhook is not None:
        return {"kind": "webhook", "name": rule.on.webhook, "secret_at": since.get(rule.on.webhook)}
    return {"kind": "form", "name": rule.form, "secret_at": None} if rule.on.submitted else None
