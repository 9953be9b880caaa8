"""What a rule's consequences come to for one record: commands and messages. Formulas are read here, nothing is run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.approval import Approver
from onebook.definition.field import FieldDeclaration
from onebook.definition.rule import BALANCE, Consequence, Made, Notice, Sending
from onebook.definition.rules import target_of
from onebook.engines.form.changes import plain
from onebook.engines.form.compute import rows_of, settled
from onebook.engines.form.rows import Row
from onebook.engines.message.message import Message
from onebook.engines.process.command import Action, Create, Run, Update
from onebook.engines.process.composing.transitions import keys_of
from onebook.engines.process.ground import Ground
from onebook.engines.rule.compiled import CompiledRule
from onebook.engines.rule.firing import Did, Firing
from onebook.engines.rule.people import people_of
from onebook.expression.python import Context, evaluate
from onebook.expression.types import Kind
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

#: What says something to somebody, and changes no record.
SAYING: Final = ("notify", "send", "call")
_IDLE: Final = """
SELECT u.id FROM unnest(%(users)s::bigint[]) WITH ORDINALITY AS u (id, nth)
LEFT JOIN "{table}" r ON r."{field}" = u.id AND r.deleted_at IS NULL {open}
GROUP BY u.id, u.nth ORDER BY count(r.id), u.nth LIMIT 1
"""


@dataclass(slots=True)
class Wish:
    """One consequence for one record: a command, or messages; none of both where nothing is to be done."""

    did: Did
    action: Action | None = None
    messages: list[Message] = field(default_factory=list)


def keys_wanted(ground: Ground, rule: CompiledRule) -> frozenset[str]:
    """Everything that must be read of a record to say what the rule wants."""
    keys: set[str] = {"version"}
    for one in rule.rule.do:
        for text, lines, kind in _formulas(one):
            keys.update(keys_of(rule.formula(text, kind, lines).paths, lines))
        keys.update(f"{one.of}.{name}" if one.of else name for name in one.tag)
        if one.create is not None:
            keys.update(rows.each for rows in one.create.lines.values() if rows.each is not None)
    if ground.catalog.forms[rule.rule.form].states:
        keys.add("state")
    return frozenset(keys)


@dataclass(slots=True)
class Wishing:
    """What a rule wants of records: made for one rule and one actor; `people` finds users."""

    ground: Ground
    rule: CompiledRule
    actor: Actor
    context: Context

    def wish(self, transaction: Transaction, people: "People", firing: Firing, row: Row, place: int) -> Wish:
        """What the consequence at that place comes to for a record."""
        one = self.rule.rule.do[place]
        reading = _Reading(self, firing, row)
        record = RecordRef(firing.form, firing.object)
        if one.create is not None:
            values = reading.made(one.create)
            return Wish(
                Did("create", {"form": one.create.form}), Create(one.create.form, values, one.create.then, True)
            )
        if one.of is not None:
            number = reading.value(one.of, Kind.LINK)
            if number is None:
                return Wish(Did("nothing", {"of": one.of}))
            record = RecordRef(target_of(self.ground.catalog, self.rule.rule, one), number)
        if one.run is not None:
            did = Did("run", {"form": record.form, "record": record.id, "step": one.run})
            return Wish(did, Run(record, one.run))
        if one.notify is not None:
            users = people.of(transaction, one.notify.to, reading, firing.by)
            return Wish(Did("notify", {"to": users}), messages=list(self._told(one.notify, users, reading, place)))
        if one.send is not None:
            address = reading.value(one.send.to, Kind.TEXT)
            if not address:
                return Wish(Did("nothing", {"of": one.send.to}))
            did = Did("send", {"channel": one.send.channel, "to": address})
            return Wish(did, messages=[self._sent(one.send, address, reading, place)])
        if one.call is not None:
            data = {name: plain(reading.value(text)) for name, text in one.call.fields.items()}
            message = Message(
                "rule", None, channel=one.call.webhook, data=data, record=record, by=self.actor.id,
                key=f"rule:{firing.id}:{place}",
            )  # fmt: skip
            return Wish(Did("call", {"webhook": one.call.webhook}), messages=[message])
        return self._changed(transaction, people, reading, one, record)

    def values(self, firing: Firing, row: Row, place: int) -> tuple[dict[str, Any], Did]:
        """What a consequence that fills in fields of the record itself makes of them, as the record keeps them."""
        one, reading = self.rule.rule.do[place], _Reading(self, firing, row)
        fields = self.ground.catalog.forms[firing.form].fields
        values = {name: settled(fields[name], reading.value(text)) for name, text in one.set.items()}
        for name, text in one.tag.items():
            tag = reading.value(text, Kind.TEXT)
            if tag:
                values[name] = tuple(dict.fromkeys((*(row.get(name) or ()), tag)))
        told = {name: plain(value) for name, value in values.items()}
        return values, Did("set", {"form": firing.form, "record": firing.object, "values": told})

    def _changed(
        self, transaction: Transaction, people: "People", reading: "_Reading", one: Consequence, record: RecordRef
    ) -> Wish:
        fields = self.ground.catalog.forms[record.form].fields
        values = reading.given(fields, one.set, blanks=True)
        for name, text in one.tag.items():
            tag = reading.value(text, Kind.TEXT)
            if tag:
                known = reading.row.get(f"{one.of}.{name}" if one.of else name) or ()
                values[name] = list(dict.fromkeys((*known, tag)))
        for name, those in one.assign.items():
            users = people.of(transaction, those, reading, reading.firing.by)
            if users:
                values[name] = self._idlest(transaction, record.form, name, users)
        did = Did("set", {"form": record.form, "record": record.id, "values": values})
        return Wish(did, Update(record, None, values, accept_warnings=True) if values else None)

    def _idlest(self, transaction: Transaction, form: str, name: str, users: Sequence[int]) -> int:
        """Of these users the one who has the fewest open records of the form."""
        declared = self.ground.catalog.forms[form]
        ends = [
            state for state in declared.states
            if not any(state in step.source for step in declared.transitions.values())
        ]  # fmt: skip
        open_ = "AND r.state <> ALL(%(ends)s::text[])" if declared.states else ""
        table = self.ground.tables.form(form).name
        [rows] = transaction.run(
            Statement(_IDLE.format(table=table, field=name, open=open_), {"users": list(users), "ends": ends})
        )
        return int(rows[0][0])

    def _told(self, notice: Notice, users: Sequence[int], reading: "_Reading", place: int) -> Iterator[Message]:
        for user in users:
            yield Message(
                "rule", user, via=notice.via, title=notice.title or "", text=notice.text, has_formulas=True,
                data=reading.balance, record=RecordRef(reading.firing.form, reading.firing.object),
                by=self.actor.id, urgent=notice.urgent, key=f"rule:{reading.firing.id}:{place}",
            )  # fmt: skip

    def _sent(self, sending: Sending, address: str, reading: "_Reading", place: int) -> Message:
        return Message(
            "rule", address, channel=sending.channel, title=sending.title or "", text=sending.text or "",
            template=sending.template, has_formulas=sending.template is None, data=reading.balance,
            record=RecordRef(reading.firing.form, reading.firing.object), by=self.actor.id,
            key=f"rule:{reading.firing.id}:{place}",
        )  # fmt: skip


class _Reading:
    """Formulas of a rule over one record."""

    def __init__(self, wishing: Wishing, firing: Firing, row: Row) -> None:
        self.firing = firing
        self.row = row
        self._rule = wishing.rule
        self._catalog = wishing.ground.catalog
        self.balance: Mapping[str, Any] = {}
        context = wishing.context
        if wishing.rule.call is not None:
            shown = firing.why.get("reads", {}).get(BALANCE)
            self.balance = {BALANCE: str(shown)}
            context = replace(context, parameters={**context.parameters, BALANCE: Decimal(str(shown or 0))})
        self._context = context

    def value(self, text: str, expects: Kind | None = None, lines: str | None = None, row: Row | None = None) -> Any:
        """What a formula says of the record, or of one of its rows."""
        return evaluate(self._rule.formula(text, expects, lines), self.row if row is None else row, self._context)

    def given(
        self, fields: Mapping[str, FieldDeclaration], texts: Mapping[str, str], lines: str | None = None,
        row: Row | None = None, *, blanks: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Fields as somebody would type them; what is blank is left to defaults, unless it is meant to become blank."""
        values = {name: settled(fields[name], self.value(text, None, lines, row)) for name, text in texts.items()}
        return {name: plain(value) for name, value in values.items() if blanks or value is not None}

    def made(self, made: Made) -> dict[str, Any]:
        """A new record with its rows."""
        form = self._catalog.forms[made.form]
        values = self.given(form.fields, made.fields)
        for name, declared in made.lines.items():
            columns = form.fields[name].fields or {}
            values[name] = [
                self.given(columns, declared.fields, declared.each, own)
                for own in rows_of(self.row, declared.each)
                if declared.when is None or self.value(declared.when, Kind.FLAG, declared.each, own) is True
            ]
        return values


class People:
    """Users that rules mean, each question asked once."""

    def __init__(self) -> None:
        """Nobody is known yet."""
        self._known: dict[object, list[int]] = {}

    def of(self, transaction: Transaction, those: Sequence[Approver], reading: _Reading, by: int) -> list[int]:
        """The users that are meant, each once, in order."""
        found: dict[int, None] = {}
        for one in those:
            found |= dict.fromkeys(self._one(transaction, one, reading, by))
        return list(found)

    def _one(self, transaction: Transaction, one: Approver, reading: _Reading, by: int) -> list[int]:
        text = one.person or one.head_of
        value = None if text is None else reading.value(text, Kind.LINK)
        key = (one, value, by if one.superior else None)
        if key not in self._known:
            self._known[key] = people_of(transaction, [one], lambda _: value, by)
        return self._known[key]


def _formulas(one: Consequence) -> Iterator[tuple[str, str | None, Kind | None]]:
    """Every formula that is evaluated here, with the rows in which it stands; texts are made elsewhere."""
    for fields in (one.set, one.tag):
        yield from ((text, None, None) for text in fields.values())
    for those in (*one.assign.values(), one.notify.to if one.notify else ()):
        for person in those:
            if text := person.person or person.head_of:
                yield text, None, Kind.LINK
    if one.of is not None:
        yield one.of, None, Kind.LINK
    if one.send is not None:
        yield one.send.to, None, Kind.TEXT
    if one.call is not None:
        yield from ((text, None, None) for text in one.call.fields.values())
    if one.create is not None:
        yield from ((text, None, None) for text in one.create.fields.values())
        for rows in one.create.lines.values():
            yield from ((text, rows.each, None) for text in rows.fields.values())
            if rows.when is not None:
                yield rows.when, rows.each, Kind.FLAG
