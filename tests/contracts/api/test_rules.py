"""Rules over HTTP: told in words, paused, tried out, rehearsed, pressed; and the doors without a login."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from starlette.testclient import TestClient

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.form.refusals import Duplicated
from onebook.engines.message.outlets import Outlets
from onebook.engines.process.command import Command, Run
from onebook.engines.rule.refusals import TooManyKnocks
from onebook.entrypoints.http.app import create
from onebook.entrypoints.http.automation import outside
from onebook.entrypoints.http.automation.outside import Knocks
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from onebook.storage.vault import Vault
from onebook.values import webhooks
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem
from tests.contracts.api.conftest import Person, Place

WORKSHOP = (Path(__file__).parents[2] / "data" / "rules.yaml").read_text("utf-8")


@pytest.fixture(autouse=True)
def nobody_knocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knocked in other tests is not counted in these."""
    for name, most in (("_hooks", outside.HOOKS), ("_looks", outside.LOOKS), ("_forms", outside.FORMS)):
        monkeypatch.setattr(outside, name, Knocks(most))


@pytest.fixture(scope="module")
def application(database: Database) -> Application:
    return Application(database, outlets=Outlets(Vault(key=Fernet.generate_key().decode())))


@pytest.fixture(scope="module")
def app(database: Database, application: Application) -> Iterator[FastAPI]:
    app = create(application, database)
    yield app
    app.state.jobs.close()


@pytest.fixture(scope="module")
def place(app: FastAPI, database: Database, application: Application) -> Place:
    with database.administration() as connection:
        company = create_company(connection, "Workshop")
    application.publish(company.schema, [read_text(WORKSHOP)], SYSTEM)
    return Place(app, database, application, company)


@pytest.fixture(scope="module")
def boss(place: Place) -> Person:
    return place.person("boss", language="en")


def settle(place: Place) -> None:
    while place.application.run_rules(place.company.schema):
        pass


def rule_of(boss: Person, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = boss.get("/api/rules").json()["rules"]
    return next(one for one in found if one["rule"] == name)


def test_every_rule_is_told_in_words(boss: Person) -> None:
    low = rule_of(boss, "low")
    assert low["label"] == "Runs low"
    assert low["words"] == [
        "“Stock” of Part moves",
        "If balance < [At least]",
        "Create Job and do “Begin”",
        "Tell Keeper: “{name}: {balance} < {least}”",
        "Once until the condition has been false again",
        "By the rights of the system",
    ]
    assert (low["paused"], low["can_rehearse"], low["pilot"]) == (False, True, None)
    assert rule_of(boss, "ping")["warnings"] != []
    assert rule_of(boss, "asleep")["paused"] is True


def test_only_who_administers_sees_rules(place: Place) -> None:
    hand = place.person("hand")
    for path in ("/api/rules", "/api/rules/runs", "/api/rules/low/runs"):
        assert hand.get(path).status_code == 403
    for path in ("/api/rules/low/pause", "/api/rules/low/rehearse", "/api/firings/1/replay"):
        assert hand.post(path).status_code == 403


def test_a_run_says_why_and_what_it_did(place: Place, boss: Person) -> None:
    job = place.execute("job", about="x", size="1")
    changed = boss.send("PATCH", f"/api/job/{job}", {"expected_version": 1, "values": {"size": "7"}})
    assert changed.status_code == 200, changed.text
    settle(place)
    run = boss.get("/api/rules/resized/runs").json()["rows"][0]
    assert (run["state"], run["record"], run["attempts"]) == ("done", job, 1)
    assert run["why"] == [
        "Twice, Count of Job change",
        "Twice went from “2” to “14”",
        "The condition holds: Size = 7",
        "At that moment Size = 7",
    ]
    assert [did["text"] for did in run["did"]] == ["Changed Echo = 7"]
    assert rule_of(boss, "resized")["counts"]["done"] >= 1


def test_a_run_of_another_time_is_told_though_its_fields_are_gone(place: Place, boss: Person) -> None:
    """The rule was changed since: what it read then has the name that it had."""
    job = place.execute("job", about="x", size="1")
    boss.send("PATCH", f"/api/job/{job}", {"expected_version": 1, "values": {"size": "7"}})
    settle(place)
    with place.database.administration(place.company.schema) as connection:
        connection.execute(
            "UPDATE onebook_firing SET why = jsonb_set(why, '{reads}', '{\"weight\": 5, \"balance\": 3}')"
            " WHERE rule = 'resized' AND object = %s", (job,)
        )  # fmt: skip
    answer = boss.get("/api/rules/resized/runs")
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"][0]["why"][-1] == "At that moment weight = 5, balance = 3"


def test_pausing_and_waking_count_at_once(place: Place, boss: Person) -> None:
    assert boss.post("/api/rules/resized/pause").json()["paused"] is True
    job = place.execute("job", about="x", size="1")
    before = len(boss.get("/api/rules/resized/runs").json()["rows"])
    boss.send("PATCH", f"/api/job/{job}", {"expected_version": 1, "values": {"size": "7"}})
    settle(place)
    assert len(boss.get("/api/rules/resized/runs").json()["rows"]) == before
    assert boss.post("/api/rules/resized/resume").json()["paused"] is False
    assert boss.post("/api/rules/nobody/resume").status_code == 404


def test_a_pilot_concerns_only_those_named(place: Place, boss: Person) -> None:
    told = boss.post("/api/rules/greet/pilot", {"users": [boss.user]}).json()
    assert (
        told["pilot"] == {"users": [{"id": boss.user, "title": "Boss1"}], "departments": []} or told["pilot"]["users"]
    )
    place.execute("job", about="of the system", size="50")
    boss.make("job", about="of the boss", size="50")
    settle(place)
    runs = boss.get("/api/rules/greet/runs").json()["rows"]
    assert [run["by"]["id"] for run in runs] == [boss.user]
    assert boss.post("/api/rules/greet/pilot", {}).json()["pilot"] is None


def test_a_rehearsal_does_nothing_and_tells_all(boss: Person) -> None:
    before = boss.get("/api/rules/runs").json()["rows"]
    answer = boss.post("/api/rules/greet/rehearse").json()
    assert (answer["days"], answer["more"]) == (90, False)
    assert answer["count"] == len(answer["rows"]) == 2
    assert answer["rows"][0]["why"][0] == "Job is created"
    assert answer["rows"][0]["would"] == [
        'Tag “Marks” with "big"',
        "Give “Hand” to whoever of Hand has the fewest open",
    ]
    assert boss.get("/api/rules/runs").json()["rows"] == before
    assert boss.post("/api/rules/press/rehearse").status_code == 422
    for name in ("low", "thanks", "back", "resized", "soon", "morning"):
        assert boss.post(f"/api/rules/{name}/rehearse").status_code == 200, name


def test_a_button_does_its_rule_once_for_each_press(place: Place, boss: Person) -> None:
    job = place.execute("job", about="x")
    page = boss.get(f"/api/job/{job}").json()
    assert page["buttons"] == [{"rule": "press", "label": "Press on", "is_allowed": True, "reasons": []}]
    for _ in range(2):
        answer = boss.post(f"/api/job/{job}/buttons/press", {}, **{"Idempotency-Key": "one"})
        assert answer.json() == {"text": "Changed About = pressed"}, answer.text
    assert len(boss.get("/api/rules/press/runs").json()["rows"]) == 1
    place.application.execute(place.company.schema, Command(Run(RecordRef("job", job), "finish"), SYSTEM))
    assert boss.get(f"/api/job/{job}").json()["buttons"][0]["is_allowed"] is False
    assert boss.post(f"/api/job/{job}/buttons/press").status_code == 409
    assert boss.post(f"/api/job/{job}/buttons/low").status_code == 409


def test_what_was_given_up_is_done_once_more(place: Place, boss: Person, database: Database) -> None:
    job = place.execute("job", about="x", size="7")
    place.application.execute(place.company.schema, Command(Run(RecordRef("job", job), "finish"), SYSTEM))
    with database.administration(place.company.schema) as connection:
        [number] = connection.execute(
            "INSERT INTO onebook_firing"
            " (rule, version, form, object, episode, state, by, attempts, cause, depth, error)"
            " VALUES ('resized', 1, 'job', %s, 'x', 'dead', 0, 5, 1, 0, %s) RETURNING id",
            (job, json.dumps({"code": "form.locked", "data": {"form": "活 | Job", "state": "完 | Done"}})),
        ).fetchone() or [0]
    dead = boss.get("/api/rules/runs", state="dead").json()["rows"]
    assert [run["id"] for run in dead] == [number]
    assert "Job" in dead[0]["error"]
    again = boss.post(f"/api/firings/{number}/replay").json()
    assert (again["state"], again["attempts"]) == ("failed", 1)
    assert boss.post(f"/api/firings/{number}/replay").status_code == 409
    assert boss.post("/api/firings/999999/replay").status_code == 404


def test_a_webhook_takes_what_is_signed_once(place: Place, boss: Person, nobody: Person) -> None:
    given = boss.post("/api/rules/from_partner/secret").json()
    body = json.dumps({"name": "Ann", "phone": "138", "secret": "not theirs to fill"}).encode()

    def send(late: int = 0, secret: str = given["secret"], name: str = "msg_1", body: bytes = body) -> Any:
        headers = webhooks.signed(secret, name, int(time.time()) - late, body)
        return nobody.client.post(given["address"], content=body, headers=headers)

    assert send(secret="another").status_code == 403
    assert send(late=1000).status_code == 403
    assert send(name="x" * 201).status_code == 403
    refused = send(body=b'{"name": ""}')
    assert refused.status_code == 422, refused.text
    taken = send()
    assert taken.status_code == 201, taken.text
    # Whoever got no answer sends it again, signed anew: it is the same message.
    again = send(late=2)
    assert (again.status_code, again.json()) == (200, taken.json())
    assert send(name="msg_2").json()["id"] != taken.json()["id"]
    settle(place)
    values = boss.get(f"/api/wish/{taken.json()['id']}").json()["values"]
    assert (values["name"], values["secret"], values["seen"]) == ("Ann", None, True)
    assert nobody.client.post("/api/hooks/partner?company=999", content=body).status_code == 404
    assert nobody.client.post(given["address"], content=b"{").status_code == 403
    large = nobody.client.post(given["address"], content=b" " * 300_000)
    assert large.status_code == 413


def test_a_new_secret_comes_with_a_message_that_it_signs_and_ends_the_one_before(boss: Person, nobody: Person) -> None:
    first = boss.post("/api/rules/from_partner/secret").json()
    assert first["secret"].startswith("whsec_")
    assert json.loads(first["example"]["body"]).keys() == {"name", "phone"}

    def send(given: dict[str, Any]) -> int:
        example = given["example"]
        return nobody.client.post(given["address"], content=example["body"], headers=example["headers"]).status_code

    assert send(first) == 201
    door = rule_of(boss, "from_partner")["door"]
    assert (door["kind"], door["address"]) == ("webhook", first["address"])
    assert door["secret_at"] is not None
    assert "secret" not in door
    second = boss.post("/api/rules/from_partner/secret").json()
    assert second["secret"] != first["secret"]
    first["example"]["headers"]["webhook-id"] = "msg_other"
    assert send(first) == 403
    assert send(second) == 201
    assert boss.post("/api/rules/low/secret").status_code == 404


def test_an_open_form_is_told_with_its_address_and_as_a_code(place: Place, boss: Person, nobody: Person) -> None:
    door = rule_of(boss, "from_public")["door"]
    assert door == {
        "kind": "form", "name": "wish", "secret_at": None, "address": f"/open/{place.company.id}/wish"
    }  # fmt: skip
    assert rule_of(boss, "low")["door"] is None
    code = boss.get("/api/rules/from_public/code", origin="https://books.example.com")
    assert code.status_code == 200
    assert code.headers["content-type"] == "image/svg+xml"
    assert "<path" in code.text
    assert boss.get("/api/rules/low/code", origin="https://books.example.com").status_code == 404
    assert boss.get("/api/rules/from_public/code", origin='https://x"/><script>').status_code == 422
    assert nobody.client.get("/api/rules/from_public/code", params={"origin": "https://a.b"}).status_code == 401


def test_strangers_are_not_told_who_else_is_there(place: Place, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(*_: object) -> None:
        raise Duplicated(
            [Problem("form.duplicate", "name", None, {"label": [], "others": ["Bob"], "ids": [7]})], form="wish"
        )

    monkeypatch.setattr("onebook.engines.process.ruling.outside.execute", known)
    public = TestClient(app, raise_server_exceptions=False)
    answer = public.post(f"/api/open/wish?company={place.company.id}", json={"values": {"name": "Bob B"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "form.duplicated")
    assert "ids" not in answer.text or '"ids":[]' in answer.text
    assert '"Bob"' not in answer.text


def test_the_public_fills_in_what_is_open_and_is_counted(place: Place, boss: Person, app: FastAPI) -> None:
    public = TestClient(app, raise_server_exceptions=False)
    address = f"/api/open/wish?company={place.company.id}"
    drawn = public.get(f"{address}&language=en").json()
    assert drawn["company"] == "Workshop"
    assert drawn["fields"] == [
        {"name": "name", "label": "Name", "help": None, "kind": "text", "required": True, "options": {}, "length": 40,
         "scale": None}
    ]  # fmt: skip
    sent = public.post(address, json={"values": {"name": "Bob", "secret": "mine"}})
    assert sent.status_code == 201, sent.text
    settle(place)
    found = boss.get("/api/wish").json()["rows"]
    assert sum(1 for row in found if row["name"] == "Bob") == 1
    # The same sheet sent again, after no answer came, is taken once.
    twice = [public.post(address, json={"values": {"name": "Eve"}}, headers={"Idempotency-Key": "k1"}) for _ in "12"]
    assert [one.status_code for one in twice] == [201, 200]
    assert twice[0].json() == twice[1].json()
    # Another sheet under the same key is another sheet: strangers may choose the same.
    other = public.post(address, json={"values": {"name": "Ann"}}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 201
    assert any(row["name"] == "Ann" for row in boss.get("/api/wish").json()["rows"])
    huge = public.post(address, json={"values": {"name": 10**30}}, headers={"Idempotency-Key": "k2"})
    assert (huge.status_code, huge.json()["problems"][0]["field"]) == (422, "name")
    # What fills in what no person sees is answered like everybody, and leaves nothing.
    robot = public.post(address, json={"values": {"name": "Spam"}, "website": "https://spam.example"})
    assert (robot.status_code, robot.json()) == (201, {"number": None})
    assert not any(row["name"] == "Spam" for row in boss.get("/api/wish").json()["rows"])
    assert public.post(address, json={"values": {"name": "x" * 300_000}}).status_code == 413
    assert public.post(address, json={"values": {}}).status_code == 422
    assert (
        public.post(address, json={"values": {"name": "x"}}, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )
    assert public.get(f"/api/open/job?company={place.company.id}").status_code == 404
    asleep = boss.post("/api/rules/from_public/pause")
    assert asleep.json()["door"]["address"].endswith("/wish")
    deadline = time.monotonic() + 10
    while public.get(address).status_code != 404:
        assert time.monotonic() < deadline, "what is asleep must not stay open"
        time.sleep(0.1)
    boss.post("/api/rules/from_public/resume")
    codes = {public.post(address, json={"values": {"name": "x"}}).status_code for _ in range(outside.FORMS)}
    assert 429 in codes


def test_knocks_are_forgotten_after_a_minute() -> None:
    knocks = Knocks(2)
    knocks.count("a", 0.0)
    knocks.count("a", 1.0)
    knocks.count("b", 1.0)
    with pytest.raises(TooManyKnocks):
        knocks.count("a", 59.0)
    knocks.count("a", 60.5)
