"""What comes from outside without anybody logged in: signed webhooks and forms that are open to the public."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.process.command import Command, Create
from onebook.engines.process.execute import execute
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.opening import require_everything
from onebook.engines.process.outcome import Outcome
from onebook.engines.rule import log
from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.rule.refusals import SignatureWrong, TakenBefore, UnknownWebhook
from onebook.storage.database import Database
from onebook.storage.transaction import Statement, Transaction
from onebook.storage.vault import Vault

#: How far the clock of a sender may be off; older messages are replays.
WINDOW_S: Final = 300
#: In the message that is signed, between the second and the body.
_DOT: Final = b"."
_SECRET: Final = "SELECT secret FROM onebook_hook WHERE webhook = %(webhook)s"
_KEEP: Final = """
INSERT INTO onebook_hook (webhook, secret, by) VALUES (%(webhook)s, %(secret)s, %(by)s)
ON CONFLICT (webhook) DO UPDATE SET secret = excluded.secret, by = excluded.by, at = now()
"""
_TAKE: Final = """
INSERT INTO onebook_hook_taken (webhook, signature) VALUES (%(webhook)s, %(signature)s)
ON CONFLICT DO NOTHING RETURNING webhook
"""
_FORGET: Final = "DELETE FROM onebook_hook_taken WHERE at < now() - make_interval(secs => %(seconds)s)"


def signature_of(secret: str, second: str, body: bytes) -> str:
    """How a sender signs: HMAC-SHA256 over `second.body`, as hexadecimal."""
    return hmac.new(secret.encode(), second.encode() + _DOT + body, sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Arriving:
    """What travels with a record that came from outside: that it was taken once, and the firings of its rules."""

    ground: Ground
    rules: Sequence[CompiledRule]
    kind: str
    now: datetime
    #: What tells this message from others; a form that was sent has none.
    taken: Statement | None

    def begin(self, transaction: Transaction) -> None:
        """Take it. Raises TakenBefore."""
        if self.taken is not None:
            rows, _ = transaction.run(self.taken, Statement(_FORGET, {"seconds": 2 * WINDOW_S}))
            if not rows:
                raise TakenBefore

    def end(self, outcome: Outcome) -> Sequence[Statement]:
        """The firings, in the transaction that makes the record."""
        record, version = outcome.record, self.ground.version
        fired = [
            log.pressed(one.name, version, record.form, record.id, SYSTEM.id, self.kind, self.now, self.kind)
            for one in self.rules
        ]
        return [*fired, Statement("SELECT onebook_call_rules()")]


@dataclass(slots=True)
class Outside:
    """The open doors of one company."""

    database: Database
    ground: Ground
    vault: Vault
    now: datetime

    def made_secret(self, actor: Actor, webhook: str) -> str:
        """A new secret for whoever sends to a webhook, told once; the one before is worth nothing from now on."""
        require_everything(self.ground, actor)
        self._hooked(webhook, is_asleep_too=True)
        secret = secrets.token_urlsafe(32)
        given = {"webhook": webhook, "secret": self.vault.closed({"secret": secret}), "by": actor.id}
        with self.database.transaction(self.ground.schema) as transaction:
            transaction.commit(Statement(_KEEP, given))
        return secret

    def verify(self, webhook: str, second: str, signature: str, body: bytes) -> None:
        """Make sure that a message was signed with the secret, now. Raises UnknownWebhook, SignatureWrong."""
        self._hooked(webhook)
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            [rows] = transaction.commit(Statement(_SECRET, {"webhook": webhook}))
        if not rows:
            raise UnknownWebhook
        is_fresh = second.isascii() and second.isdigit() and len(second) < 12
        is_fresh = is_fresh and abs(self.now.timestamp() - int(second)) <= WINDOW_S
        fitting = signature_of(str(self.vault.opened(rows[0][0])["secret"]), second, body)
        if not hmac.compare_digest(fitting.encode(), signature.encode("utf-8", "replace")) or not is_fresh:
            raise SignatureWrong

    def take(self, webhook: str, signature: str, values: Mapping[str, Any]) -> Outcome:
        """A record of what a verified message says; its rules follow. Raises TakenBefore, and what the form refuses."""
        rules = self._hooked(webhook)
        taken = Statement(_TAKE, {"webhook": webhook, "signature": signature})
        return self._made(rules, values, Arriving(self.ground, rules, "webhook", self.now, taken))

    def described(self, form: str, language: str) -> dict[str, Any]:
        """What a page for the public needs to draw a form. Raises UnknownWebhook."""
        rules = self._open(form)
        declared = self.ground.catalog.forms[form]
        fields = {name: declared.fields[name] for rule in rules for name in rule.rule.on.takes}
        return {
            "form": form,
            "label": declared.label.in_language(language),
            "fields": [
                {
                    "name": name,
                    "label": field.label.in_language(language),
                    "help": field.help.in_language(language) if field.help is not None else None,
                    "kind": str(field.kind),
                    "required": field.required == "TRUE",
                    "options": {key: one.in_language(language) for key, one in (field.options or {}).items()},
                    "length": field.length,
                }
                for name, field in fields.items()
            ],
        }

    def submit(self, form: str, values: Mapping[str, Any]) -> Outcome:
        """A record of what somebody of the public sends. Raises UnknownWebhook, and what the form refuses."""
        rules = self._open(form)
        return self._made(rules, values, Arriving(self.ground, rules, "submitted", self.now, None))

    def _made(self, rules: Sequence[CompiledRule], values: Mapping[str, Any], along: Arriving) -> Outcome:
        taken = {name for rule in rules for name in rule.rule.on.takes}
        given = {name: value for name, value in values.items() if name in taken}
        command = Command(Create(rules[0].rule.form, given, accept_warnings=True), SYSTEM)
        return execute(self.database, self.ground, command, self.now, along)

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
