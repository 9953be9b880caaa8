"""Broken units, and rows of reports that something has dealt with: each is refused with its reason, at its place."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal

SHOP = """
app: shop
label: 店 | Shop
---
form: unit
label: 单位 | Unit
kind: master
title: name
search: [name]
fields:
  name: {kind: text, required: true, label: 名 | Name}
---
form: thing
label: 物 | Thing
kind: master
title: name
search: [name]
packs: {lines: units, unit: larger, numerator: over, denominator: under, base: smallest}
fields:
  name: {kind: text, required: true, label: 名 | Name}
  smallest: {kind: link, to: unit, label: 基 | Base}
  units:
    kind: lines
    label: 辅 | Units
    fields:
      larger: {kind: link, to: unit, label: 大 | Larger}
      over: {kind: number, label: 分子 | Over}
      under: {kind: number, label: 分母 | Under}
---
form: paper
label: 纸 | Paper
kind: document
number: "P{yyyy}-{seq:4}"
fields:
  note: {kind: text, label: 注 | Note}
  lines:
    kind: lines
    label: 行 | Lines
    fields:
      thing: {kind: link, to: thing, label: 物 | Thing}
      unit: {kind: link, to: unit, label: 单位 | Unit}
      quantity: {kind: quantity, counts: thing, in_unit: unit, label: 数 | Quantity}
      before: {kind: link, to: paper.lines, label: 前 | Before}
      since: {kind: date, label: 自 | Since}
      until: {kind: date, label: 至 | Until}
states: {draft: 草 | Draft}
---
report: rows_left
label: 余行 | Rows left
source: records
of: paper.lines
parameters:
  least: {kind: quantity, label: 至少 | At least}
rows: [id, thing]
unless:
  - form: paper.lines
    same: {before: id}
    when: quantity > least
    days: {starts: since, ends: until, first: TODAY(), last: TODAY() + 9}
columns:
  quantity: {label: 数 | Quantity, shows: quantity, total: true}
"""


def test_the_shop_is_whole() -> None:
    Catalog.of([read_text(SHOP)])


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("lines: units, unit", "lines: nothing, unit", "unknown_lines", "form thing: packs.lines"),
        ("unit: larger", "unit: over", "unknown_field", "form thing: packs.unit"),
        ("numerator: over", "numerator: larger", "unknown_field", "form thing: packs.numerator"),
        ("denominator: under", "denominator: nothing", "unknown_field", "form thing: packs.denominator"),
        ("base: smallest", "base: name", "unknown_field", "form thing: packs.base"),
        ("counts: thing", "counts: unit", "unknown_field", "form paper: fields.lines.fields.quantity.counts"),
        ("counts: thing", "counts: nothing", "unknown_field", "form paper: fields.lines.fields.quantity.counts"),
        ("in_unit: unit", "in_unit: thing", "unknown_field", "form paper: fields.lines.fields.quantity.in_unit"),
        ("counts: thing, in", "in", "counts_misplaced", "form paper: fields.lines.fields.quantity.in_unit"),
        ("text, label: 注", "text, counts: x, label: 注", "counts_misplaced", "form paper: fields.note.counts"),
        ("form: paper.lines\n    same", "form: nothing\n    same", "unknown_form", "report rows_left: unless.0.form"),
        ("form: paper.lines\n    s", "form: paper.rows\n    s", "unknown_lines", "report rows_left: unless.0.form"),
        ("{before: id}", "{after: id}", "unknown_field", "report rows_left: unless.0.same.after"),
        ("{before: id}", "{before: thing}", "other_link", "report rows_left: unless.0.same.before"),
        ("{before: id}", "{quantity: unit}", "wrong_type", "report rows_left: unless.0.same.quantity"),
        ("when: quantity >", "when: quantity +", "wrong_type", "report rows_left: unless.0.when"),
        ("starts: since", "starts: quantity", "unknown_field", "report rows_left: unless.0.days.starts"),
        ("ends: until", "ends: nothing", "unknown_field", "report rows_left: unless.0.days.ends"),
        ("first: TODAY()", "first: 9", "wrong_type", "report rows_left: unless.0.days.first"),
        ("last: TODAY()", "last: thing", "wrong_type", "report rows_left: unless.0.days.last"),
        ("rows: [id, thing]", "rows: []", "rows_without_keys", "report rows_left: unless"),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(old: str, new: str, code: str, place: str) -> None:
    assert old in SHOP
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(SHOP.replace(old, new, 1))])
    told = {(problem.code.partition(".")[2], problem.field) for problem in refused.value.problems}
    assert (code, place) in told
