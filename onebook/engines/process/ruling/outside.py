"""What comes from outside without anybody logged in: signed webhooks and forms that are open to the public."""

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.refusals import Duplicated
from onebook.engines.process.command import Command, Create
from onebook.engines.process.execute import execute
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.opening import require_everything
from onebook.engines.process.outcome import Outcome
from onebook.engines.rule import log
from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.rule.refusals import SignatureWrong, TakenBefore, UnknownWebhook
from onebook.storage.database import Database
from onebook.storage.transaction import Rows, Statement
from onebook.storage.vault import Vault
from onebook.values import webhooks

#: So long a message is known again; senders that got no answer give up long before.
_KNOWN_S: Final = 7 * 24 * 3600
_LONGEST_ID: Final = 200
_SECRET_BYTES: Final = 32
_SECRET: Final = "SELECT secret FROM onebook_hook WHERE webhook = %(webhook)s"
_KEEP: Final = """
INSERT INTO onebook_hook (webhook, secret, by) VALUES (%(webhook)s, %(secret)s, %(by)s)
ON CONFLICT (webhook) DO UPDATE SET secret = excluded.secret, by = excluded.by, at = now()
"""
_TAKE: Final = """
INSERT INTO onebook_hook_taken (webhook, message) VALUES (%(webhook)s, %(message)s)
ON CONFLICT DO NOTHING RETURNING webhook
"""
_TOOK: Final = """
UPDATE onebook_hook_taken SET record = %(record)s WHERE webhook = %(webhook)s AND message = %(message)s
"""
_TAKEN: Final = "SELECT record FROM onebook_hook_taken WHERE webhook = %(webhook)s AND message = %(message)s"
_FORGET: Final = "DELETE FROM onebook_hook_taken WHERE at < now() - make_interval(secs => %(seconds)s)"
#: What example messages say in fields of a kind.
_EXAMPLES: Final[Mapping[FieldKind, Any]] = {
    FieldKind.PHONE: "13800138000",
    FieldKind.EMAIL: "name@example.com",
    FieldKind.NUMBER: "1",
    FieldKind.QUANTITY: "1",
    FieldKind.PRICE: "1.00",
    FieldKind.MONEY: "1.00",
    FieldKind.PERCENT: "0.1",
    FieldKind.FLAG: True,
    FieldKind.TAGS: [],
}
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What tells a message from others: where it arrived, and the name that its sender gave it."""

    at: str
    name: str

    def statement(self, sql: str, **more: object) -> Statement:
        """A statement about it."""
        return Statement(sql, {"webhook": self.at, "message": self.name, **more})


@dataclass(frozen=True, slots=True)
class Arriving:
    """What travels with a record that came from outside: that it was taken once, and the firings of its rules."""

    ground: Ground
    rules: Sequence[CompiledRule]
    kind: str
    now: datetime
    message: Message | None

    def begin(self) -> Sequence[Statement]:
        """Take it."""
        if self.message is None:
            return ()
        return self.message.statement(_TAKE), Statement(_FORGET, {"seconds": _KNOWN_S})

    def begun(self, results: Sequence[Rows]) -> None:
        """Raises TakenBefore."""
        if not results[0]:
            raise TakenBefore

    def end(self, outcome: Outcome) -> Sequence[Statement]:
        """The firings, in the transaction that makes the record."""
        record, version = outcome.record, self.ground.version
        fired = [
            log.pressed(one.name, version, record.form, record.id, SYSTEM.id, self.kind, self.now, self.kind)
            for one in self.rules
        ]
        took = [] if self.message is None else [self.message.statement(_TOOK, record=record.id)]
        return [*took, *fired, Statement("SELECT onebook_call_rules()")]


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that came of a message; `is_new`: not of an earlier copy of the same message."""

    id: int
    number: str | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class HookSecret:
    """A secret that was made just now, with a message that it signs: the body, and the headers that go with it."""

    secret: str
    body: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Outside:
    """The open doors of one company."""

    database: Database
    ground: Ground
    vault: Vault
    now: datetime

    def made_secret(self, actor: Actor, webhook: str) -> HookSecret:
        """A new secret for whoever sends to a webhook, told once; the one before is worth nothing from now on."""
        require_everything(self.ground, actor)
        rules = self._hooked(webhook, is_asleep_too=True)
        secret = webhooks.PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        given = {"webhook": webhook, "secret": self.vault.closed({"secret": secret}), "by": actor.id}
        with self.database.transaction(self.ground.schema) as transaction:
            transaction.commit(Statement(_KEEP, given))
        body = orjson.dumps({name: self._example(field) for name, field in self._taking(rules).items()})
        identity = f"msg_{secrets.token_hex(8)}"
        headers = webhooks.signed(secret, identity, int(self.now.timestamp()), body)
        return HookSecret(secret, body.decode(), headers)

    def verify(self, webhook: str, headers: Mapping[str, str], body: bytes) -> Message:
        """The message that these headers name, once it is sure that its sender knows the secret, and sent it now.
        Raises UnknownWebhook, SignatureWrong."""
        self._hooked(webhook)
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            [rows] = transaction.commit(Statement(_SECRET, {"webhook": webhook}))
        if not rows:
            raise UnknownWebhook
        secret = str(self.vault.opened(rows[0][0])["secret"])
        name = headers.get(webhooks.ID, "")
        if len(name) > _LONGEST_ID or not webhooks.is_signed(secret, headers, body, int(self.now.timestamp())):
            raise SignatureWrong
        return Message(webhook, name)

    def take(self, message: Message, values: Mapping[str, Any]) -> Taken:
        """A record of what a verified message says; its rules follow. Raises what the form refuses."""
        rules = self._hooked(message.at)
        return self._made(rules, values, Arriving(self.ground, rules, "webhook", self.now, message))

    def described(self, form: str, language: str) -> dict[str, Any]:
        """What a page for the public needs to draw a form. Raises UnknownWebhook."""
        fields = self._taking(self._open(form))
        return {
            "form": form,
            "label": self.ground.catalog.forms[form].label.in_language(language),
            "fields": [
                {
                    "name": name,
                    "label": field.label.in_language(language),
                    "help": field.help.in_language(language) if field.help is not None else None,
                    "kind": str(field.kind),
                    "required": field.required == "TRUE",
                    "options": {key: one.in_language(language) for key, one in (field.options or {}).items()},
                    "length": field.length,
                    "scale": field.scale,
                }
                for name, field in fields.items()
            ],
        }

    def submit(self, form: str, values: Mapping[str, Any], key: str | None = None) -> Taken:
        """A record of what somebody of the public sends; the same key sends it once. Raises UnknownWebhook, and what
        the form refuses."""
        rules = self._open(form)
        # No webhook is called so: names have no blanks.
        # Strangers may choose the same key: what they say belongs to the name.
        said = hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()[:32]
        message = None if key is None else Message(f"open {form}", f"{key} {said}")
        return self._made(rules, values, Arriving(self.ground, rules, "submitted", self.now, message))

    def trapped(self, form: str) -> None:
        """Somebody filled in what no person sees: it is let go, as if it had been taken. Raises UnknownWebhook."""
        self._open(form)
        _log.info("open form %s: let go, what no person sees was filled in", form)

    def _made(self, rules: Sequence[CompiledRule], values: Mapping[str, Any], along: Arriving) -> Taken:
        taken = self._taking(rules)
        given = {name: value for name, value in values.items() if name in taken}
        command = Command(Create(rules[0].rule.form, given, accept_warnings=True), SYSTEM)
        try:
            outcome = execute(self.database, self.ground, command, self.now, along)
        except TakenBefore:
            return self._taken_before(rules[0].rule.form, along)
        except Duplicated as refusal:
            # Who else is there is nothing for strangers.
            hidden = [replace(one, data={**one.data, "others": [], "ids": []}) for one in refusal.problems]
            raise Duplicated(hidden, **refusal.data) from None
        return Taken(outcome.record.id, outcome.number, True)

    def _taken_before(self, form: str, along: Arriving) -> Taken:
        """What came of the first copy of a message."""
        assert along.message is not None, "only what has a name is known again"
        is_numbered = self.ground.catalog.forms[form].number is not None
        number = f'SELECT number FROM "{self.ground.tables.form(form).name}" WHERE id = t.record'
        taken = f"SELECT t.record, {f'({number})' if is_numbered else 'NULL'} FROM ({_TAKEN}) AS t"
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            [rows] = transaction.commit(along.message.statement(taken))
        if not rows or rows[0][0] is None:
            raise TakenBefore
        return Taken(rows[0][0], rows[0][1], False)

    def _taking(self, rules: Iterable[CompiledRule]) -> dict[str, FieldDeclaration]:
        """The fields that outsiders fill in."""
        return {
            name: self.ground.catalog.forms[one.rule.form].fields[name] for one in rules for name in one.rule.on.takes
        }

    def _example(self, field: FieldDeclaration) -> Any:
        if field.kind is FieldKind.DATE:
            return self.now.astimezone(self.ground.zone).date().isoformat()
        if field.kind is FieldKind.MONTH:
            return f"{self.now.astimezone(self.ground.zone):%Y-%m}"
        if field.kind is FieldKind.INSTANT:
            return self.now.isoformat()
        if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            options = list(field.options or {})[:1]
            return options if field.kind is FieldKind.CHOICES else next(iter(options), None)
        return _EXAMPLES.get(field.kind, field.label.english[: field.length])

    def _hooked(self, webhook: str, *, is_asleep_too: bool = False) -> list[CompiledRule]:
        return self._awake([one for one in self.ground.rules.after if one.rule.on.webhook == webhook], is_asleep_too)

    def _open(self, form: str) -> list[CompiledRule]:
        return self._awake([one for one in self.ground.rules.after if one.rule.on.submitted and one.rule.form == form])

    def _awake(self, rules: list[CompiledRule], is_asleep_too: bool = False) -> list[CompiledRule]:
        states = self.ground.rule_states
        found = [one for one in rules if is_asleep_too or not states.sleeps(one.rule)]
        if not found:
            raise UnknownWebhook
        return [one for one in found if one.rule.form == found[0].rule.form]
