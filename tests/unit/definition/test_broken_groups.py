"""Reports over groups, broken one by one: each is refused with its reason, at its place."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal

SHOP = """
app: shop
label: 店 | Shop
---
form: shelf
label: 架 | Shelf
kind: master
title: name
fields:
  name: {kind: text, label: 名 | Name}
---
form: order
label: 单 | Order
kind: document
number: "O{seq:4}"
dated_by: day
fields:
  day: {kind: date, default: TODAY(), label: 日 | Day}
  shelf: {kind: link, to: shelf, label: 架 | Shelf}
  other: {kind: link, to: shelf, label: 旁 | Other}
  total: {kind: money, label: 计 | Total}
states: {open: 开 | Open}
---
account: till
label: 款 | Till
dimensions: {place: shelf}
---
report: groups
label: 组 | Groups
source: records
of: order
parameters:
  from: {kind: date, label: 自 | From}
  to: {kind: date, label: 至 | To}
filter: day >= from AND day <= to
posted: {booked: till}
rows: [shelf]
keeps: count > 1
columns:
  first: {label: 首 | First, shows: day, total: min}
  count: {label: 数 | Count, shows: 1, total: true}
  total: {label: 计 | Total, shows: total + booked, total: true}
  mean: {label: 均 | Mean, shows: total / count}
  fifth: {label: 档 | Fifth, shows: mean, parts: 5}
  word: {label: 词 | Word, shows: 'IF(fifth > 3, "much", "little")', options: {much: 多 | Much, little: 少 | Little}}
sort: [-fifth]
---
report: plain
label: 明 | Plain
source: records
of: order
parameters:
  from: {kind: date, label: 自 | From}
  to: {kind: date, label: 至 | To}
filter: day >= from AND day <= to
rows: [other]
columns:
  total: {label: 计 | Total, shows: total, total: true}
---
report: moved
label: 动 | Moved
source: balances
of: till
rows: [place]
columns:
  mean: {label: 均 | Mean, shows: average, total: true}
  twice: {label: 倍 | Twice, shows: mean * 2}
---
metric: sold
label: 卖 | Sold
report: plain
column: total
time: span
---
metric: kept
label: 存 | Kept
report: moved
column: mean
time: span
---
metric: orders
label: 单 | Orders
report: groups
column: count
time: span
---
report: beside
label: 并 | Beside
source: metrics
of: shelf
parameters:
  from: {kind: date, label: 自 | From}
  to: {kind: date, label: 至 | To}
rows: [shelf]
keys: {sold: other, kept: place}
columns:
  name: {label: 名 | Name, shows: shelf.name}
  sold: {label: 卖 | Sold, shows: sold, total: true}
  rate: {label: 率 | Rate, shows: sold / kept}
"""

BROKEN = [
    ("shows: day, total: min", "shows: shelf, total: min", "total_of_words", "groups: columns.first.shows"),
    ("shows: mean, parts: 5", "shows: mean, parts: 5, total: true", "parts_of_groups", "groups: columns.fifth.parts"),
    ("shows: total / count", "shows: total / fifth", "unknown_name", "groups: columns.mean.shows"),
    ("keeps: count > 1", "keeps: count", "wrong_type", "groups: keeps"),
    ("keeps: count > 1", "keeps: mean > 1", "unknown_name", "groups: keeps"),
    ("{booked: till}", "{booked: tilt}", "unknown_account", "groups: posted.booked"),
    ("{booked: till}", "{total: till}", "stands_twice", "groups: posted.total"),
    (
        "shows: mean, parts: 5}",
        "shows: mean, options: {a: 甲 | A}}",
        "options_of_texts",
        "groups: columns.fifth.options",
    ),
    ("of: till\nrows", "of: till\nkeeps: mean > 1\nrows", "only_records_have", "moved: keeps"),
    ("shows: average, total: true", "shows: average, total: max", "only_records_have", "moved: columns.mean.total"),
    ("of: shelf\nparameters", "of: shelve\nparameters", "unknown_form", "beside: of"),
    ("rows: [shelf]\nkeys", "rows: [shelf, other]\nkeys", "one_key", "beside: rows"),
    ("{sold: other, kept: place}", "{sold: day, kept: place}", "unknown_key", "beside: keys.sold"),
    ("{sold: other, kept: place}", "{sole: other, kept: place}", "unknown_metric", "beside: keys.sole"),
    ("shows: sold / kept", "shows: sold / orders", "not_by_key", "beside: columns"),
    ("shows: sold / kept", "shows: sold / nothing", "unknown_name", "beside: columns.rate.shows"),
]


def test_the_shop_itself_is_right() -> None:
    assert {"groups", "plain", "moved", "beside"} == set(Catalog.of([read_text(SHOP)]).reports)


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_what_is_broken_is_named(old: str, new: str, code: str, path: str) -> None:
    assert SHOP.count(old) >= 1
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(SHOP.replace(old, new, 1))])
    told = [(problem.code.partition(".")[2], problem.field) for problem in refused.value.problems]
    assert (code, f"report {path}") in told
