"""People who type any declared document at browsers of their own, and do not wait for one another; some are cut off in
the middle of a request, and ask again under its key."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import psycopg

from onebook.definition.form import Form
from onebook.engines.process.command import Action, Bin, Create, Restore, Reverse, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem, Refusal
from tests.faults.product import NO_ANSWER, START_S, Client, Product
from tests.invariants.typist import Typist

#: How long somebody waits who will be cut off.
SHORT_S: Final = 0.02
#: Refusals that no document explains: each is one too many.
NEVER: Final = frozenset({401, 403, 405, 413, 429})


class Told(Refusal):
    """What the server refused, as it told."""

    code = "test.told"


@dataclass
class Diary:
    """What became of everything that was asked for."""

    #: What was acknowledged: key, form, id.
    made: list[tuple[str, str, int]] = field(default_factory=list)
    #: Seconds from asking to the answer, of what was answered at the first time.
    waits: dict[str, list[float]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    #: How often nobody answered, and how often an answer was the one given before.
    unanswered: int = 0
    repeated: int = 0
    troubles: list[BaseException] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(len(waits) for waits in self.waits.values())


class Looker:
    """Looks straight into the database at what there is, as often as it takes while servers come and go; for as many
    people as like, one after another."""

    def __init__(self, product: Product) -> None:
        """Nothing is connected yet."""
        self.product = product
        self._one_at_a_time = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, sql: str, **parameters: Any) -> Rows:
        """The rows; raises psycopg.OperationalError when no server comes back."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                with self._one_at_a_time:
                    return self._connected().execute(sql, parameters or None).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _connected(self) -> "psycopg.Connection[Any]":
        if self._connection is None or self._connection.closed:
            options = f"-c search_path={self.product.schema}"
            self._connection = psycopg.connect(
                self.product.server.url(), autocommit=True, options=options, application_name="onlooker"
            )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Somebody:
    """One person at a browser: what they type, sent over HTTP; `cut`: how often they are cut off."""

    def __init__(
        self, look: "Looker", form: Callable[[str], Form], name: str, seed: int, diary: Diary, *, cut: float = 0
    ) -> None:
        """Log in."""
        self.chance = random.Random(seed)
        self.typist = Typist(look.ask, self.done, form, self.chance)
        self._client, self._name, self._diary, self._cut = Client(look.product), name, diary, cut
        self._form = form
        self._asked = 0

    def work(self, forms: Sequence[str], over: threading.Event) -> None:
        """Anything, again and again, until it is over."""
        typist = self.typist
        try:
            turns: list[Callable[[], object]] = [
                lambda: typist.bring_about(self.chance.choice(forms), 3),
                lambda: typist.make(self.chance.choice(forms)),
                lambda: typist.move_on(forms), lambda: typist.change(forms), lambda: typist.undo(forms),
                lambda: typist.throw_away(forms),
            ]  # fmt: skip
            while not over.is_set():
                [turn] = self.chance.choices(turns, [6, 3, 6, 2, 2, 1])
                turn()
        except BaseException as trouble:
            self._diary.troubles.append(trouble)
        finally:
            self._client.close()

    def done(self, action: Action) -> Outcome | Refusal:
        """The answer to a command, whatever happens meanwhile: under one key until somebody answers."""
        self._asked += 1
        key = f"{self._name}-{self._asked}"
        deadline = time.monotonic() + START_S
        method, path, body = self._request(action, key)
        kind = type(action).__name__
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                if self.chance.random() < self._cut:
                    self._client.cut_off(method, path, body, key, SHORT_S)
                    self._diary.unanswered += 1
                    continue
                answer = self._client.send(method, path, body, key)
            except httpx2.TransportError:
                self._diary.unanswered += 1
                time.sleep(0.05)
                continue
            if answer.status_code in NO_ANSWER:
                assert answer.json()["code"] == "storage.unavailable", answer.text
                self._diary.unanswered += 1
                time.sleep(0.05)
                continue
            self._diary.waits.setdefault(kind, []).append(time.monotonic() - began)
            return self._told(action, key, answer)
        raise AssertionError(f"nobody answered {path} in {START_S} s")

    def _told(self, action: Action, key: str, answer: httpx2.Response) -> Outcome | Refusal:
        told: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            assert answer.status_code not in NEVER, answer.text
            self._diary.refused[told["code"]] += 1
            problems = [Problem(one["code"], one.get("field"), one.get("row")) for one in told.get("problems") or ()]
            return Told(problems, code=told["code"])
        self._diary.repeated += bool(told.get("repeated"))
        record = RecordRef(told["form"], told["id"])
        if isinstance(action, Create):
            self._diary.made.append((key, record.form, record.id))
        created = tuple(RecordRef(one["form"], one["id"]) for one in told.get("created") or ())
        return Outcome(record, told["version"], told.get("state"), created=created)

    def _request(self, action: Action, key: str) -> tuple[str, str, dict[str, Any]]:
        """How a page asks for it. New documents carry their key as a note, where they have one."""
        match action:
            case Create():
                noted = {"note": key} if "note" in self._form(action.form).fields else {}
                return "POST", f"/api/{action.form}", {"values": {**action.values, **noted}, "then": action.then}
            case Update():
                body = {"expected_version": action.version, "values": dict(action.values), "then": action.then}
                return "PATCH", _path(action.record), body
            case Run():
                return "POST", f"{_path(action.record)}/{action.transition}", {}
            case Reverse():
                return "POST", f"{_path(action.record)}/reverse", {"followers": action.followers}
            case Bin():
                return "DELETE", _path(action.record), {}
            case Restore():
                return "POST", f"{_path(action.record)}/restore", {}
        raise AssertionError(f"nobody types {action}")


def _path(record: RecordRef) -> str:
    return f"/api/{record.form}/{record.id}"


def at_work(people: Sequence[Somebody], forms: Sequence[str], over: threading.Event) -> list[threading.Thread]:
    """Everybody begins."""
    threads = [threading.Thread(target=one.work, args=(forms, over)) for one in people]
    for thread in threads:
        thread.start()
    return threads
