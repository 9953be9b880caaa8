"""The latest value that other records say for the same things: one statement for many rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, bindparam, column, func, select, true

from onebook.access.actor import Actor
from onebook.definition.beside import Beside
from onebook.definition.field import FieldKind
from onebook.engines.process.ground import Ground
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted, permitted_rows
from onebook.engines.table.rights import rights
from onebook.engines.view.sight import Sight
from onebook.expression.functions.lowered import COLUMN_TYPES
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters, lower, lower_condition
from onebook.expression.tree import Expression, Path
from onebook.expression.types import Kind
from onebook.storage.transaction import Rows, Statement

_KINDS = {
    Kind.NUMBER: FieldKind.NUMBER,
    Kind.FLAG: FieldKind.FLAG,
    Kind.DATE: FieldKind.DATE,
    Kind.INSTANT: FieldKind.INSTANT,
    Kind.LINK: FieldKind.LINK,
}


@dataclass(frozen=True, slots=True)
class Latest:
    """Where a latest value is looked up, for actors with the same rights."""

    kind: FieldKind
    #: What of the typed record must be the same, in the order of the statement's arrays.
    ours: tuple[Expression, ...]
    text: CompiledText

    @classmethod
    def of(cls, ground: Ground, actor: Actor, form: str, declared: Beside) -> Self | None:
        """Compile it; None if the actor may not see what it reads."""
        catalog = ground.catalog
        target = declared.of or ""
        of, _, lines = target.partition(".")
        granted = rights(catalog, actor, of)

        def theirs(text: str) -> Expression:
            return catalog.formula(text, of, lines or None)

        value = theirs(declared.latest or "BLANK")
        where = theirs(declared.where) if declared.where else None
        same = [(theirs(key), catalog.formula(text, form, declared.each)) for key, text in declared.same.items()]
        read = [value, *(one for one, _ in same), *([where] if where else [])]
        sight = Sight(catalog, actor)
        if granted.read is None or not all(sight.sees_all(target, one) for one in read):
            return None

        keys = func.unnest(
            *(
                bindparam(f"same_{place}", type_=ARRAY(COLUMN_TYPES[one.type.kind]))
                for place, (one, _) in enumerate(same)
            )
        ).table_valued(*(column(f"same_{place}", COLUMN_TYPES[one.type.kind]) for place, (one, _) in enumerate(same)))
        keys = keys.render_derived(name="asked")
        joins = Joins(ground.tables, target)
        record = joins.column("parent") if lines else joins.root.c.id
        dated = catalog.forms[of].dated_by or "created_at"
        on: ColumnElement[Any] = joins.column(f"parent.{dated}" if lines else dated)
        conditions = [
            permitted_rows(granted, joins) if lines else permitted(granted, joins),
            record.is_distinct_from(bindparam("own", type_=BigInteger)),
            *(lower(one, joins) == keys.c[f"same_{place}"] for place, (one, _) in enumerate(same)),
        ]
        if where is not None:
            conditions.append(lower_condition(where, joins))
        found = select(lower(value, joins).label("value"), on.label("dated"))
        order = (on.desc().nulls_last(), joins.root.c.id.desc())
        inner = (
            found.select_from(joins.from_clause()).where(and_(*conditions)).order_by(*order).limit(1).lateral("found")
        )
        query = select(*keys.c, inner.c.value, inner.c.dated).select_from(keys.join(inner, true()))
        return cls(_kind(ground, target, value), tuple(one for _, one in same), compiled(query))


def _kind(ground: Ground, target: str, value: Expression) -> FieldKind:
    """How the value is shown: as the field that it is, or as its type."""
    tree = value.tree
    if isinstance(tree, Path) and not tree.up and "." not in tree.key:
        field = ground.tables.fields(target).get(tree.key)
        if field is not None:
            return field.kind
    return _KINDS.get(value.type.kind, FieldKind.TEXT)


class LatestValues:
    """Wants the latest values for many sets of same things."""

    def __init__(self, latest: Latest, context: Context, record: int | None) -> None:
        """Nothing asked yet. `record`: whose own values do not count."""
        self._latest = latest
        self._context = context
        self._record = record
        self._asked: dict[tuple[Any, ...], None] = {}
        self._found: dict[tuple[Any, ...], tuple[Any, Any]] | None = None

    def ask(self, same: tuple[Any, ...]) -> None:
        """One set more."""
        self._asked[same] = None

    def found(self, same: tuple[Any, ...]) -> tuple[Any, Any] | None:
        """The value and its day, if there is any."""
        return (self._found or {}).get(same)

    def statements(self) -> Sequence[Statement]:
        """One statement for all of them."""
        if self._found is not None or not self._asked:
            return ()
        return (self._latest.text.bound(dict(self._parameters())),)

    def take(self, results: Sequence[Rows]) -> None:
        """The values."""
        self._found = {tuple(row[:-2]): (row[-2], row[-1]) for row in results[0]}

    def _parameters(self) -> Iterator[tuple[str, object]]:
        yield from context_parameters(self._context).items()
        yield "own", self._record
        for place in range(len(self._latest.ours)):
            yield f"same_{place}", [same[place] for same in self._asked]
