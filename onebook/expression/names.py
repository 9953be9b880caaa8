"""Which field a name means: own names first, then outwards; links are followed up to the first rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onebook.expression.refusals import NameUnknown, NoLink, NoParent
from onebook.expression.scope import Scope
from onebook.expression.syntax import Constant, Invocation, Name, Operator, Syntax
from onebook.expression.tree import Path, Span
from onebook.expression.types import Kind

#: Scopes from the innermost row outwards.
Chain = Sequence[Scope]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a name leads: the field, the scope behind it if it is a link or rows, and how many segments that took."""

    path: Path
    scope: Scope | None
    used: int


def chain_of(scope: Scope) -> tuple[Scope, ...]:
    """A scope and all that stand outside of it."""
    return (scope, *chain_of(scope.parent)) if scope.parent else (scope,)


def resolve(name: Name, chain: Chain) -> Resolved:
    """Follow a name to its end, or to the first rows on its way. Refuses unknown names and paths through no link."""
    if name.up >= len(chain):
        raise NoParent(position=name.span.start + 1, part="^." * name.up + ".".join(name.segments))
    levels = (name.up,) if name.exact else range(name.up, len(chain))
    for level in levels:
        if chain[level].find(name.segments[0]):
            return _follow(name, level, chain[level])
    raise NameUnknown(position=name.span.start + 1, part=name.segments[0], form=chain[name.up].name)


def rows_of(name: Name, chain: Chain) -> Resolved | None:
    """The rows that a name leads to or through, or None."""
    try:
        resolved = resolve(name, chain)
    except (NameUnknown, NoLink, NoParent):
        return None
    return resolved if resolved.path.type.kind is Kind.LINES else None


def _follow(name: Name, level: int, scope: Scope) -> Resolved:
    keys: list[str] = []
    owners: list[str] = []
    here: Scope | None = scope
    for index, segment in enumerate(name.segments):
        part = ".".join(name.segments[: index + 1])
        if here is None:
            raise NoLink(position=name.span.start + 1, part=".".join(name.segments[:index]), next=segment)
        found = here.find(segment)
        if found is None:
            raise NameUnknown(position=name.span.start + 1, part=part, form=here.name)
        keys.append(found.name or segment)
        owners.append(here.name)
        here = found.scope
        if found.type.kind is Kind.LINES or index == len(name.segments) - 1:
            path = Path(level, ".".join(keys), found.type, name.span, tuple(owners), marked=name.up > 0)
            return Resolved(path, here, index + 1)
    raise AssertionError("a name has segments")


def names_in(tree: Syntax) -> list[Name]:
    """All names of a part, from left to right."""
    match tree:
        case Name():
            return [tree]
        case Constant():
            return []
        case Operator(operands=parts):
            return [name for part in parts for name in names_in(part)]
        case Invocation(arguments=parts, where=where):
            return [name for part in ((*parts, where) if where else parts) for name in names_in(part)]


def seen_from_rows(tree: Syntax, rows: Path, chain: Chain) -> Syntax:
    """A part of an aggregate as its rows see it: `lines.amount` is their `amount`; exact names move out."""
    match tree:
        case Name():
            return _name_from_rows(tree, rows, chain)
        case Constant():
            return tree
        case Operator(operands=parts):
            return replace(tree, operands=tuple(seen_from_rows(part, rows, chain) for part in parts))
        case Invocation(arguments=parts, where=where):
            return replace(
                tree,
                arguments=tuple(seen_from_rows(part, rows, chain) for part in parts),
                where=where and seen_from_rows(where, rows, chain),
            )


def _name_from_rows(name: Name, rows: Path, chain: Chain) -> Name:
    resolved = rows_of(name, chain)
    if resolved and (resolved.path.up, resolved.path.key) == (rows.up, rows.key):
        return Name(0, name.segments[resolved.used :], name.span, exact=True)
    return replace(name, up=name.up + 1) if name.exact else name


def spelled(span: Span, text: str) -> str:
    """The part of the text that a span covers."""
    return text[span.start : span.end]
