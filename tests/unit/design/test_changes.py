"""What happens to the values when declarations change: renamed, retyped, dropped, taken back, refused."""

import pytest
from psycopg.errors import RestrictViolation

from onebook.definition.app import App
from onebook.definition.read import read_text
from onebook.engines.design.publish import apps_of, preview, publish
from onebook.engines.design.refusals import NotUnique, OverlayConflicts, ValuesLost
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Rows, Statement

TOOLS = """
app: tools
label: 工具 | Tools
---
form: tool
label: 工具 | Tool
kind: master
title: name
search: [name]
fields:
  name: {kind: text, label: 名称 | Name}
  size: {kind: text, label: 尺寸 | Size}
  colour: {kind: choice, options: {red: 红 | Red, blue: 蓝 | Blue}, label: 颜色 | Colour}
  parts:
    kind: lines
    label: 零件 | Parts
    fields:
      part: {kind: text, label: 零件 | Part}
      count: {kind: number, scale: 0, label: 数量 | Count}
"""


@pytest.fixture
def published(database: Database, company: Company) -> str:
    publish(database, company.schema, [read_text(TOOLS)])
    run(
        database,
        company.schema,
        "INSERT INTO tool (name, size, colour, search) VALUES"
        " ('Saw', '12.5', 'red', ''), ('锤子', 'large', 'blue', ''), ('Saw', '7', NULL, '')",
        "INSERT INTO tool__parts (parent, position, part, count) SELECT id, 1, 'handle', 2 FROM tool",
    )
    return company.schema


def run(database: Database, schema: str, *texts: str) -> list[Rows]:
    with database.transaction(schema) as transaction:
        return transaction.commit(*(Statement(text) for text in texts))


def changed(*changes: tuple[str, str]) -> list[App]:
    text = TOOLS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [read_text(text)]


def test_renamed_fields_forms_and_lines_keep_their_values(database: Database, published: str) -> None:
    apps = changed(
        ("form: tool", "form: instrument\nwas: tool"),
        ("  size: {kind: text,", "  extent: {kind: text, was: size,"),
        ("  parts:\n    kind: lines", "  pieces:\n    kind: lines\n    was: parts"),
        ("      part: {kind: text,", "      piece: {kind: text, was: part,"),
    )
    publish(database, published, apps)
    sizes, pieces = run(
        database,
        published,
        "SELECT extent FROM instrument ORDER BY id",
        "SELECT DISTINCT piece, count::text FROM instrument__pieces",
    )
    assert [size for (size,) in sizes] == ["12.5", "large", "7"]
    assert pieces == [("handle", "2")]
    publish(database, published, apps)
    publish(database, published, apps_of(database, published, 1))
    sizes, pieces = run(
        database,
        published,
        "SELECT size FROM tool ORDER BY id",
        "SELECT DISTINCT part, count::text FROM tool__parts",
    )
    assert [size for (size,) in sizes] == ["12.5", "large", "7"], "a renaming that is taken back loses nothing either"
    assert pieces == [("handle", "2")]


def test_what_leads_to_a_renamed_form_still_leads_there(database: Database, published: str) -> None:
    boxes = (
        "\n---\nform: box\nlabel: 箱 | Box\nkind: master\ntitle: code\n"
        "fields:\n  code: {kind: text, label: 号 | Code}\n  holds: {kind: link, to: tool, label: 装着 | Holds}\n"
    )
    publish(database, published, [read_text(TOOLS + boxes)])
    run(
        database,
        published,
        "INSERT INTO box (holds) SELECT id FROM tool WHERE size = '7'",
        *(
            f"INSERT INTO {table} (form, record, by, {column}) SELECT 'tool', id, 1, {value} FROM tool WHERE size = '7'"
            for table, column, value in (
                ("onebook_change", "action, version", "'create', 1"),
                ("onebook_comment", "text", "'sharp'"),
            )
        ),
        "INSERT INTO ledger_journal (booked_on, form, record, transition, actor)"
        " VALUES ('2026-03-01', 'tool', 1, 'x', 1)",
    )
    renamed = TOOLS.replace("form: tool", "form: instrument\nwas: tool") + boxes.replace("to: tool", "to: instrument")
    looked = preview(database, published, [read_text(renamed)])
    assert looked.lost == []
    publish(database, published, [read_text(renamed)])
    held, *named = run(
        database,
        published,
        "SELECT size FROM box JOIN instrument ON instrument.id = box.holds",
        "SELECT form FROM onebook_change",
        "SELECT form FROM onebook_comment",
        "SELECT form FROM ledger_journal",
    )
    assert held == [("7",)]
    assert named == [[("instrument",)]] * 3, "what is known of its records is known of them under the new name"
    with pytest.raises(RestrictViolation), database.administration(published) as connection:
        connection.execute("UPDATE ledger_journal SET form = 'tool'")


def test_values_that_do_not_convert_are_shown_before_anything_happens(database: Database, published: str) -> None:
    apps = changed(("size: {kind: text,", "size: {kind: number, scale: 2,"))
    (lost,) = preview(database, published, apps).lost
    assert (lost.field, lost.data["records"], lost.data["examples"]) == ("tool.size", 1, ["large"])
    with pytest.raises(ValuesLost):
        publish(database, published, apps)
    (sizes,) = run(database, published, "SELECT size FROM tool ORDER BY id")
    assert [size for (size,) in sizes] == ["12.5", "large", "7"]


def test_accepted_losses_are_blank_and_come_back_with_the_old_version(database: Database, published: str) -> None:
    publish(database, published, changed(("size: {kind: text,", "size: {kind: number, scale: 2,")), accept=True)
    (sizes,) = run(database, published, "SELECT size::text FROM tool ORDER BY id")
    assert [size for (size,) in sizes] == ["12.50", None, "7.00"]


def test_dropped_things_are_kept_aside_and_return(database: Database, published: str) -> None:
    without = TOOLS[: TOOLS.index("  parts:")].replace("  size: {kind: text, label: 尺寸 | Size}\n", "")
    publish(database, published, [read_text(without)])
    (columns,) = run(
        database,
        published,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'tool'::regclass",
    )
    assert ("size",) not in columns
    publish(database, published, apps_of(database, published, 1))
    sizes, parts = run(database, published, "SELECT size FROM tool ORDER BY id", "SELECT part FROM tool__parts")
    assert [size for (size,) in sizes] == ["12.5", "large", "7"]
    assert parts == [("handle",)] * 3


def test_unique_needs_unique_values(database: Database, published: str) -> None:
    apps = changed(("name: {kind: text,", "name: {kind: text, unique: true,"))
    with pytest.raises(NotUnique) as refused:
        publish(database, published, apps, accept=True)
    assert [problem.data["value"] for problem in refused.value.problems] == ["Saw"]


def test_lost_options_count_as_lost_values(database: Database, published: str) -> None:
    apps = changed(("red: 红 | Red, blue", "green: 绿 | Green, blue"))
    assert [problem.data["examples"] for problem in preview(database, published, apps).lost] == [["red"]]
    publish(database, published, apps, accept=True)
    (colours,) = run(database, published, "SELECT colour FROM tool ORDER BY id")
    assert [colour for (colour,) in colours] == [None, "blue", None]
    run(database, published, "UPDATE tool SET colour = 'green'")


def test_states_and_computed_fields_reach_records_that_are_there(database: Database, published: str) -> None:
    apps = changed(
        ("kind: master", 'kind: document\nnumber: "T{seq:3}"'),
        (
            "search: [name]",
            "search: [name, size]\nstates: {new: 新 | New, old: 旧 | Old}\n"
            "transitions: {age: {label: 旧 | Age, from: new, to: old}}",
        ),
        ("  colour:", "  pieces: {kind: number, formula: SUM(parts.count), label: 件数 | Pieces}\n  colour:"),
    )
    publish(database, published, apps)
    (rows,) = run(database, published, "SELECT state, pieces::int, search FROM tool ORDER BY id")
    assert [(state, pieces) for state, pieces, _ in rows] == [("new", 2)] * 3
    assert "cz" in rows[1][2]
    assert "large" in rows[1][2]


OWN = """
app: own
label: 自有 | Own
needs: [tools]
---
patch: form
name: tool
change:
  label: 器具 | Gear
  fields:
    owner: {kind: text, label: 主人 | Owner}
"""


def test_overlays_survive_upgrades_and_conflicts_are_shown(database: Database, published: str) -> None:
    own = read_text(OWN)
    publish(database, published, [*changed(), own])
    quiet = [*changed(("尺寸 | Size", "大小 | Size")), own]
    catalog = publish(database, published, quiet).catalog
    assert catalog.forms["tool"].fields["owner"].label.english == "Owner"
    assert catalog.forms["tool"].fields["size"].label.chinese == "大小"
    loud = [*changed(("label: 工具 | Tool\n", "label: 量具 | Gauge\n")), own]
    with pytest.raises(OverlayConflicts) as refused:
        publish(database, published, loud)
    (problem,) = refused.value.problems
    assert (problem.field, problem.data["now"], problem.data["overlay"]) == (
        "form tool: label",
        "量具 | Gauge",
        "器具 | Gear",
    )
    assert publish(database, published, loud, accept=True).catalog.forms["tool"].label.english == "Gear"
