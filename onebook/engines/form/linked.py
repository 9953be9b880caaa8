"""What is known about records that links point at, so that formulas can look through them before anything is saved."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from onebook.engines.form.plan import LinkKeys
from onebook.engines.form.rows import OUTER, Row, copied

#: A record behind a link: its form or lines, and its id.
Pointed = tuple[str, int]
_NOTHING: Final[tuple[Row, frozenset[str]]] = ({}, frozenset())


class Linked:
    """Records behind links by target and id, each with the keys that somebody reads there."""

    def __init__(self) -> None:
        """Nothing known yet."""
        self._known: dict[Pointed, tuple[Row, frozenset[str]]] = {}

    def learn(self, target: str, rows: Mapping[int, Row], keys: frozenset[str]) -> None:
        """Remember records that were read with these keys; more keys add to what is known."""
        for number, row in rows.items():
            known, had = self._known.get((target, number), ({}, frozenset()))
            self._known[target, number] = ({**known, **row}, had | keys)

    def learn_from(self, row: Row, link: LinkKeys) -> None:
        """Remember what a stored row told about the record that its link points at."""
        number = row.get(link.name)
        if number is None or not link.keys:
            return
        behind: Row = {key: row.get(own) for key, own in (*link.values, *link.rows)}
        self.learn(link.target, {number: behind}, link.keys)

    def knows(self, target: str, number: int, keys: frozenset[str]) -> bool:
        """Whether all these keys of a record are known."""
        found = self._known.get((target, number))
        return not keys if found is None else keys <= found[1]

    def value(self, target: str, number: int | None, key: str) -> Any:
        """What is known under a key of a record; None if nothing is."""
        return self._known.get((target, number or 0), _NOTHING)[0].get(key)

    def attach_all(self, rows: Iterable[Row], link: LinkKeys) -> set[Pointed]:
        """Write what lies behind the rows' links into the rows; what is not known yet is told and left blank."""
        missing: set[Pointed] = set()
        told: dict[int | None, Row] = {}
        for row in rows:
            number = row.get(link.name)
            values = told.get(number)
            if values is None:
                known, had = self._known.get((link.target, number or 0), _NOTHING)
                values = told[number] = {own: known.get(key) for key, own in link.values}
                if number is not None and not link.keys <= had:
                    missing.add((link.target, number))
            row.update(values)
            if link.rows:
                behind = self._known.get((link.target, number or 0), _NOTHING)[0]
                for key, own in link.rows:
                    row[own] = [_moved(inner, row) for inner in behind.get(key) or ()]
        return missing


def _moved(inner: Row, outer: Row) -> Row:
    """The inner row as seen from another outer row."""
    return copied({key: value for key, value in inner.items() if key != OUTER}, outer)


def union(links: Iterable[LinkKeys]) -> dict[str, frozenset[str]]:
    """What is read of each target, by any of the links."""
    keys: dict[str, frozenset[str]] = {}
    for link in links:
        keys[link.target] = keys.get(link.target, frozenset()) | link.keys
    return keys
