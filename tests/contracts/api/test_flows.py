"""Approvals over HTTP: asked before it is done, answered by everybody in turn, done in the end or told why not."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_app, read_text
from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.transaction import Statement
from tests.contracts.api.conftest import SHOP, Person, Place, opened

AGREEMENT = Path(__file__).parent / "agreement.yaml"


@pytest.fixture(scope="module")
def place(app: FastAPI, database: Database, application: Application) -> Place:
    place = opened(app, database, application)
    text = AGREEMENT.read_text("utf-8")
    application.publish(place.company.schema, [read_app(SHOP), read_text(text)], SYSTEM)
    return place


@pytest.fixture(scope="module")
def office(place: Place) -> dict[str, Person]:
    """A spender below a chief, two directors, a watcher, and the administrator."""
    people = {name: place.person("director", language="en") for name in ("one", "two")}
    people["chief"] = place.person("spender", language="en")
    department = place.execute("department", name="Spending", manager=people["chief"].user)
    people["me"] = place.person("spender", language="en", department=department)
    people["watcher"] = place.person("watcher", language="en")
    people["boss"] = place.person("boss", language="en")
    return people


def submitted(me: Person, amount: str, **values: Any) -> dict[str, Any]:
    answer = me.post("/api/spending", {"values": {"name": "Lamps", "amount": amount, **values}, "then": "approve"})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def box(person: Person, name: str) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in person.get("/api/flows", box=name).json()["rows"]}


def act(person: Person, flow: int, what: str, **body: Any) -> Any:
    answer = person.post(f"/api/flows/{flow}/{what}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def state(person: Person, record: int) -> str:
    return str(person.get(f"/api/spending/{record}").json()["state"])


def test_small_things_happen_at_once(office: dict[str, Person]) -> None:
    made = submitted(office["me"], "100")
    assert (made["state"], made["flow"]) == ("approved", None)


def test_the_route_is_shown_before_with_names(office: dict[str, Person]) -> None:
    body = {"values": {"name": "Lamps", "amount": "2000"}, "then": "approve"}
    shown = office["me"].post("/api/spending/preview", body).json()
    assert shown["is_possible"]
    told = [(step["label"], step["agree"], [one["title"] for one in step["people"]]) for step in shown["route"]]
    names = [office[name].login.title() for name in ("chief", "one", "two")]
    assert told == [("Superior", "any", names[:1]), ("Board", "all", names[1:])]
    assert (
        office["me"]
        .post("/api/spending/preview", {"values": {"name": "A", "amount": "1"}, "then": "approve"})
        .json()["route"]
        is None
    )


def test_from_asking_to_done(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    made = submitted(me, "2000")
    flow, record = made["flow"], made["id"]
    assert (made["state"], made["number"] is not None) == ("draft", True)
    row = box(chief, "waiting")[flow]
    assert (row["title"], row["step"], row["by"]["id"], row["state"]) == ("Lamps", "superior", me.user, "running")
    assert row["can"] == ["agree", "refuse", "return", "transfer", "add_before", "add_after"]
    assert {"field": "amount", "label": "Amount", "text": "2000.00"} in row["summary"]
    assert row["due"] is not None
    assert flow in box(me, "started")
    assert flow not in box(office["one"], "waiting")
    told = act(chief, flow, "agree", comment="fine")
    assert told["state"] == "running"
    assert flow in box(chief, "handled")
    act(office["one"], flow, "agree")
    assert state(me, record) == "draft"
    told = act(office["two"], flow, "agree")
    assert (told["state"], state(me, record)) == ("done", "approved")
    assert flow in box(office["watcher"], "cc")
    course = [(event["what"], event["by"]["id"]) for event in told["events"]]
    assert course[:3] == [("submitted", me.user), ("agreed", chief.user), ("step_agreed", chief.user)]
    assert next(event["comment"] for event in told["events"] if event["what"] == "agreed") == "fine"
    assert course[-1] == ("done", 0)
    steps = me.get(f"/api/spending/{record}").json()
    assert steps["flow"] is None
    assert steps["stamps"]["updated_by"]["id"] == me.user, "it was done by whoever submitted it"


def test_meanwhile_nothing_else_happens(office: dict[str, Person]) -> None:
    me = office["me"]
    made = submitted(me, "500")
    address = f"/api/spending/{made['id']}"
    page = me.get(address).json()
    assert (page["editable"], page["deletable"], page["flow"]["id"]) == (False, False, made["flow"])
    assert page["flow"]["people"] == [{"id": office["chief"].user, "title": office["chief"].login.title()}]
    assert {step["name"]: step["is_allowed"] for step in page["transitions"]} == {
        "approve": False, "note": True, "drop": False,
    }  # fmt: skip
    refused = [
        me.send("PATCH", address, {"expected_version": 1, "values": {"amount": "5"}}),
        me.post(f"{address}/drop"),
        me.post(f"{address}/approve"),
        me.send("PATCH", address, {"expected_version": 1, "values": {"amount": "5"}, "then": "approve"}),
        me.send("DELETE", address),
        me.post(f"{address}/approve/preview"),
    ]
    assert [answer.status_code for answer in refused[:5]] == [409] * 5
    assert {answer.json()["code"] for answer in refused[:5]} == {"process.awaits_approval"}
    assert refused[5].json()["refusals"][0]["code"] == "process.awaits_approval"
    assert me.post(f"{address}/note").status_code == 200
    act(office["chief"], made["flow"], "agree")
    assert state(me, made["id"]) == "approved"


def test_an_import_neither_changes_what_waits_nor_passes_by(office: dict[str, Person]) -> None:
    me = office["me"]
    made = submitted(me, "500")
    text = f"number,name,amount\n{made['number']},Other,7\n".encode()
    answer = me.upload("/api/spending/import/preview", text)
    assert [one["code"] for one in answer.json()["problems"]] == ["process.awaits_approval"], answer.text
    act(me, made["flow"], "withdraw")
    assert me.upload("/api/spending/import/preview", text).json()["problems"] == []


def test_withdrawn_refused_returned_and_submitted_again(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    made = submitted(me, "2000")
    flow, address = made["flow"], f"/api/spending/{made['id']}"
    act(chief, flow, "agree")
    told = office["one"].get(f"/api/flows/{flow}").json()
    assert told["returns"] == [{"step": "superior", "label": "Superior"}]
    act(office["one"], flow, "return", to_step="superior", comment="look again")
    assert flow in box(chief, "waiting")
    act(chief, flow, "agree")
    told = act(office["two"], flow, "return", comment="too dear")
    assert told["state"] == "returned"
    assert box(me, "waiting")[flow]["can"] == ["withdraw", "resubmit"]
    page = me.get(address).json()
    assert (page["editable"], page["flow"]["returned"]["comment"]) == (True, "too dear")
    assert page["flow"]["returned"]["by"]["id"] == office["two"].user
    again = act(me, flow, "resubmit", values={"amount": "1500"})
    assert (again["flow"], again["state"]) == (flow, "draft")
    assert flow not in box(chief, "waiting"), "the superior had agreed to the same question"
    act(office["one"], flow, "agree")
    assert act(office["two"], flow, "refuse", comment="no")["state"] == "refused"
    assert me.get(address).json()["flow"] is None
    assert (
        me.send("PATCH", address, {"expected_version": 2, "values": {"amount": "50"}, "then": "approve"}).json()[
            "state"
        ]
        == "approved"
    )


def test_submitting_again_by_the_step_itself_and_below_the_limit(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    made = submitted(me, "500")
    act(chief, made["flow"], "return")
    address = f"/api/spending/{made['id']}"
    again = me.post(f"{address}/approve").json()
    assert (again["flow"], again["state"]) == (made["flow"], "draft")
    act(chief, made["flow"], "return")
    done = me.send("PATCH", address, {"expected_version": 1, "values": {"amount": "50"}, "then": "approve"}).json()
    assert (done["state"], done["flow"]) == ("approved", None)
    assert me.get(f"/api/flows/{made['flow']}").json()["state"] == "done"


def test_the_world_changed_meanwhile(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    project = office["boss"].make("project", name="Tower")
    made = submitted(me, "500", project=project["id"])
    shut = office["boss"].send(
        "PATCH", f"/api/project/{project['id']}", {"expected_version": 1, "values": {"open": False}}
    )
    assert shut.status_code == 200
    seen = chief.get(f"/api/flows/{made['flow']}").json()["preview"]
    assert [one["code"] for one in seen["refusals"]] == ["process.requirements_failed"]
    told = act(chief, made["flow"], "agree")
    assert told["state"] == "stuck"
    assert "The project is closed" in told["refusal"]["text"]
    assert state(me, made["id"]) == "draft"
    assert {"retry", "withdraw"} <= set(box(me, "waiting")[made["flow"]]["can"])
    assert "retry" not in box(chief, "handled")[made["flow"]]["can"]
    opened_again = {"expected_version": 2, "values": {"open": True}}
    office["boss"].send("PATCH", f"/api/project/{project['id']}", opened_again)
    assert act(me, made["flow"], "retry")["state"] == "done"
    assert state(me, made["id"]) == "approved"


def test_transferred_and_added(office: dict[str, Person]) -> None:
    me, chief, one, two = (office[name] for name in ("me", "chief", "one", "two"))
    flow = submitted(me, "500")["flow"]
    act(chief, flow, "add", to=[one.user], where="before")
    assert flow in box(one, "waiting")
    assert flow not in box(chief, "waiting")
    act(one, flow, "transfer", to=two.user, comment="yours")
    act(two, flow, "agree")
    told = act(chief, flow, "add", to=[one.user], where="after")
    assert told["state"] == "running"
    act(chief, flow, "agree")
    assert act(one, flow, "agree")["state"] == "done"
    told = chief.get(f"/api/flows/{flow}").json()
    people = {(person["id"], person["state"]) for person in told["route"][0]["people"]}
    assert people == {
        (chief.user, "agreed"), (one.user, "transferred"), (two.user, "agreed"), (one.user, "agreed"),
    }  # fmt: skip


def test_a_change_that_the_step_makes_waits_with_it(office: dict[str, Person]) -> None:
    me = office["me"]
    made = submitted(me, "90")
    address = f"/api/spending/{made['id']}"
    version = me.get(address).json()["version"]
    asked = me.send("PATCH", address, {"expected_version": version, "values": {"amount": "95"}, "then": "amend"}).json()
    assert (asked["state"], asked["version"]) == ("approved", version)
    assert me.get(address).json()["values"]["amount"] == "90.00", "nothing was changed yet"
    told = act(office["two"], asked["flow"], "agree")
    assert told["state"] == "done"
    assert me.get(address).json()["values"]["amount"] == "95.00"


def test_many_at_once(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    flows = [submitted(me, "500")["flow"] for _ in range(3)]
    act(me, flows[1], "withdraw")
    answer = chief.post("/api/flows/bulk", {"do": "agree", "flows": flows, "comment": "all"}).json()["results"]
    assert [(one["ok"], one.get("state")) for one in answer] == [(True, "done"), (False, None), (True, "done")]
    assert answer[1]["problem"]["code"] == "process.answered"


def test_whoever_is_away_has_somebody_else_answer(office: dict[str, Person], place: Place) -> None:
    me, chief, two = office["me"], office["chief"], office["two"]
    early = submitted(me, "500")["flow"]
    today = place.application.approvals(place.company.schema, SYSTEM)._today
    body = {"to": two.user, "from": today.isoformat(), "until": today.isoformat()}
    assert chief.send("PUT", "/api/delegation", body).json()["delegation"]["to"]["id"] == two.user
    assert two.get("/api/delegation").json()["stands_in_for"][0]["id"] == chief.user
    late = submitted(me, "500")["flow"]
    assert {early, late} <= set(box(two, "waiting"))
    told = act(two, late, "agree")
    [person] = told["route"][0]["people"]
    assert (person["id"], person["on_behalf_of"]["id"], told["state"]) == (two.user, chief.user, "done")
    own = submitted(me, "500")["flow"]
    assert own not in box(chief, "waiting")
    told = act(chief, own, "agree", comment="from the train")
    [person] = told["route"][0]["people"]
    assert (person["id"], person["on_behalf_of"], told["state"]) == (chief.user, None, "done")
    assert act(two, early, "add", to=[office["one"].user], where="after")["can"]
    assert chief.send("PUT", "/api/delegation", {}).json()["delegation"] is None
    assert early in box(chief, "waiting"), "whoever is back is asked again"
    assert early not in box(two, "waiting")
    act(chief, early, "refuse")
    assert chief.send("PUT", "/api/delegation", {**body, "to": chief.user}).json()["code"] == "process.bad_delegation"


def test_an_absence_that_is_over_asks_whoever_is_back(office: dict[str, Person], place: Place) -> None:
    me, chief, two = office["me"], office["chief"], office["two"]
    today = place.application.approvals(place.company.schema, SYSTEM)._today
    body = {"to": two.user, "from": today.isoformat(), "until": today.isoformat()}
    chief.send("PUT", "/api/delegation", body)
    flow = submitted(me, "500")["flow"]
    assert flow in box(two, "waiting")
    clock = place.application.approvals(place.company.schema, SYSTEM)
    clock.tick()
    assert flow in box(two, "waiting"), "the last day is not over"
    with place.database.transaction(place.company.schema) as transaction:
        passed = (
            "UPDATE onebook_delegation SET from_day = from_day - 2, until_day = until_day - 1 WHERE person = %(me)s"
        )
        transaction.commit(Statement(passed, {"me": chief.user}))
    leave = 'UPDATE "user" SET active = %(active)s WHERE id = %(me)s'
    for active, whose in ((False, (False, True)), (True, (True, False))):
        with place.database.transaction(place.company.schema) as transaction:
            transaction.commit(Statement(leave, {"me": chief.user, "active": active}))
        clock.tick()
        with place.database.transaction(place.company.schema) as transaction:
            transaction.commit(Statement(leave, {"me": chief.user, "active": True}))
        asked = flow in box(chief, "waiting"), flow in box(two, "waiting")
        assert asked == whose, "whoever has left for good is not asked"
    act(chief, flow, "refuse")


def test_time_limits_remind(office: dict[str, Person], place: Place) -> None:
    me, chief = office["me"], office["chief"]
    flow = submitted(me, "500")["flow"]
    with place.database.transaction(place.company.schema) as transaction:
        late = "UPDATE onebook_flow_task SET due = now() - interval '1 minute' WHERE flow = %(flow)s"
        transaction.commit(Statement(late, {"flow": flow}))
    place.application.approvals(place.company.schema, SYSTEM).tick()
    told = chief.get(f"/api/flows/{flow}").json()
    assert [event["what"] for event in told["events"]] == ["submitted", "reminded"]
    place.application.approvals(place.company.schema, SYSTEM).tick()
    assert len(chief.get(f"/api/flows/{flow}").json()["events"]) == 2, "the next reminder comes a day later"
    act(chief, flow, "refuse")


def test_an_approval_that_breaks_keeps_no_other_from_its_turn(office: dict[str, Person], place: Place) -> None:
    me, chief = office["me"], office["chief"]
    broken, whole = (submitted(me, "500")["flow"] for _ in range(2))
    move = "UPDATE onebook_flow SET route = CASE WHEN id = %(broken)s THEN %(route)s::jsonb ELSE route END"
    with place.database.transaction(place.company.schema) as transaction:
        asked = Statement("SELECT route::text FROM onebook_flow WHERE id = %(id)s", {"id": broken})
        [[(route,)]] = transaction.run(asked)
        late = "UPDATE onebook_flow_task SET due = now() - interval '1 minute' WHERE flow = ANY(%(flows)s)"
        spoil = Statement(move, {"broken": broken, "route": "7"})
        transaction.commit(Statement(late, {"flows": [broken, whole]}), spoil)
    with pytest.raises(TypeError):
        place.application.approvals(place.company.schema, SYSTEM).tick()
    assert [event["what"] for event in chief.get(f"/api/flows/{whole}").json()["events"]] == ["submitted", "reminded"]
    with place.database.transaction(place.company.schema) as transaction:
        transaction.commit(Statement(move, {"broken": broken, "route": route}))
    for flow in (broken, whole):
        act(chief, flow, "refuse")


def test_a_grant_that_was_left_is_carried_out_by_the_clock(office: dict[str, Person], place: Place) -> None:
    """As if the process had died between the last agreement and the command."""
    me, chief = office["me"], office["chief"]
    made = submitted(me, "500")
    approvals = place.application.approvals(place.company.schema, SYSTEM)
    schema = place.company.schema
    with place.database.transaction(schema) as transaction:
        task = "UPDATE onebook_flow_task SET state = 'agreed', answered_at = now() WHERE flow = %(flow)s"
        grant = (
            "UPDATE onebook_flow SET state = 'granted', grants = 1, changed_at = now() - interval '5 minutes'"
            " WHERE id = %(flow)s"
        )
        transaction.commit(Statement(task, {"flow": made["flow"]}), Statement(grant, {"flow": made["flow"]}))
    approvals.tick()
    approvals.carry_out(made["flow"])
    told = chief.get(f"/api/flows/{made['flow']}").json()
    assert (told["state"], state(me, made["id"])) == ("done", "approved")
    with place.database.transaction(schema, read_only=True) as transaction:
        [[(steps,)]] = transaction.run(
            Statement("SELECT count(*) FROM onebook_step WHERE record = %(id)s", {"id": made["id"]})
        )
    assert steps == 1


def test_others_neither_see_nor_answer(office: dict[str, Person], place: Place) -> None:
    flow = submitted(office["me"], "500")["flow"]
    stranger = place.person("packer", language="en")
    assert stranger.get(f"/api/flows/{flow}").status_code == 404
    assert stranger.post(f"/api/flows/{flow}/agree").status_code == 403
    assert office["me"].post(f"/api/flows/{flow}/agree").json()["code"] == "process.not_asked"
    assert office["one"].post(f"/api/flows/{flow}/withdraw").json()["code"] == "process.not_asked"
    assert office["boss"].get(f"/api/flows/{flow}").json()["state"] == "running"
    assert office["chief"].get("/api/flows/999999").status_code == 404
    assert act(office["boss"], flow, "withdraw")["state"] == "withdrawn"


def test_the_same_request_asks_once(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    body = {"values": {"name": "Twice", "amount": "500"}, "then": "approve"}
    first, second = (me.post("/api/spending", body, **{"Idempotency-Key": "twice"}).json() for _ in range(2))
    assert (first["flow"], first["id"]) == (second["flow"], second["id"])
    assert second["repeated"]
    task = box(chief, "waiting")[first["flow"]]["task"]
    for _ in range(2):
        assert act(chief, first["flow"], "agree", task=task)["state"] == "done"


def test_the_trail_of_the_record_tells_who_said_what(office: dict[str, Person]) -> None:
    me, chief, one, two = (office[name] for name in ("me", "chief", "one", "two"))
    made = submitted(me, "2000")
    flow, address = made["flow"], f"/api/spending/{made['id']}"
    act(chief, flow, "return", comment="Which lamps?")
    act(me, flow, "resubmit")
    act(chief, flow, "transfer", to=one.user, comment="yours")
    act(one, flow, "agree", comment="fine")
    for person in (one, two):
        act(person, flow, "agree")
    told = me.get(f"{address}/changes").json()
    course = [(entry["action"], entry["action_label"], entry["by"]["id"]) for entry in reversed(told)]
    assert course == [
        ("create", "Created", me.user), ("@submitted", "Submitted for approval", me.user),
        ("@returned", "Returned to whoever submitted it", chief.user),
        ("@resubmitted", "Submitted for approval again", me.user), ("@transferred", "Transferred", chief.user),
        ("@agreed", "Agreed", one.user), ("@agreed", "Agreed", one.user), ("@agreed", "Agreed", two.user),
        ("approve", "Approve", me.user),
    ]  # fmt: skip
    flows = [entry["flow"] for entry in reversed(told) if entry["flow"]]
    assert {entry["id"] for entry in flows} == {flow}
    assert [(entry["transition_label"], entry["step"], entry["comment"], entry["to"]) for entry in flows[:5]] == [
        ("Approve", None, "", []), ("Approve", "Superior", "Which lamps?", [me.login.title()]),
        ("Approve", None, "", []), ("Approve", "Superior", "yours", [one.login.title()]),
        ("Approve", "Superior", "fine", []),
    ]  # fmt: skip
    lately = office["boss"].get("/api/activity", form="spending").json()["items"]
    assert ("@agreed", "Agreed") in {(entry["action"], entry["action_label"]) for entry in lately}


def test_refused_and_by_the_clock_stand_in_the_trail_too(office: dict[str, Person]) -> None:
    made = submitted(office["me"], "500")
    act(office["chief"], made["flow"], "refuse", comment="no")
    [last, *_] = office["me"].get(f"/api/spending/{made['id']}/changes").json()
    assert (last["action"], last["by"]["id"], last["flow"]["comment"]) == ("@refused", office["chief"].user, "no")


def test_files_go_along_with_an_answer(office: dict[str, Person]) -> None:
    me, chief = office["me"], office["chief"]
    made = submitted(me, "500")
    flow, beside = made["flow"], f"/api/spending/{made['id']}/files"
    mine, theirs = (
        person.client.post(
            beside, files={"file": (f"{person.login}.txt", b"offer")}, headers={"X-CSRF-Token": person.csrf}
        ).json()["id"]
        for person in (me, chief)
    )
    refused = chief.post(f"/api/flows/{flow}/agree", {"files": [theirs, 999_999]})
    assert (refused.status_code, refused.json()["code"]) == (404, "talk.no_attachment")
    assert chief.get(f"/api/flows/{flow}").json()["state"] == "running"
    told = act(chief, flow, "return", comment="see the offer", files=[theirs, mine, theirs])
    named = [{"id": one, "name": f"{who.login}.txt", "size": 5} for one, who in ((theirs, chief), (mine, me))]
    [event] = [one for one in told["events"] if one["what"] == "returned"]
    assert event["files"] == named
    assert told["route"][0]["people"][0]["files"] == named
    [entry, *_] = me.get(f"/api/spending/{made['id']}/changes").json()
    assert entry["flow"]["files"] == named
    assert chief.send("DELETE", f"{beside}/{theirs}").status_code == 204
    assert me.get(f"/api/flows/{flow}").json()["events"][1]["files"] == named, "what it was called stays"
    act(me, flow, "withdraw")


def test_it_goes_on_as_it_was_or_is_moved(office: dict[str, Person], place: Place, application: Application) -> None:
    """Other declarations change nothing of what runs, until somebody moves it there."""
    me, chief, one = office["me"], office["chief"], office["one"]
    stays, moves = submitted(me, "500")["flow"], submitted(me, "500")["flow"]
    text = AGREEMENT.read_text("utf-8").replace("when: amount > 1000\n", "when: amount > 400\n")
    application.publish(place.company.schema, [read_app(SHOP), read_text(text)], SYSTEM)
    seen = me.get(f"/api/flows/{moves}/move").json()
    assert ([step["step"] for step in seen["route"]], seen["is_same"]) == (["superior", "board"], False)
    assert "move" in box(me, "started")[moves]["can"]
    assert "move" not in box(chief, "waiting")[moves]["can"]
    assert chief.post(f"/api/flows/{moves}/move").json()["code"] == "process.not_asked"
    act(me, moves, "move")
    assert act(chief, stays, "agree")["state"] == "done"
    assert act(chief, moves, "agree")["state"] == "running"
    assert me.get(f"/api/flows/{moves}/move").json()["is_same"]
    act(one, moves, "agree")
    assert act(office["two"], moves, "agree")["state"] == "done"


def test_what_waits_is_guarded_even_when_approvals_are_gone(
    office: dict[str, Person], place: Place, application: Application
) -> None:
    me, chief = office["me"], office["chief"]
    made = submitted(me, "300")
    text = re.sub(r"(?ms)^    approval:.*?(?=^  note:)", "", AGREEMENT.read_text("utf-8"))
    text = re.sub(r"(?ms)^    approval:.*?(?=^list:)", "", text)
    application.publish(place.company.schema, [read_app(SHOP), read_text(text)], SYSTEM)
    assert submitted(me, "5000")["state"] == "approved"
    assert me.post(f"/api/spending/{made['id']}/drop").json()["code"] == "process.awaits_approval"
    assert act(chief, made["flow"], "agree")["state"] == "done"
