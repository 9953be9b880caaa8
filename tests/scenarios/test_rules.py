"""Rules do what they say, once each: every trigger and every consequence, told in a workshop."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from onebook.access.actor import SYSTEM
from onebook.access.membership import load_actor
from onebook.engines.process.command import Run
from onebook.engines.process.importing.request import ImportRequest
from onebook.engines.rule.refusals import ForbiddenByRule
from onebook.locale.texts import text_of
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Statement
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.rules_desk import Desk


@pytest.fixture
def desk(database: Database, company: Company) -> Iterator[Desk]:
    desk = Desk.opened(database, company)
    yield desk
    desk.assert_clean()


def test_a_shortage_makes_one_job_until_it_is_over(desk: Desk) -> None:
    keeper = desk.made("user", name="keeper").id
    part = desk.made("part", name="bolt", least="5", keeper=keeper)
    desk.made("intake", "take", part=part.id, count="10")
    desk.settle()
    assert desk.fired("low") == []
    desk.made("intake", "give", part=part.id, count="7")
    desk.settle()
    desk.made("intake", "give", part=part.id, count="1")
    desk.settle()
    assert desk.fired("low") == [("done", part.id, 2)]
    assert desk.ask("SELECT about, size, state FROM job") == [("need bolt", 2, "doing")]
    assert desk.ask("SELECT count FROM job__lines") == [(2,)]
    assert [one for one in desk.told() if one[0]] == [
        (keeper, "{name} low", "{name}: {balance} < {least}", {"balance": "3"})
    ]
    desk.made("intake", "take", part=part.id, count="50")
    desk.settle()
    desk.made("intake", "give", part=part.id, count="50")
    desk.settle()
    assert len(desk.fired("low")) == 2
    assert desk.ask("SELECT count(*) FROM job") == [(2,)]


def test_what_is_created_is_tagged_and_given_to_whoever_has_least(desk: Desk) -> None:
    hands = [desk.made("user", name=name, roles=["hand"]).id for name in ("one", "two", "three")]
    jobs = [desk.made("job", about="x", size="11") for _ in range(6)]
    small = desk.made("job", about="y", size="3")
    desk.settle()
    assert [desk.value(job, "hand") for job in jobs] == [*hands, *hands]
    assert {tuple(desk.value(job, "marks")) for job in jobs} == {("big",)}
    assert desk.value(small, "hand") is None
    assert len(desk.fired("greet")) == 6


def test_a_step_tells_people_and_its_reversal_is_heard_once(desk: Desk) -> None:
    boss = desk.made("user", name="boss", roles=["boss"]).id
    hand = desk.made("user", name="hand").id
    job = desk.made("job", about="x", hand=hand)
    desk.run(job, "finish")
    desk.settle()
    assert [to for to, *_ in desk.told()] == [hand, boss]
    for _ in range(2):
        desk.undo(job)
        desk.settle()
        desk.run(job, "finish")
        desk.settle()
    assert desk.value(job, "about") == "taken back"
    assert desk.fired("back") == [("done", job.id, 1)]
    assert len(desk.fired("thanks")) == 3


def test_changed_fields_of_rows_and_formulas_are_heard_once_a_day(desk: Desk) -> None:
    job = desk.made("job", about="x", size="1", lines=[{"count": "1"}])
    desk.settle()
    assert desk.fired("resized") == []
    desk.change(job, size="7")
    desk.settle()
    assert desk.value(job, "echo") == 7
    desk.change(job, echo="0")
    line = desk.line(job, "id")
    desk.change(job, lines=[{"id": line, "count": "2"}])
    desk.settle()
    assert len(desk.fired("resized")) == 1
    desk.clock[0] += timedelta(days=1)
    desk.change(job, lines=[{"id": line, "count": "3"}])
    desk.change(job, about="nobody listens to this")
    desk.settle()
    assert len(desk.fired("resized")) == 2
    assert desk.value(job, "echo") == 7


def test_the_clock_reminds_of_dates_once_and_looks_every_morning(desk: Desk) -> None:
    hand = desk.made("user", name="hand").id
    soon = desk.made("job", about="soon", due="2026-03-13", hand=hand)
    desk.made("job", about="later", due="2026-03-20", hand=hand)
    big = desk.made("job", "begin", about="big", size="101")
    desk.settle()
    assert [(state, one) for state, one, _ in desk.fired("soon")] == [("done", soon.id)]
    assert desk.value(big, "about") == "still big"
    desk.settle()
    desk.clock[0] += timedelta(days=1)
    desk.settle()
    assert len(desk.fired("soon")) == 1
    assert len(desk.fired("morning")) == 2
    desk.clock[0] += timedelta(days=6)
    desk.settle()
    assert len(desk.fired("soon")) == 2


def test_rules_that_set_each_other_off_are_cut_with_words(desk: Desk) -> None:
    job = desk.made("job", about="x", echo="0")
    desk.change(job, echo="-1")
    desk.settle()
    dead = desk.ask("SELECT rule, depth, error ->> 'code' FROM onebook_firing WHERE state = 'dead'")
    assert dead == [("pong", 9, "rule.too_deep")]
    assert len(desk.fired("ping")) + len(desk.fired("pong")) == 10
    assert desk.ask("SELECT count(*) FROM onebook_event") == [(0,)]


def test_what_sleeps_hears_nothing(desk: Desk) -> None:
    job = desk.made("job", about="x")
    desk.settle()
    assert desk.fired("asleep") == []
    assert desk.value(job, "echo") is None


def test_a_call_and_a_short_message_leave_by_their_channels(desk: Desk) -> None:
    part = desk.made("part", name="bolt", phone="13800000000").id
    job = desk.made("job", "begin", about="x", part=part, size="2")
    desk.settle()
    assert desk.fired("outside") == [("done", job.id, 2)]
    told = desk.ask("SELECT channel, address, data FROM onebook_message ORDER BY channel")
    assert told == [("partner", None, {"job": "J0001", "size": "2"}), ("sms", "13800000000", {})]


def test_a_rule_has_the_rights_of_whoever_set_it_off(desk: Desk) -> None:
    hand = desk.made("user", name="hand", login="hand", roles=["hand"]).id
    job = desk.made("job", about="x", size="1")
    with desk.application.database.transaction(desk.schema) as transaction:
        actor = load_actor(transaction, "hand")
    mine = Desk(desk.application, desk.schema, actor, clock=desk.clock)
    mine.change(job, size="7")
    desk.settle()
    assert desk.ask("SELECT by FROM onebook_change WHERE action = 'update' ORDER BY id") == [(hand,), (hand,)]
    desk.change(RecordRef("user", hand), active=False)
    desk.clock[0] += timedelta(days=1)
    with desk.application.database.transaction(desk.schema) as transaction:
        transaction.commit(
            Statement(
                "INSERT INTO onebook_firing (rule, version, form, object, episode, by, cause, depth, next_at)"
                " VALUES ('resized', 1, 'job', %s, 'gone', %s, 1, 0, '2026-01-01')",
                (job.id, hand),
            )
        )
    desk.settle()
    assert desk.ask("SELECT error ->> 'code' FROM onebook_firing WHERE state = 'dead'") == [("access.not_a_member",)]


def test_what_fails_is_tried_again_and_given_up_in_the_end(desk: Desk) -> None:
    job = desk.made("job", about="x", size="7")
    desk.change(job, size="8")
    desk.change(job, size="7")
    desk.run(job, "finish")
    desk.settle()
    assert desk.fired("resized") == [("failed", job.id, 0)]
    for _ in range(6):
        desk.clock[0] += timedelta(hours=2)
        desk.settle()
    assert desk.fired("resized") == [("dead", job.id, 0)]
    assert desk.ask("SELECT attempts FROM onebook_firing WHERE rule = 'resized'") == [(5,)]


def test_before_rules_refuse_every_writer_in_their_own_words(desk: Desk) -> None:
    with pytest.raises(ForbiddenByRule) as refused:
        desk.made("job", about="x", size="1000001")
    assert text_of(refused.value, "en") == "A rule does not allow it: Too big"
    job = desk.made("job", about="x", size="3")
    with pytest.raises(ForbiddenByRule):
        desk.change(job, size="2000000")
    blank = desk.made("job", size="1")
    with pytest.raises(ForbiddenByRule):
        desk.run(blank, "begin")
    assert [type(one) for one in desk.preview(Run(blank, "begin")).refusals] == [ForbiddenByRule]
    request = ImportRequest("job", "大小\n5\n7000000\n".encode())
    with pytest.raises(Refusal) as wrong:
        desk.application.import_(desk.schema, SYSTEM, request)
    assert [(one.code, one.row) for one in wrong.value.problems] == [("rule.says_no", 3)]
    assert desk.value(job, "size") == 3


def test_before_rules_see_what_a_step_makes_and_what_lies_behind_its_links(desk: Desk) -> None:
    ann, nobody = desk.made("user", name="Ann").id, desk.made("user", name="nobody").id
    wrong = desk.made("job", about="drill", hand=nobody)
    with pytest.raises(ForbiddenByRule) as refused:
        desk.run(wrong, "equip")
    assert text_of(refused.value, "en") == "A rule does not allow it: Nobody keeps it"
    assert [type(one) for one in desk.preview(Run(wrong, "equip")).refusals] == [ForbiddenByRule]
    assert desk.ask("SELECT count(*) FROM part WHERE name = 'drill'") == [(0,)]
    right = desk.made("job", about="lathe", hand=ann)
    desk.run(right, "equip")
    assert desk.ask("SELECT name, keeper FROM part WHERE id = %(id)s", id=desk.value(right, "part")) == [("lathe", ann)]


def test_many_records_are_changed_at_once_and_their_traces_stay_apart(desk: Desk) -> None:
    """A rule on many changed records of one import: the same effect, and each record keeps its own chain."""
    jobs = [desk.made("job", about=f"job {place}", size="1", echo="5") for place in range(60)]
    desk.run(jobs[0], "finish")
    rows = [f"{desk.value(job, 'number')},7" for job in jobs[1:]]
    content = "\n".join(["number,size", *rows]).encode()
    request = ImportRequest("job", content, mapping={"number": "number", "size": "size"}, key=("number",))
    assert desk.application.import_(desk.schema, SYSTEM, request).changed == 59
    desk.settle()
    assert {desk.value(job, "echo") for job in jobs[1:]} == {7}
    assert desk.value(jobs[0], "echo") == 5
    assert len(desk.fired("resized")) == 59
    assert {state for state, *_ in desk.fired("resized")} == {"done"}
    versions = {desk.value(job, "version") for job in jobs[1:]}
    assert versions == {3}
    # The echo of each was heard as its own: what it leads to goes back to the change of the very record.
    assert desk.ask("SELECT count(DISTINCT cause) FROM onebook_firing WHERE rule = 'resized'") == [(59,)]


def test_a_before_rule_may_ask_for_agreement(desk: Desk) -> None:
    desk.made("user", name="boss", login="boss", roles=["boss"])
    hand = desk.made("user", name="hand", login="hand", roles=["hand"]).id
    small, large = desk.made("job", about="x", size="3", hand=hand), desk.made("job", about="x", size="501", hand=hand)
    assert desk.run(small, "finish").flow is None
    asked = desk.run(large, "finish")
    assert asked.flow is not None
    assert (desk.state(small), desk.state(large)) == ("done", "open")
    desk.settle()
    assert [one for _, one, _ in desk.fired("thanks")] == [small.id]
