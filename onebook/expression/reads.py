"""What a tree reads, and how long its result stays true."""

from dataclasses import dataclass

from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.tree import Aggregate, Call, Given, Node, Path, Volatility, children

#: Before the key of a field: its value before the change.
OLD = "old."


@dataclass(frozen=True, slots=True)
class Reads:
    """The keys that a tree reads, relative to its scope; its volatility; whether it asks for earlier values."""

    paths: frozenset[str]
    volatility: Volatility
    old: bool

    @classmethod
    def of(cls, tree: Node) -> "Reads":
        """Gather them from a whole tree."""
        paths: set[str] = set()
        volatility, old = _gather(tree, (), paths)
        return cls(frozenset(paths), volatility, old)


def _gather(node: Node, frames: tuple[str, ...], paths: set[str]) -> tuple[Volatility, bool]:
    """Add what a part reads. `frames` are the keys of the rows around it, innermost first, each with its dot."""
    volatility, old = Volatility.IMMUTABLE, False
    match node:
        case Path():
            key = node.key.removeprefix(OLD)
            paths.add(_relative(node.up, key, frames))
            old = key != node.key
            if old or frames or node.up or "." in key:
                volatility = Volatility.ROW
        case Given():
            volatility = Volatility.CLOCK
        case Call(function=name):
            volatility = FUNCTIONS[name].volatility
        case Aggregate(rows=rows):
            volatility = Volatility.ROW
            key = _relative(rows.up, rows.key, frames)
            paths.add(key)
            frames = (f"{key}.", *frames)
        case _:
            pass
    for part in children(node):
        inner, inner_old = _gather(part, frames, paths)
        volatility, old = max(volatility, inner), old or inner_old
    return volatility, old


def _relative(up: int, key: str, frames: tuple[str, ...]) -> str:
    return frames[up] + key if up < len(frames) else "^." * (up - len(frames)) + key
