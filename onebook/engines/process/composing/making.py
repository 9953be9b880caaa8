"""Records that a step makes for rows and links from them, decided before anything else that it does. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onebook.engines.form.compute import rows_of
from onebook.engines.process.composing.ready import ReadyMake, ReadyTransition
from onebook.expression.python import Context, Row, evaluate


@dataclass(frozen=True, slots=True)
class Made:
    """A record to be made: its id, form and values, and the rows that shall link to it under `into`."""

    id: int
    form: str
    into: str
    values: Mapping[str, Any]
    rows: tuple[Row, ...]


def make(ready: ReadyTransition, row: Row, context: Context, ids: Sequence[int]) -> tuple[Made, ...] | None:
    """The records to make, each linked from its rows (in place); None if there are not enough ids.

    Rows of one record that ask for the very same values share what is made for them."""
    found: list[Made] = []
    for effect in ready.makes:
        for values, rows in _asked(effect, row, context):
            if len(found) == len(ids):
                return None
            found.append(Made(ids[len(found)], effect.make.form, effect.make.into, values, tuple(rows)))
    for made in found:
        for own in made.rows:
            own[made.into] = made.id
    return tuple(found)


def makes_any(ready: ReadyTransition, row: Row, context: Context) -> bool:
    """Whether there is anything to make."""
    return any(True for effect in ready.makes for _ in _asked(effect, row, context))


def _asked(effect: ReadyMake, row: Row, context: Context) -> Iterator[tuple[Mapping[str, Any], list[Row]]]:
    """What an effect asks for: values, and the rows that ask for them."""
    known: dict[tuple[Any, ...], list[Row]] = {}
    for own in rows_of(row, effect.make.each):
        if own.get(effect.make.into) is not None:
            continue
        if effect.when is None or evaluate(effect.when, own, context) is True:
            values = tuple(evaluate(formula, own, context) for formula in effect.fields.values())
            known.setdefault(values, []).append(own)
    for values, rows in known.items():
        yield dict(zip(effect.fields, values, strict=True)), rows
