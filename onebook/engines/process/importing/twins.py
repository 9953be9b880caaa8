"""Duplicates of a whole file at once: within it, and among what is there already."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select

from onebook.definition.form import Form
from onebook.engines.form.duplicates import Rule, rules_of
from onebook.engines.form.rows import Row
from onebook.engines.form.text import normalised
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.items import Item
from onebook.engines.process.importing.keys_table import keys_table
from onebook.engines.table.columns import normalised as normalised_in_sql
from onebook.engines.table.compiled import compiled
from onebook.storage.planning import planned_for_values
from onebook.storage.transaction import Statement, Transaction
from onebook.values.refusal import Problem

#: Rows are many, so likeness (which is asked record by record when typing, and only warns) is not asked here.
ASKED = ("exact", "normalised")


def locks(ground: Ground, form: Form) -> list[Statement]:
    """Nobody else may add a twin between the question and the answer: needed where no unique index refuses it."""
    guarded = any(rule.blocks and not rule.is_unique for rule in rules_of(form))
    table = ground.tables.form(form.form).name
    return [Statement(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')] if guarded else []


def find_twins(
    transaction: Transaction,
    ground: Ground,
    form: Form,
    pairs: Sequence[tuple[Item, Row]],
    touched: Mapping[int, frozenset[str]],
) -> Iterator[Problem]:
    """Note blocking twins as problems of their items; yield those that only warn. `touched`: the changed fields of
    records that were there already: what was accepted once is not asked about again."""
    asked = []
    for rule in rules_of(form):
        # What a record that stands keeps as it is stands in the database as well: it is found there.
        new = [pair for pair in pairs if pair[1]["id"] not in touched or touched[pair[1]["id"]] & {*rule.fields}]
        keys = _keys(rule, new) if rule.how in ASKED else {}
        if keys:
            asked.append((rule, keys))
    if not asked:
        return
    statements = [statement(ground, form, rule, keys) for rule, keys in asked]
    answers = planned_for_values(transaction, *statements)
    for (rule, found), rows in zip(asked, answers, strict=True):
        standing: dict[tuple[Any, ...], list[int]] = {}
        for number, *values in rows:
            standing.setdefault(tuple(values), []).append(number)
        labels = [form.fields[name].label for name in rule.fields]
        for key, holders in found.items():
            others = standing.get(key, ())
            if len(holders) == 1 and not others:
                continue
            for place, (item, row) in enumerate(holders):
                same = [number for number in others if number != row["id"]]
                if not same and place == 0:
                    continue
                first = holders[0][0].number
                data: Mapping[str, object] = {
                    "label": labels,
                    "others": same[:3] or [first],
                    "ids": same[:3],
                    "row": first,
                }
                problem = Problem(_code(rule, bool(same)), rule.fields[0], item.number, data)
                if rule.blocks:
                    item.problems.append(problem)
                else:
                    yield problem


def _code(rule: Rule, is_standing: bool) -> str:
    if not is_standing:
        return "importing.twice"
    return "importing.not_unique" if rule.blocks else "importing.likely_duplicate"


def _keys(rule: Rule, pairs: Sequence[tuple[Item, Row]]) -> dict[tuple[Any, ...], list[tuple[Item, Row]]]:
    found: dict[tuple[Any, ...], list[tuple[Item, Row]]] = defaultdict(list)
    fold = rule.how == "normalised"
    for pair in pairs:
        values = tuple([pair[1].get(name) for name in rule.fields])
        if None in values:
            continue
        key = tuple([normalised(one) if isinstance(one, str) else one for one in values]) if fold else values
        found[key].append(pair)
    return found


def statement(ground: Ground, form: Form, rule: Rule, keys: Collection[tuple[Any, ...]]) -> Statement:
    """Records that agree with one of the keys, and what they hold in the rule's fields."""
    table = ground.tables.form(form.form).alias("standing")
    columns: list[ColumnElement[Any]] = []
    for name in rule.fields:
        column = table.c[name]
        folded = literal_column(normalised_in_sql(f'standing."{name}"::text'), type_=column.type)
        columns.append(folded if rule.how == "normalised" else column)
    parameters = [f"keys_{place}" for place in range(len(columns))]
    given = keys_table([table.c[name].type for name in rule.fields], *parameters)
    same = [column == given.c[place] for place, column in enumerate(columns)]
    query = select(table.c.id, *columns).where(table.c.deleted_at.is_(None), *same)
    return compiled(query).bound({name: [key[place] for key in keys] for place, name in enumerate(parameters)})
