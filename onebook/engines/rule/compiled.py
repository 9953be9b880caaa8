"""The rules of a catalog, ready to be asked: their conditions as formulas, and what each of them reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from onebook.definition.catalog import Catalog
from onebook.definition.declarations import AccountCall
from onebook.definition.rule import Rule
from onebook.definition.rules import rule_formula
from onebook.engines.table.tables import Tables
from onebook.expression.tree import Aggregate, Expression, Node, Path, children
from onebook.expression.types import Kind

#: More figures than these say nothing to whoever asks why.
_MOST_READ: Final = 8
_TOLD: Final = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.FLAG})


@dataclass(frozen=True)
class CompiledRule:
    """One rule with its formulas."""

    catalog: Catalog
    tables: Tables
    rule: Rule

    @property
    def name(self) -> str:
        """Its name."""
        return self.rule.rule

    @cached_property
    def when(self) -> Expression | None:
        """Its condition."""
        return None if self.rule.when is None else self.formula(self.rule.when, Kind.FLAG)

    @cached_property
    def date(self) -> Expression | None:
        """The date that it is about."""
        return None if self.rule.on.date is None else self.formula(self.rule.on.date, Kind.DATE)

    @cached_property
    def call(self) -> AccountCall | None:
        """The account that it listens to."""
        return None if self.rule.on.balance is None else self.catalog.account_call(self.rule.on.balance, self.rule.form)

    @cached_property
    def reads(self) -> Mapping[str, Kind]:
        """The single values that its condition reads of the record and through its links: the figures behind a why."""
        if self.when is None:
            return {}
        told = [path for path in _paths(self.when.tree) if path.type.kind in _TOLD and not path.up]
        return dict(islice({path.key: path.type.kind for path in told}.items(), _MOST_READ))

    def formula(self, text: str, expects: Kind | None = None, lines: str | None = None) -> Expression:
        """A formula of the rule."""
        return rule_formula(self.catalog, self.rule, text, expects, lines)


class Rules:
    """All rules of a catalog, by name."""

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        """Over a catalog."""
        self.by_name: Mapping[str, CompiledRule] = {
            name: CompiledRule(catalog, tables, rule) for name, rule in catalog.rules.items()
        }

    @cached_property
    def after(self) -> tuple[CompiledRule, ...]:
        """Those that run behind a commit."""
        return tuple(one for one in self.by_name.values() if one.rule.phase == "after")

    @cached_property
    def timed(self) -> tuple[CompiledRule, ...]:
        """Those that the clock sets off."""
        return tuple(one for one in self.after if one.rule.on.is_timed)


def _paths(node: Node) -> Iterator[Path]:
    """Fields that are read outside of rows."""
    match node:
        case Path():
            yield node
        case Aggregate():
            return
        case _:
            for part in children(node):
                yield from _paths(part)
