"""A company whose people were mentioned before there were messages: brought up to date, inboxes are what they were."""

import shutil
from pathlib import Path

import pytest
from psycopg import errors

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.engines.process.command import Command, Create
from onebook.storage import schema
from onebook.storage.database import Database
from onebook.storage.schema import create_company, migrate
from onebook.storage.transaction import Statement
from onebook.values.reference import RecordRef

SHOP = """
app: shop
label: 店 | Shop
---
form: user
label: 人 | User
kind: master
title: name
fields:
  name: {kind: text, label: 名 | Name}
  login: {kind: text, label: 登 | Login}
  roles: {kind: choices, options_from: roles, label: 角 | Roles}
  active: {kind: flag, default: true, label: 在 | Active}
---
form: job
label: 活 | Job
kind: master
title: name
fields:
  name: {kind: text, required: true, label: 名 | Name}
---
role: boss
label: 主 | Boss
everything: true
"""
#: Two mentions, as they were written before; the first was read.
BEFORE = """
WITH said AS (
    INSERT INTO onebook_comment (form, record, at, by, text, mentions)
    VALUES ('job', %(job)s, '2026-03-01T08:00Z', %(other)s, 'first', ARRAY[%(me)s::bigint]),
           ('job', %(job)s, '2026-03-02T08:00Z', %(other)s, 'second', ARRAY[%(me)s::bigint])
    RETURNING id, at, text
)
INSERT INTO onebook_notification (recipient, kind, form, record, subject, at, by, read_at)
SELECT %(me)s, 'mention', 'job', %(job)s, id, at, %(other)s, CASE WHEN text = 'first' THEN at END FROM said ORDER BY id
"""


def test_an_inbox_of_before(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder)
    for file in (folder / "company").glob("*.sql"):
        if int(file.name[:4]) >= 9:
            file.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", folder)
        with database.administration() as connection:
            company = create_company(connection, "Begun before")
    application = Application(database)
    application.publish(company.schema, [read_text(SHOP)], SYSTEM)

    def made(form: str, **values: object) -> int:
        return application.execute(company.schema, Command(Create(form, values), SYSTEM)).record.id

    me, other = (made("user", name=name, login=name, roles=["boss"]) for name in ("me", "other"))
    job = made("job", name="Lamps")
    with database.administration(company.schema) as connection:
        connection.execute(BEFORE, {"me": me, "other": other, "job": job})

    assert f"{company.schema}: 0009_messages" in migrate(database)
    talk = application.talk(company.schema, Actor(me, "me", frozenset({"boss"})))
    page = talk.notifications(unread=False, cursor=None, limit=10)
    assert page["unread"] == 1
    told = [(one["kind"], one["text"], one["title"], one["by"]["title"], one["read"]) for one in page["items"]]
    assert told == [("mention", "second", "Lamps", "other", False), ("mention", "first", "Lamps", "other", True)]
    assert [(one["heading"], one["link"], one["urgent"]) for one in page["items"]] == [("", None, False)] * 2
    assert talk.read_notifications(None) == 0

    # What comes now stands above what was there.
    with database.transaction(company.schema) as transaction:
        message = Message("task", me, title="Sign", text="please", record=RecordRef("job", job), by=other)
        transaction.commit(*posted([message]))
    page = talk.notifications(unread=False, cursor=None, limit=10)
    assert [one["kind"] for one in page["items"]] == ["task", "mention", "mention"]
    # The walls stand: a mention tells of a comment, and nothing else does.
    with pytest.raises(errors.CheckViolation), database.administration(company.schema) as connection:
        connection.execute("UPDATE onebook_notification SET subject = NULL WHERE kind = 'mention'")
    with database.transaction(company.schema, read_only=True) as transaction:
        [[(waiting,)]] = transaction.run(Statement("SELECT count(*) FROM onebook_message WHERE kind = 'mention'"))
    assert waiting == 0, "what was told before is not sent again"
