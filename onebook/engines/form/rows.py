"""Records in memory: rows of dotted keys, as formulas read them, and which keys a query has to bring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import lines_target, link_target

#: Dotted keys to values; `lines` and `product.units` to lists of rows; `^` to the row outside.
Row = dict[str, Any]

OUTER: Final = "^"
_UP: Final = "^."


@dataclass(frozen=True, slots=True)
class KeyTree:
    """Keys sorted by the rows that they are read from: own columns, and for each lines key the keys below it."""

    columns: tuple[str, ...]
    rows: Mapping[str, "KeyTree"]


def absolute(paths: Iterable[str], lines: str | None = None) -> frozenset[str]:
    """What a formula reads, as keys of the record; `lines` names the rows that the formula stands in."""
    return frozenset(_absolute(path, lines) for path in paths)


def _absolute(path: str, lines: str | None) -> str:
    while path.startswith(_UP):
        path, lines = path.removeprefix(_UP), None
    return f"{lines}.{path}" if lines else path


def below(keys: Iterable[str], prefix: str) -> frozenset[str]:
    """The keys behind a link or lines: of `customer.level` behind `customer`, `level`."""
    start = f"{prefix}."
    return frozenset(key.removeprefix(start) for key in keys if key.startswith(start))


def tree_of(tables: Tables, target: str, keys: Iterable[str]) -> KeyTree:
    """Sort keys of a target. Raises KeyError for keys that lead nowhere."""
    columns: set[str] = set()
    rows: dict[str, tuple[str, set[str]]] = {}
    for key in keys:
        split = _split(tables, target, key)
        if split is None:
            columns.add(key)
        else:
            lines, path, rest = split
            rows.setdefault(path, (lines, set()))[1].update([rest] if rest else [])
    below_rows = {path: tree_of(tables, lines, inner) for path, (lines, inner) in sorted(rows.items())}
    return KeyTree(tuple(sorted(columns)), below_rows)


def _split(tables: Tables, target: str, key: str) -> tuple[str, str, str] | None:
    """Where a key enters rows: their target, the key of the rows, the key in the rows. None if it never does."""
    names = key.split(".")
    for place, name in enumerate(names):
        lines = lines_target(tables, target, name)
        if lines is not None:
            return lines, ".".join(names[: place + 1]), ".".join(names[place + 1 :])
        if place < len(names) - 1:
            found = link_target(tables, target, name)
            if found is None:
                raise KeyError(f"{target}.{name} is no link ({key})")
            target = found
    return None


def lines_at(tables: Tables, target: str, path: str) -> tuple[str, str]:
    """The target that holds the lines of a path, and the lines: `sales_order`, `lines`."""
    *links, name = path.split(".")
    for link in links:
        found = link_target(tables, target, link)
        if found is None:
            raise KeyError(f"{target}.{link} is no link ({path})")
        target = found
    return target, name


def under(row: Row, prefix: str, keys: Iterable[str]) -> Row:
    """The part of a row that lies behind a link, as a row of its own."""
    return {key: row.get(f"{prefix}.{key}") for key in keys}


def copied(row: Mapping[str, Any], outer: Row | None = None) -> Row:
    """The row with copies of all rows inside it, so that a change reaches nobody else."""
    result: Row = dict(row)
    if outer is not None:
        result[OUTER] = outer
    for key, value in row.items():
        if type(value) is list:
            result[key] = [copied(inner, result) for inner in value]
    return result
