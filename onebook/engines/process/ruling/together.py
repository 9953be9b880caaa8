"""Rules that only change their own records: many firings at once, by the way that imports change many records."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onebook.definition.field import FieldKind
from onebook.definition.rule import Rule
from onebook.engines.form.rows import Row
from onebook.engines.process.importing.batch import Batch
from onebook.engines.process.importing.items import Item
from onebook.engines.process.importing.load import update
from onebook.engines.process.importing.request import unwatched
from onebook.engines.process.ruling.consequences import Wishing
from onebook.engines.rule.firing import Firing, caused, told_many, traced
from onebook.engines.table.rights import rights
from onebook.storage.transaction import Transaction

#: Fewer than this are as quick one by one.
FEW: Final = 20


def is_for_many(wishing: Wishing) -> bool:
    """Whether a rule may be done for many records at once: it fills in fields of its own record, which its actor may
    type, and no links, whose targets would have to be looked at for each."""
    rule = wishing.rule.rule
    fields = wishing.ground.catalog.forms[rule.form].fields
    granted = rights(wishing.ground.catalog, wishing.actor, rule.form)
    names = [name for one in rule.do for name in (*one.set, *one.tag)]
    return (
        all(_changes_itself(rule, place) for place in range(len(rule.do)))
        and all(fields[name].kind is not FieldKind.LINK for name in names)
        and all(granted.may_type(name) for name in names)
    )


def changed_together(
    transaction: Transaction, wishing: Wishing, firings: Sequence[Firing], rows: Mapping[int, Row]
) -> set[int]:
    """Change the records of firings, of each record one; the firings that are done. Those whose record refuses are
    left for the road of a single command, which says why. The caller commits."""
    ground, form = wishing.ground, wishing.ground.catalog.forms[wishing.rule.rule.form]
    places = len(wishing.rule.rule.do)
    first = {one.object: one for one in reversed(firings)}
    items, said = [], {}
    for firing in first.values():
        wishes = [wishing.values(firing, rows[firing.object], place) for place in range(places)]
        values: dict[str, Any] = {}
        for wished, _ in wishes:
            values |= wished
        items.append(Item(firing.id, values, existing=firing.object))
        said[firing.id] = [did for _, did in wishes]
    batch = Batch(ground, form, wishing.actor, wishing.context.now, items, unwatched)
    batch.decide(transaction)
    fitting = [first[item.existing or 0] for item in items if not item.problems]
    [counted] = transaction.run(told_many([(one, places, said[one.id]) for one in fitting]))
    done = {number for (number,) in counted}
    pairs = [(before, after) for item, before, after in batch.changed if item.number in done]
    transaction.run(caused(fitting))
    update(transaction, ground, form.form, pairs, wishing.actor, wishing.context.now, action="update")
    transaction.run(*traced(fitting))
    return done


def _changes_itself(rule: Rule, place: int) -> bool:
    one = rule.do[place]
    return one.of is None and bool(one.set or one.tag)
