"""Broken declarations of goods in lots, one by one: each is refused with its reason, at its place."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.write import text_of
from tests.scenarios.depot import TEXT

MAKE = "makes:\n      - {each: lines, when: 'thing.costing <> \"average\"', form: batch, into: batch,"
SEND = '{each: lines, of: of_arrival, quantity: quantity, at: "stock(of_arrival.thing, place)"}'
POST = 'amount: difference, at: "stock(of_arrival.thing, place)", gone: used(of_arrival.thing), against: owed}'
TAKE = 'takes: [{each: parts, quantity: quantity, from: "stock(thing, place)"}]'
BOOKED = '{balance: "stock(thing, place, batch, corner)", when: counted, at: counted_at}'
WORTH = '{balance: "stock(thing, place, batch, corner)", shows: amount, when: counted}'
KEEP = "reholds: keep\n"
EDITS = "edits: [lines, lines.quantity, lines.thing, due]"

BROKEN = [
    # picks
    ("when: item.costing", "when: item.cost", "expression.unknown_name", "account stock: picks.when"),
    (
        'when: item.costing <> "average"',
        "when: ISBLANK(lot.code)",
        "definition.reads_leaf",
        "account stock: picks.when",
    ),
    ('when: item.costing <> "average"', "when: ISBLANK(on)", "expression.unknown_name", "account stock: picks.when"),
    ("lot.got_on]", "item.costing = lot.code]", "definition.no_order", "account stock: picks.by.1"),
    (
        "only: ISBLANK(lot.until)",
        "only: lot.code OR ISBLANK(lot.until)",
        "expression.wrong_type",
        "account stock: picks.only",
    ),
    ("leaf: [lot, spot]\n", "", "definition.nothing_to_pick", "account stock: picks"),
    ("spot: corner}", "spot: edge}", "definition.unknown_form", "account stock: dimensions.spot"),
    # makes
    (
        MAKE,
        MAKE.replace("each: lines", "each: rows"),
        "definition.unknown_lines",
        "form arrival: transitions.receive.makes.0.each",
    ),
    (
        MAKE,
        MAKE.replace("into: batch", "into: corner"),
        "definition.into_elsewhere",
        "form arrival: transitions.receive.makes.0.into",
    ),
    (
        MAKE,
        MAKE.replace("into: batch", "into: lot"),
        "definition.unknown_field",
        "form arrival: transitions.receive.makes.0.into",
    ),
    (
        MAKE,
        MAKE.replace("form: batch", "form: lot"),
        "definition.unknown_form",
        "form arrival: transitions.receive.makes.0.form",
    ),
    (
        "thing: thing, code: code, got_on",
        "thing: thing, got_on",
        "definition.field_forgotten",
        "form arrival: transitions.receive.makes.0.fields",
    ),
    (
        "code: code, got_on: day",
        "code: code, got_on: code",
        "expression.wrong_type",
        "form arrival: transitions.receive.makes.0.fields.got_on",
    ),
    # gives_back
    (
        SEND,
        SEND.replace("of: of_arrival", "of: LINK"),
        "expression.unknown_name",
        "form comeback: transitions.send.gives_back.0.of",
    ),
    (
        SEND,
        SEND.replace("of: of_arrival,", "of: 'IF(TRUE, of_arrival)',"),
        "definition.of_no_row",
        "form comeback: transitions.send.gives_back.0.of",
    ),
    (
        SEND,
        SEND.replace("of: of_arrival", "of: parent"),
        "definition.never_moved",
        "form comeback: transitions.send.gives_back.0.at",
    ),
    (
        SEND,
        SEND.replace('"stock(of_arrival.thing, place)"', "used(of_arrival.thing)"),
        "definition.goods_not_kept",
        "form comeback: transitions.send.gives_back.0.at",
    ),
    (
        SEND,
        SEND.replace(", place)", ")"),
        "definition.dimension_missing",
        "form comeback: transitions.send.gives_back.0.at",
    ),
    (
        "to: scrap.lines",
        "to: handout.lines",
        "definition.moved_both_ways",
        "form comeback: transitions.take.gives_back.0.at",
    ),
    (
        SEND,
        SEND.replace("of: of_arrival", "of: id"),
        "definition.never_moved",
        "form comeback: transitions.send.gives_back.0.at",
    ),
    # revalues
    (
        POST,
        POST.replace("gone: used(of_arrival.thing)", 'gone: "stock(of_arrival.thing, place)"'),
        "definition.value_without_goods",
        "form repricing: transitions.post.revalues.0.gone",
    ),
    (
        POST,
        POST.replace("amount: difference", "amount: number"),
        "expression.wrong_type",
        "form repricing: transitions.post.revalues.0.amount",
    ),
    (
        POST,
        POST.replace("against: owed", "against: debts"),
        "expression.unknown_name",
        "form repricing: transitions.post.revalues.0.against",
    ),
    (
        "of_arrival: {kind: link, to: arrival.lines, required: true",
        "of_arrival: {kind: link, to: scrap.lines, required: true",
        "definition.never_brought",
        "form repricing: transitions.post.revalues.0.at",
    ),
    # converts
    (
        "through: mixed",
        "through: stock",
        "definition.through_not_summed",
        "form mixing: transitions.mix.converts.0.through",
    ),
    (
        "through: mixed",
        "through: mixing",
        "definition.unknown_account",
        "form mixing: transitions.mix.converts.0.through",
    ),
    (TAKE, "takes: []", "definition.one_sided", "form mixing: transitions.mix.converts.0"),
    (
        TAKE,
        TAKE.replace("stock(thing, place)", "used(thing)"),
        "definition.goods_not_kept",
        "form mixing: transitions.mix.converts.0.takes.0.from",
    ),
    (
        TAKE,
        TAKE.replace("each: parts", "each: results2"),
        "definition.unknown_lines",
        "form mixing: transitions.mix.converts.0.takes.0.each",
    ),
    (
        "COALESCE(weight, 1)",
        "thing.name",
        "expression.wrong_type",
        "form mixing: transitions.mix.converts.0.gives.0.weight",
    ),
    (
        "credit: owed, when: fee > 0",
        'credit: "stock(parts.thing, place)"',
        "expression.rows_outside",
        "form mixing: transitions.mix.converts.0.costs.0.credit",
    ),
    # remembers
    (
        BOOKED,
        BOOKED.replace("when: counted", "when: off"),
        "definition.cycle",
        "form counting: fields.lines.fields.booked.remembers.when",
    ),
    (
        BOOKED,
        BOOKED.replace("at: counted_at", "at: counted"),
        "expression.wrong_type",
        "form counting: fields.lines.fields.booked.remembers.at",
    ),
    (
        BOOKED,
        BOOKED.replace("when:", "shows: available, when:"),
        "definition.promises_have_no_past",
        "form counting: fields.lines.fields.booked.remembers.at",
    ),
    (
        BOOKED,
        BOOKED.replace("stock(thing, place, batch, corner)", "used(thing)"),
        "definition.beside_summed",
        "form counting: fields.lines.fields.booked.remembers.balance",
    ),
    (
        f"remembers: {WORTH}",
        f"default: 1, remembers: {WORTH}",
        "definition.not_typed",
        "form counting: fields.lines.fields.worth.default",
    ),
    (
        f"remembers: {WORTH}",
        f"formula: counted, remembers: {WORTH}",
        "definition.two_sources",
        "form counting: fields.lines.fields.worth",
    ),
    (
        f"worth: {{kind: money, label: 值 | Worth, remembers: {WORTH}",
        f"worth: {{kind: text, label: 值 | Worth, remembers: {WORTH}",
        "definition.meter_not_numeric",
        "form counting: fields.lines.fields.worth.remembers",
    ),
    # amending
    (KEEP, "reholds: kept\n", "definition.unknown_hold", "form wish: transitions.amend.reholds.0"),
    (EDITS, EDITS.replace("due", "dues"), "definition.unknown_field", "form wish: transitions.amend.edits.3"),
    (EDITS, EDITS.replace("due", "pieces"), "definition.not_typed", "form wish: transitions.amend.edits.3"),
    (
        "label: 变更 | Amend\n    from: held",
        "label: 变更 | Amend\n    from: draft",
        "definition.edits_editable",
        "form wish: transitions.amend.edits",
    ),
    # unsettles, creates by
    (
        "unsettles: [{hold: keep",
        "unsettles: [{hold: kept",
        "definition.unknown_hold",
        "form regret: transitions.return.unsettles.0.hold",
    ),
    (
        "reopens: again",
        "reopens: quantity",
        "expression.wrong_type",
        "form regret: transitions.return.unsettles.0.reopens",
    ),
    ("by: thing, fields", "by: colour, fields", "expression.unknown_name", "form loss: transitions.lose.creates.0.by"),
    (
        "lines: {lines: {each: lines, fields: {thing: thing, quantity: quantity}}}}",
        "lines: {}}",
        "definition.by_no_rows",
        "form loss: transitions.lose.creates.0.by",
    ),
]


def test_the_whole_depot_is_right_and_reads_back_as_it_was() -> None:
    app = read_text(TEXT)
    Catalog.of([app])
    assert read_text(text_of(app)) == app


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_what_is_broken_is_named(old: str, new: str, code: str, path: str) -> None:
    assert TEXT.count(old) >= 1
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(TEXT.replace(old, new, 1))])
    assert (code, path) in [(problem.code, problem.field) for problem in refused.value.problems]
