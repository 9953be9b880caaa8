"""Queries that bring records with all keys that somebody needs: built and compiled once, then only bound."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, bindparam, func, select

from onebook.definition.field import FieldKind
from onebook.engines.form.rows import OUTER, KeyTree, Row, lines_at, tree_of
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import target_of
from onebook.engines.table.predicate import condition, permitted, permitted_rows
from onebook.engines.table.rights import Rights, Scope
from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import end_of, is_column
from onebook.storage.transaction import Rows, Statement

#: What comes with every record, besides the keys asked for.
_HEAD: Final = ("id", "version", "state", "number", "deleted_at")
_ROW_HEAD: Final = ("id", "position")
_FLAG: Final = "?"
_TUPLES: Final = frozenset({FieldKind.CHOICES, FieldKind.TAGS})


@dataclass(frozen=True, slots=True)
class Question:
    """What a query brings and of which records; the same question is compiled once."""

    #: `sales_order`, or `sales_order.lines` for rows found by their own ids.
    target: str
    keys: frozenset[str]
    #: Whose reading scope applies; None: whatever is there, binned or not.
    rights: Rights | None = None
    #: The reading scope does not drop records but is told (`Answer.flags`).
    tells_readable: bool = False
    #: Further scopes to be told for each record, by name.
    flags: tuple[tuple[str, Scope], ...] = ()
    binned: bool = False
    lock: bool = False
    #: Locked, nobody may even point at them.
    alone: bool = False
    #: The company's own record instead of ids.
    is_singleton: bool = False


@dataclass(slots=True)
class Answer:
    """Records by id, and what was told about each of them."""

    rows: dict[int, Row] = field(default_factory=dict)
    flags: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """One statement: the records themselves, or the rows at a path of lines keys."""

    path: tuple[str, ...]
    text: CompiledText
    keys: tuple[str, ...]
    #: Which values are arrays, to become tuples.
    arrays: tuple[str, ...]


class Query:
    """The compiled form of a question: one statement for the records, one for each kind of rows."""

    def __init__(self, tables: Tables, question: Question) -> None:
        """Build and compile."""
        self._tables = tables
        self._question = question
        self._flags = tuple(name for name, _ in question.flags)
        if question.tells_readable:
            self._flags = ("read", *self._flags)
        tree = tree_of(tables, question.target, question.keys)
        self._parts = (self._head(tree), *self._rows(tree, ()))

    def statements(self, ids: Sequence[int], context: Mapping[str, object]) -> list[Statement]:
        """The statements for these ids; `context` are the parameters of clock and user."""
        parameters = {**context, "ids": list(ids)}
        return [part.text.bound(parameters) for part in self._parts]

    @property
    def count(self) -> int:
        """How many statements it takes."""
        return len(self._parts)

    def answer(self, results: Sequence[Rows]) -> Answer:
        """Put the rows of all statements together."""
        head, *others = self._parts
        answer = Answer()
        for values in results[0]:
            row = _row(head, values)
            answer.rows[row["id"]] = row
            told = values[len(head.keys) :]
            answer.flags[row["id"]] = frozenset(name for name, yes in zip(self._flags, told, strict=True) if yes)
        owners: dict[tuple[str, ...], dict[int, list[Row]]] = {
            (): {number: [row] for number, row in answer.rows.items()}
        }
        for part, found in zip(others, results[1:], strict=True):
            owners[part.path] = _attach(part, found, owners[part.path[:-1]])
        return answer

    def _head(self, tree: KeyTree) -> _Part:
        question = self._question
        joins = Joins(self._tables, question.target)
        usual = [name for name in _HEAD if is_column(self._tables, question.target, name)]
        keys = tuple(dict.fromkeys((*usual, *tree.columns)))
        columns: list[ColumnElement[Any]] = [joins.column(key) for key in keys]
        where = [_company(joins) if question.is_singleton else joins.root.c.id == func.any(_ids())]
        if question.rights is not None:
            readable = self._readable(question.rights, joins)
            if question.tells_readable:
                columns.append(readable)
            else:
                where.append(readable)
        columns += [condition(scope, joins) for _, scope in question.flags]
        labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
        query = select(*labelled).select_from(joins.from_clause()).where(and_(*where))
        if question.lock:
            # In the order of their ids, as everybody locks records.
            query = query.order_by(joins.root.c.id)
            query = query.with_for_update(of=joins.root, key_share=not question.alone)
        return _Part((), compiled(query), keys, self._arrays(question.target, keys))

    def _readable(self, rights: Rights, joins: Joins) -> ColumnElement[bool]:
        if "." in self._question.target:
            return permitted_rows(rights, joins)
        return permitted(rights, joins, binned=self._question.binned)

    def _rows(self, tree: KeyTree, above: tuple[str, ...]) -> Iterator[_Part]:
        for path, inner in tree.rows.items():
            yield self._rows_part((*above, path), inner)
            yield from self._rows(inner, (*above, path))

    def _rows_part(self, path: tuple[str, ...], tree: KeyTree) -> _Part:
        joins = Joins(self._tables, self._question.target)
        if self._question.is_singleton:
            where, owner = _company(joins), joins.root.c.id
        else:
            where, owner = joins.root.c.id == func.any(_ids()), joins.root.c.id
        first = True
        for step in path:
            holder, name = lines_at(self._tables, joins.target, step)
            lines = target_of(holder, name)
            alias = self._tables.of(lines).alias()
            if first and step == name and not self._question.is_singleton:
                # Lines of the records themselves: their table is enough.
                where, owner = alias.c.parent == func.any(_ids()), alias.c.parent
                joins = Joins(self._tables, lines, alias=alias)
            else:
                owner = joins.root.c.id
                holds = joins.id_of(step.rpartition(".")[0])
                start = joins.from_clause().join(alias, alias.c.parent == holds)
                joins = Joins(self._tables, lines, alias=alias, start=start)
            first = False
        keys = tuple(dict.fromkeys((*_ROW_HEAD, *tree.columns)))
        columns = [owner, *(joins.column(key) for key in keys)]
        labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
        query = select(*labelled).select_from(joins.from_clause()).where(where)
        query = query.order_by(owner, joins.root.c.position, joins.root.c.id)
        return _Part(path, compiled(query), keys, self._arrays(joins.target, keys))

    def _arrays(self, target: str, keys: Sequence[str]) -> tuple[str, ...]:
        found = []
        for key in keys:
            holder, name = end_of(self._tables, target, key)
            one = self._tables.fields(holder).get(name)
            if one is not None and one.kind in _TUPLES:
                found.append(key)
        return tuple(found)


def _row(part: _Part, values: tuple[Any, ...]) -> Row:
    row: Row = dict(zip(part.keys, values, strict=False))
    for key in part.arrays:
        if row[key] is not None:
            row[key] = tuple(row[key])
    return row


def _attach(part: _Part, found: Rows, owners: Mapping[int, list[Row]]) -> dict[int, list[Row]]:
    """Hang rows below their owners; an owner's id may stand several times (a product in two rows of an order)."""
    name = part.path[-1]
    for holders in owners.values():
        for holder in holders:
            holder[name] = []
    attached: dict[int, list[Row]] = {}
    seen: set[tuple[int, int]] = set()
    for values in found:
        if (values[0], values[1]) in seen:
            continue
        seen.add((values[0], values[1]))
        for holder in owners.get(values[0], ()):
            row = _row(part, values[1:])
            row[OUTER] = holder
            holder[name].append(row)
            attached.setdefault(row["id"], []).append(row)
    return attached


def _ids() -> ColumnElement[Any]:
    return bindparam("ids", type_=ARRAY(BigInteger))


def _company(joins: Joins) -> ColumnElement[bool]:
    """The company's own record: the first, should there ever be two."""
    other = joins.tables.of(joins.target).alias()
    first = select(func.min(other.c.id)).where(other.c.deleted_at.is_(None)).scalar_subquery()
    return joins.root.c.id == first
