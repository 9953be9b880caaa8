"""Broken apps, one by one: each is refused with its reason, at its place."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal

SHOP = """
app: shop
label: 店 | Shop
---
form: thing
label: 物 | Thing
kind: master
title: name
search: [name]
fields:
  name: {kind: text, required: true, label: 名 | Name}
  place: {kind: link, to: shelf, label: 架 | Shelf}
  price: {kind: price, label: 价 | Price}
  parts:
    kind: lines
    label: 件 | Parts
    fields:
      part: {kind: link, to: thing, label: 件 | Part}
      count: {kind: quantity, label: 个 | Count}
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
number: "O{yyyy}-{seq:4}"
dated_by: day
fields:
  day: {kind: date, default: TODAY(), label: 日 | Day}
  shelf: {kind: link, to: shelf, label: 架 | Shelf}
  lines:
    kind: lines
    label: 行 | Lines
    fields:
      thing: {kind: link, to: thing, label: 物 | Thing}
      quantity: {kind: quantity, label: 数 | Quantity}
      amount: {kind: money, formula: "ROUND(quantity * thing.price, 2)", label: 额 | Amount}
      taken: {kind: quantity, meter: {hold: keep, shows: settled}, label: 已 | Taken}
  total: {kind: money, formula: SUM(lines.amount), label: 计 | Total}
  owed: {kind: money, meter: {account: owed, shows: amount}, label: 欠 | Owed}
states: {open: 开 | Open, held: 留 | Held, done: 完 | Done, undone: 冲 | Undone}
transitions:
  hold:
    label: 留 | Hold
    from: open
    to: held
    holds:
      - {name: keep, each: lines, on: "stock(thing, shelf)", quantity: -quantity}
  finish:
    label: 完 | Finish
    from: held
    to: done
    reversed_to: undone
    settles:
      - {hold: keep, of: id, each: lines, quantity: quantity}
    moves:
      - {each: lines, quantity: quantity, from: "stock(thing, shelf)", to: cost(thing)}
    entries:
      - {amount: total, debit: owed(id), credit: income}
list: {columns: [number, day], sort: [-day]}
---
account: stock
label: 存 | Stock
measures: quantity_and_amount
dimensions: {item: thing, place: shelf}
limits: [{measure: quantity, tense: available, at_least: 0}]
---
account: cost
label: 本 | Cost
measures: quantity_and_amount
dimensions: {item: thing}
kept: false
---
account: owed
label: 欠 | Owed
dimensions: {document: order}
---
account: income
label: 入 | Income
kept: false
---
report: sums
label: 和 | Sums
source: records
of: order
rows: [shelf, "day:month"]
columns: {total: {label: 计 | Total, shows: total, total: true}}
---
role: clerk
label: 员 | Clerk
grants:
  order: {read: created_by = ME(), do: [hold], hide: [lines.amount]}
---
menu: main
label: 主 | Main
items: [{form: order}, {report: sums}]
---
data: shelf
key: name
rows: [{name: A}]
"""

#: A figure beside the form `order`, in place of the dots.
BESIDE = "beside: {figure: {label: 旁 | Beside, ...}}\nlist: {columns"
STOCK, PRICE = 'each: lines, balance: "stock(thing, shelf)"', "each: lines, latest: amount, of: order.lines"


def _beside(figure: str, code: str, place: str = "") -> tuple[str, str, str, str]:
    where = f"form order: beside.figure{place}"
    return "list: {columns", BESIDE.replace("...", figure), code, where


#: What the rows of the report `sums` become, in place of the dots.
CREATES = "columns: {total: {label: 计 | Total, shows: total, total: true}}"
MADE = CREATES + "\ncreates: [{name: make, label: 做 | Make, form: order, ...}]"
ROWS = "fields: {shelf: shelf}, lines: {lines: {fields: {quantity: total}}}"


def _made(declared: str, code: str, place: str = "") -> tuple[str, str, str, str]:
    return CREATES, MADE.replace("...", declared), code, f"report sums: creates.0{place}"


#: How rows of `order` unfold, in place of the dots; the thing has parts.
UNFOLDED = "    label: 行 | Lines\n    expands: {...}"
PARTS = "when: quantity > 0, each: thing.parts"


def _unfolded(declared: str, code: str, place: str = "") -> tuple[str, str, str, str]:
    return "    label: 行 | Lines", UNFOLDED.replace("...", declared), code, f"form order: fields.lines.expands{place}"


BROKEN = [
    _made("when: total", "expression.wrong_type", ".when"),
    _made("fields: {shelf: day}", "expression.wrong_type", ".fields.shelf"),
    _made("fields: {shelf: owed}", "expression.wrong_type", ".fields.shelf"),
    _made("fields: {day: day}", "definition.not_in_row", ".fields.day"),
    _made("fields: {total: total}", "definition.not_typed", ".fields.total"),
    _made("fields: {nobody: total}", "definition.unknown_field", ".fields.nobody"),
    _made("by: company.name", "expression.unknown_name", ".by"),
    _made("nightly: dance", "definition.unknown_transition", ".nightly"),
    _made("lines: {rows: {fields: {quantity: total}}}", "definition.unknown_lines", ".lines.rows"),
    _made("lines: {lines: {fields: {thing: shelf}}}", "definition.other_link", ".lines.lines.fields.thing"),
    _made("lines: {lines: {fields: {quantity: shelf.name}}}", "expression.wrong_type", ".lines.lines.fields.quantity"),
    _unfolded("when: quantity, each: thing.parts, fields: {}", "expression.wrong_type", ".when"),
    _unfolded("when: quantity > 0, each: thing.place, fields: {}", "expression.no_rows", ".each"),
    _unfolded("when: quantity > 0, each: lines.thing, fields: {}", "expression.no_rows", ".each"),
    _unfolded(f"{PARTS}, fields: {{thing: part, amount: count}}", "definition.not_typed", ".fields.amount"),
    _unfolded(f"{PARTS}, fields: {{thing: count}}", "expression.wrong_type", ".fields.thing"),
    _unfolded(f"{PARTS}, fields: {{quantity: weight}}", "expression.unknown_name", ".fields.quantity"),
    _beside("each: rows, balance: owed(id), shows: amount", "definition.unknown_lines", ".each"),
    _beside("each: lines", "definition.one_figure"),
    _beside(f"{STOCK}, latest: total", "definition.one_figure"),
    _beside(f"{STOCK}, shows: available, of: order", "definition.not_with_balance", ".of"),
    _beside(STOCK, "definition.shows_missing", ".shows"),
    _beside(f"{STOCK}, shows: headroom", "definition.no_upper_limit", ".shows"),
    _beside("each: lines, balance: stock(thing), shows: available", "definition.dimension_missing", ".balance"),
    _beside("each: lines, balance: cost(thing), shows: quantity", "definition.beside_summed", ".balance"),
    _beside("balance: owed(id), shows: quantity", "definition.no_quantity", ".shows"),
    _beside(f"{PRICE}, same: {{thing: thing}}, shows: amount", "definition.not_with_latest", ".shows"),
    _beside("latest: total, of: ordr, same: {shelf: shelf}", "definition.unknown_form", ".of"),
    _beside("latest: total, of: order.rows, same: {shelf: shelf}", "definition.unknown_lines", ".of"),
    _beside(PRICE, "definition.same_missing", ".same"),
    _beside(f"{PRICE}, same: {{thing: shelf}}", "definition.same_differs", ".same.thing"),
    _beside(f"{PRICE}, same: {{thing: thing}}, where: amount", "expression.wrong_type", ".where"),
    _beside("latest: PINYIN(shelf.name), of: order, same: {shelf: shelf}", "expression.not_in_sql", ".latest"),
    (
        "list: {columns",
        "views: {a: {kind: board, by: total, label: 板}}\nlist: {columns",
        "definition.no_board_by",
        "form order: views.a.by",
    ),
    (
        "list: {columns",
        "views: {a: {kind: board, by: gone, label: 板}}\nlist: {columns",
        "definition.unknown_field",
        "form order: views.a.by",
    ),
    (
        "search: [name]",
        "views: {a: {kind: board, by: state, label: 板}}",
        "definition.unknown_field",
        "form thing: views.a.by",
    ),
    (
        "list: {columns",
        "views: {a: {kind: calendar, on: day, until: total, label: 历}}\nlist: {columns",
        "definition.not_a_date",
        "form order: views.a.until",
    ),
    (
        "list: {columns",
        "views: {a: {kind: calendar, on: day, title: shelf.nme, label: 历}}\nlist: {columns",
        "expression.unknown_name",
        "form order: views.a.title",
    ),
    (
        "list: {columns",
        "views: {a: {kind: board, by: state, columns: [day, gone], label: 板}}\nlist: {columns",
        "expression.unknown_name",
        "form order: views.a.columns.1",
    ),
    ("kind: price", "kind: prize", "definition.malformed", "form thing: fields.price.kind"),
    ("label: 店 | Shop", "label: 店 | Shop\nneeds: [mall]", "definition.unknown_app", "app shop: needs.0"),
    (
        "to: shelf, label: 架 | Shelf}\n  price",
        "to: shed, label: 架 | Shelf}\n  price",
        "definition.unknown_form",
        "form thing: fields.place.to",
    ),
    ("  price: {", "  version: {", "definition.reserved_name", "form thing: fields.version"),
    ("form: shelf", "form: reports", "definition.reserved_name", "form reports"),
    ("  hold:\n", "  reverse:\n", "definition.reserved_name", "form order: transitions.reverse"),
    (
        "  price: {kind: price",
        "  price: {kind: choice",
        "definition.options_misplaced",
        "form thing: fields.price.options",
    ),
    (
        "  price: {kind: price",
        "  price: {kind: money, scale: 3",
        "definition.scale_misplaced",
        "form thing: fields.price.scale",
    ),
    (
        "  price: {kind: price",
        "  price: {kind: price, length: 3",
        "definition.length_misplaced",
        "form thing: fields.price.length",
    ),
    (
        "  price: {kind: price",
        "  price: {kind: price, masked: true",
        "definition.mask_misplaced",
        "form thing: fields.price.masked",
    ),
    ("search: [name]", "search: [price]", "definition.not_findable", "form thing: search.0"),
    ("search: [name]", "search: [nam]", "definition.unknown_field", "form thing: search.0"),
    ("title: name\nsearch", "search", "definition.nameless", "form thing: title"),
    ("title: name\nsearch", "title: nam\nsearch", "definition.unknown_field", "form thing: title"),
    (
        "search: [name]",
        "duplicates: [{fields: [name], how: alike}]",
        "definition.alike_can_only_warn",
        "form thing: duplicates.0.then",
    ),
    ("O{yyyy}-{seq:4}", "O{seq:4}-{yyyy}", "definition.number_pattern", "form order: number"),
    ("dated_by: day", "dated_by: total", "definition.not_a_date", "form order: dated_by"),
    ("dated_by: day\n", "", "definition.undated", "form order: transitions.finish"),
    ("SUM(lines.amount)", "SUM(lines.amont)", "expression.unknown_name", "form order: fields.total.formula"),
    ("SUM(lines.amount)", "'\"much\"'", "expression.wrong_type", "form order: fields.total.formula"),
    (
        "SUM(lines.amount)",
        "SUM(lines.amount) + DAY(TODAY())",
        "definition.too_volatile",
        "form order: fields.total.formula",
    ),
    ("SUM(lines.amount)", "total + 1", "definition.cycle", "form order: fields.total.formula"),
    (
        "formula: SUM(lines.amount)",
        "formula: SUM(lines.amount), default: 1",
        "definition.not_typed",
        "form order: fields.total.default",
    ),
    (
        "meter: {hold: keep",
        "meter: {hold: kept",
        "definition.unknown_hold",
        "form order: fields.lines.fields.taken.meter.hold",
    ),
    (
        "meter: {account: owed",
        "meter: {account: stock",
        "definition.meter_elsewhere",
        "form order: fields.owed.meter.account",
    ),
    (
        "default: TODAY()",
        "default: TODAY(), locked_after: gone",
        "definition.unknown_state",
        "form order: fields.day.locked_after",
    ),
    (
        "states: {open: 开 | Open",
        "states: {open: 开 | Open, lost: 失 | Lost",
        "definition.unreachable_state",
        "form order: states.lost",
    ),
    ("from: held", "from: hold", "definition.unknown_state", "form order: transitions.finish.from.0"),
    ("    reversed_to: undone\n", "", "definition.reversal_unsaid", "form order: transitions.finish"),
    (
        "reversed_to: undone",
        "reversed_to: open",
        "definition.reversal_editable",
        "form order: transitions.finish.reversed_to",
    ),
    (
        "reversed_to: undone",
        "reversed_to: undone\n    irreversible: 不 | No",
        "definition.reversal_both_ways",
        "form order: transitions.finish.reversed_to",
    ),
    (
        "name: keep, each: lines",
        "name: keep, each: rows",
        "definition.unknown_lines",
        "form order: transitions.hold.holds.0.each",
    ),
    (
        'on: "stock(thing, shelf)"',
        "on: stock(thing)",
        "definition.dimension_missing",
        "form order: transitions.hold.holds.0.on",
    ),
    (
        'on: "stock(thing, shelf)"',
        'on: "stock(shelf, thing)"',
        "definition.other_dimension",
        "form order: transitions.hold.holds.0.on",
    ),
    (
        'on: "stock(thing, shelf)"',
        "on: cost(thing)",
        "definition.hold_on_summed",
        "form order: transitions.hold.holds.0.on",
    ),
    ("quantity: -quantity}", "amount: 1}", "definition.quantity_missing", "form order: transitions.hold.holds.0"),
    (
        "{hold: keep, of: id",
        "{hold: kept, of: id",
        "definition.unknown_hold",
        "form order: transitions.finish.settles.0.hold",
    ),
    (
        '{name: keep, each: lines, on: "stock(thing, shelf)", quantity: -quantity}',
        "{name: keep, on: owed(id), amount: total}",
        "definition.placed_elsewhere",
        "form order: transitions.finish.settles.0.of",
    ),
    ("to: cost(thing)", "to: income", "definition.no_quantity", "form order: transitions.finish.moves.0.to"),
    (
        "to: cost(thing)",
        "amount: 1, to: cost(thing)",
        "definition.value_follows_book",
        "form order: transitions.finish.moves.0.amount",
    ),
    (
        'from: "stock(thing, shelf)", to: cost(thing)',
        "from: cost(thing), to: cost(thing)",
        "definition.value_unknown",
        "form order: transitions.finish.moves.0",
    ),
    (
        'from: "stock(thing, shelf)", to: cost(thing)',
        'from: "stock(thing, shelf)", to: "stock(thing, shelf)"',
        "definition.against_itself",
        "form order: transitions.finish.moves.0",
    ),
    (
        "debit: owed(id)",
        "debit: owing(id)",
        "expression.unknown_name",
        "form order: transitions.finish.entries.0.debit",
    ),
    (
        "debit: owed(id), credit: income",
        "debit: income, credit: income",
        "definition.against_itself",
        "form order: transitions.finish.entries.0",
    ),
    (
        "debit: owed(id)",
        'debit: "stock(shelf, shelf)"',
        "definition.value_without_goods",
        "form order: transitions.finish.entries.0.debit",
    ),
    ("columns: [number, day]", "columns: [number, dy]", "expression.unknown_name", "form order: list.columns.1"),
    (
        "dimensions: {item: thing, place: shelf}",
        "dimensions: {item: thing, place: attic}",
        "definition.unknown_form",
        "account stock: dimensions.place",
    ),
    ("at_least: 0", "at_least: 0, at_most: 9", "definition.one_bound", "account stock: limits.0"),
    ("at_least: 0", "at_least: 0, plus: [income]", "definition.plus_summed", "account stock: limits.0.plus.0"),
    ("at_least: 0", "at_least: 0, unless: item.free", "expression.unknown_name", "account stock: limits.0.unless"),
    (
        "kept: false\n---\naccount: owed",
        "kept: false\ndifference: stock\n---\naccount: owed",
        "definition.difference_not_summed",
        "account cost: difference",
    ),
    ("of: order\nrows", "of: ordr\nrows", "definition.unknown_form", "report sums: of"),
    ("day:month", "day:week", "definition.unknown_grain", "report sums: rows.1"),
    ("day:month", "total:month", "definition.not_a_date", "report sums: rows.1"),
    ("shows: total,", "shows: shelf,", "definition.total_of_words", "report sums: columns.total.shows"),
    ("read: created_by = ME()", "read: total", "expression.wrong_type", "role clerk: grants.order.read"),
    ("do: [hold]", "do: [hide]", "definition.unknown_transition", "role clerk: grants.order.do.0"),
    ("hide: [lines.amount]", "hide: [lines.cost]", "definition.unknown_field", "role clerk: grants.order.hide.0"),
    ("{report: sums}]", "{report: sum}]", "definition.unknown_report", "menu main: items.1.report"),
    ("rows: [{name: A}]", "rows: [{nam: A}]", "definition.unknown_field", "data shelf: rows.0.nam"),
    ("rows: [{name: A}]", "rows: [{name: A}, {name: A}]", "definition.declared_twice", "data shelf: rows.1"),
    ("role: clerk", "rank: clerk", "definition.unknown_kind", "rank"),
    ("menu: main\n", "menu: main\nmenu: main\n", "definition.not_yaml", ""),
]


def test_the_whole_shop_is_right() -> None:
    assert set(Catalog.of([read_text(SHOP)]).forms) == {"thing", "shelf", "order"}


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_what_is_broken_is_named(old: str, new: str, code: str, path: str) -> None:
    assert SHOP.count(old) >= 1
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(SHOP.replace(old, new, 1))])
    assert (code, path) in [(problem.code, problem.field) for problem in refused.value.problems]


def test_all_problems_are_told_at_once() -> None:
    text = SHOP.replace("SUM(lines.amount)", "SUM(lines.amont)").replace("do: [hold]", "do: [hide]")
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(text)])
    assert len(refused.value.problems) == 2
    assert "expression.unknown_name" in str(refused.value)


def test_malformed_declarations_name_file_and_line() -> None:
    with pytest.raises(DefinitionRefusal) as refused:
        read_text(SHOP.replace("kind: price", "kind: prize"), "shop.yaml")
    (problem,) = refused.value.problems
    assert (problem.data["file"], problem.row) == ("shop.yaml", SHOP[: SHOP.index("kind: price")].count("\n") + 1)
