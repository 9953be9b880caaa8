"""From the tree back to text, with the names of declarations or the labels of a language."""

from collections.abc import Callable
from typing import Final

from onebook.expression.functions.formats import plain
from onebook.expression.grammar import RESERVED
from onebook.expression.names import chain_of
from onebook.expression.operators import COMPARISONS
from onebook.expression.reads import OLD
from onebook.expression.scope import Scope
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, Path
from onebook.expression.types import Kind

#: The word for a name found in a scope: (`purchase.lines`, `amount`) -> `金额`.
Words = Callable[[str, str], str]

#: How strongly each operator binds, as the grammar has it.
_BINDING: Final = {
    "OR": 1,
    "AND": 2,
    "NOT": 3,
    **dict.fromkeys((*COMPARISONS, "IN"), 4),
    "&": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "NEG": 8,
}
_TIGHTEST: Final = 9


def as_declared(_scope: str, name: str) -> str:
    """The names of declarations themselves."""
    return name


def print_tree(expression: Expression, words: Words = as_declared) -> str:
    """The formula as text that parses to the same tree; `words` says what names are called."""
    return _Printing(words).text(expression.tree, 0)


def print_formula(expression: Expression, scope: Scope, language: str) -> str:
    """The formula in the words of a language: fields by the labels that the scope gives them, functions by name."""
    return print_tree(expression, _Labels(scope, language).word)


class _Labels:
    """The labels of fields, looked up in the scopes that paths lead through."""

    def __init__(self, scope: Scope, language: str) -> None:
        self._scopes = {known.name: known for known in chain_of(scope)}
        self._language = language

    def word(self, owner: str, name: str) -> str:
        """What a name found in a scope is called; rows and links make the scopes behind them known."""
        found = self._scopes[owner].find(name) if owner in self._scopes else None
        if found is None:
            return name
        if found.scope is not None:
            self._scopes.setdefault(found.scope.name, found.scope)
        return found.label.in_language(self._language) if found.label else name


class _Printing:
    """One tree on its way to text. `prefixes` lead to the rows around a part, innermost last."""

    def __init__(self, words: Words, prefix: str = "") -> None:
        self._words = words
        self._prefix = prefix

    def text(self, node: Node, binding: int) -> str:
        """A part, in parentheses if what stands around it binds more strongly."""
        match node:
            case Literal():
                return _literal(node)
            case Given(name=name):
                return _name(name)
            case Path():
                return self._path(node)
            case Operation():
                written = self._operation(node)
                return f"({written})" if _BINDING[node.operator] < binding else written
            case Call(function="CHANGED", arguments=arguments):
                return f"CHANGED({self.text(arguments[0], 0)})"
            case Call(function=name, arguments=arguments):
                return f"{name}({', '.join(self.text(part, 0) for part in arguments)})"
            case Aggregate():
                return self._aggregate(node)

    def _path(self, path: Path) -> str:
        key = path.key.removeprefix(OLD)
        names = self._names(key, path.owners)
        outwards = "^." * path.up if path.marked else ""
        prefix = "" if path.up else self._prefix
        written = f"{outwards}{prefix}{names}"
        return f"OLD({written})" if key != path.key else written

    def _names(self, key: str, owners: tuple[str, ...]) -> str:
        keys = key.split(".")
        return ".".join(_name(self._words(owner, name)) for owner, name in zip(owners, keys, strict=True))

    def _operation(self, node: Operation) -> str:
        operator, operands = node.operator, node.operands
        binding = _BINDING[operator]
        if operator == "NOT":
            return f"NOT {self.text(operands[0], binding)}"
        if operator == "NEG":
            return f"-{self.text(operands[0], binding)}"
        if operator == "IN":
            return f"{self.text(operands[0], binding + 1)} IN {self._members(operands[1:])}"
        first = self.text(operands[0], binding + 1 if operator in COMPARISONS else binding)
        rest = [self.text(part, binding + 1) for part in operands[1:]]
        return f" {operator} ".join([first, *rest])

    def _members(self, members: tuple[Node, ...]) -> str:
        if members[0].type.kind in (Kind.TEXTS, Kind.LINKS):
            return self.text(members[0], _TIGHTEST)
        return f"({', '.join(self.text(member, 0) for member in members)})"

    def _aggregate(self, node: Aggregate) -> str:
        rows = self._path(node.rows)
        value = _Printing(self._words, f"{rows}.").text(node.value, 0) if node.value else rows
        separator = "" if node.separator is None else f", {_quoted(node.separator)}"
        where = f" WHERE {_Printing(self._words, f'{rows}.').text(node.where, 0)}" if node.where else ""
        return f"{node.function}({value}{separator}{where})"


def _literal(literal: Literal) -> str:
    match literal.value:
        case None:
            return "BLANK"
        case bool():
            return "TRUE" if literal.value else "FALSE"
        case str():
            return _quoted(literal.value)
        case value:
            return plain(value)  # type: ignore[arg-type]  # what is written out is a number


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _name(word: str) -> str:
    """A name, in brackets if it would not be read as one."""
    return word if word.isidentifier() and word.lower() not in RESERVED else f"[{word}]"
