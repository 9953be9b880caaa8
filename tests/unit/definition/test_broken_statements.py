"""Broken statements, drawings and closings: each is refused with its reason, at its place."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal

BOOKS = """
app: books
label: 账 | Books
---
form: title
label: 科目 | Title
kind: master
title: name
search: [name]
fields:
  code: {kind: text, required: true, label: 编码 | Code}
  name: {kind: text, required: true, label: 名 | Name}
  side: {kind: flag, label: 方 | Side}
---
form: month_end
label: 月结 | Month end
kind: document
number: "M{yyyy}-{seq:4}"
dated_by: day
fields:
  day: {kind: date, default: TODAY(), label: 日 | Day}
  keeps: {kind: flag, label: 留 | Keeps}
  opening: {kind: money, label: 初 | Opening}
  lines:
    kind: lines
    label: 行 | Lines
    fields:
      title: {kind: link, to: title, label: 科 | Title}
      balance: {kind: money, label: 额 | Balance}
      double: {kind: money, formula: balance * 2, label: 倍 | Double}
states: {open: 开 | Open, closed: 结 | Closed, again: 反 | Again}
transitions:
  take:
    label: 取 | Take
    from: open
    to: open
    draws:
      - report: titles
        when: NOT keeps
        parameters: {month: day}
        lines: lines
        fields: {title: title, balance: balance}
        sets: {opening: balance}
  close:
    label: 结 | Close
    from: open
    to: closed
    entries:
      - {each: lines, amount: balance, debit: result, credit: carried(title)}
    closes: {month: day, leaves_drafts: keeps, checks: "TRUE"}
    irreversible: 不可 | No way back
  reopen:
    label: 反 | Again
    from: closed
    to: again
    reopens: day
    irreversible: 不可 | No way back
list: {columns: [number, day], sort: [-day]}
---
account: carried
label: 转 | Carried
subject: item.code
dimensions: {item: title}
kept: false
---
account: result
label: 果 | Result
subject: "31"
kept: false
---
report: titles
label: 余额 | Titles
source: subjects
of: title
parameters:
  month: {kind: month, label: 月 | Month}
rows: [code, name]
filter: own_closing <> 0
columns:
  title: {label: 科 | Title, shows: id}
  balance: {label: 额 | Balance, shows: closing, total: true}
---
report: sheet
label: 表 | Sheet
source: subjects
of: title
without: [carried]
parameters:
  month: {kind: month, label: 月 | Month}
lines:
  - {line: gains, label: 收 | Gains, subjects: ["5"], side: credit}
  - {line: carried, label: 转 | Carried, roles: [result]}
  - {line: all, label: 计 | All, shows: gains + carried}
columns:
  closing: {label: 末 | Closing, shows: closing}
"""

BROKEN = [
    ("subject: item.code", "subject: item.side", "definition.unknown_subject_path", "account carried: subject"),
    ("subject: item.code", "subject: place.code", "definition.unknown_subject_path", "account carried: subject"),
    ("of: title\nparameters", "of: titel\nparameters", "definition.unknown_form", "report titles: of"),
    ("rows: [code, name]", "rows: [code, side]", "definition.unknown_field", "report titles: rows.1"),
    ("rows: [code, name]\n", "", "definition.subjects_or_lines", "report titles: rows"),
    ("filter: own_closing <> 0", "filter: own_closing", "expression.wrong_type", "report titles: filter"),
    ("filter: own_closing <> 0", "sort: [code]", "definition.subjects_have_no_filter", "report titles"),
    ("month: {kind: month,", "month: {kind: date,", "definition.months_only", "report titles: parameters.month.kind"),
    ("shows: closing, to", "shows: ending, to", "expression.unknown_name", "report titles: columns.balance.shows"),
    ("without: [carried]", "without: [carry]", "definition.unknown_account", "report sheet: without.0"),
    ("shows: gains + carried", "shows: gains + all", "expression.unknown_name", "report sheet: lines.2.shows"),
    ("line: carried,", "line: gains,", "definition.declared_twice", "report sheet: lines.1"),
    ("roles: [result]", "roles: [results]", "definition.unknown_account", "report sheet: lines.1.roles"),
    ('subjects: ["5"],', 'subjects: ["5"], shows: "1",', "definition.two_sources", "report sheet: lines.0"),
    ("report: titles\n   ", "report: title\n   ", "definition.unknown_report", "transitions.take.draws.0.report"),
    ("{month: day}", "{day: day}", "definition.unknown_parameter", "transitions.take.draws.0.parameters.day"),
    ("{month: day}", "{month: keeps}", "expression.wrong_type", "transitions.take.draws.0.parameters.month"),
    ("when: NOT keeps", "when: day", "expression.wrong_type", "transitions.take.draws.0.when"),
    ("lines: lines\n", "lines: rows\n", "definition.unknown_lines", "transitions.take.draws.0.lines"),
    ("balance: balance}\n", "double: balance}\n", "definition.not_typed", "transitions.take.draws.0.fields.double"),
    ("{title: title,", "{title: titel,", "definition.unknown_column", "transitions.take.draws.0.fields.title"),
    ("{opening: balance}", "{opening: code}", "definition.unknown_column", "transitions.take.draws.0.sets.opening"),
    ("{opening: balance}", "{day: balance}", "definition.not_typed", "transitions.take.draws.0.sets.day"),
    ("from: open\n    to: op", "from: closed\n    to: op", "definition.draws_into_closed", "transitions.take.from.0"),
    ("{month: day, leaves", "{month: keeps, leaves", "expression.wrong_type", "transitions.close.closes.month"),
    ("reopens: day", "reopens: keeps", "expression.wrong_type", "transitions.reopen.reopens"),
    (
        "reopens: day\n    irreversible: 不可 | No way back",
        "reopens: day",
        "definition.closing_reversible",
        "transitions.reopen",
    ),
]  # fmt: skip


def test_the_books_are_right() -> None:
    catalog = Catalog.of([read_text(BOOKS)])
    assert [line.line for line in catalog.reports["sheet"].lines] == ["gains", "carried", "all"]


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_what_is_broken_is_named(old: str, new: str, code: str, path: str) -> None:
    assert BOOKS.count(old) >= 1
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(BOOKS.replace(old, new, 1))])
    found = [(problem.code, str(problem.field).removeprefix("form month_end: ")) for problem in refused.value.problems]
    assert (code, path) in found


def test_lines_belong_to_subjects() -> None:
    text = BOOKS.replace("source: subjects\nof: title\nwithout: [carried]", "source: records\nof: title", 1)
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(text)])
    assert "definition.only_subjects_have_lines" in [problem.code for problem in refused.value.problems]
