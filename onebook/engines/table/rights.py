"""What an actor may do with a form: the grants of all their roles, added up."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, Protocol

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.declarations import AccountCall
from onebook.definition.form import Form
from onebook.definition.role import Grant, Role
from onebook.expression.tree import Expression, Path
from onebook.expression.types import Kind

#: Which records: all of them, none, or those for which the condition holds.
Scope = Expression | Literal["all"] | None
#: Which transitions: all of them, or those named.
Steps = frozenset[str] | Literal["all"]

ALL: Final = "all"
_EVERY: Final = "TRUE"
_NO: Final = "FALSE"


class Granting(Hashable, Protocol):
    """What of a catalog rights are made of."""

    @property
    def forms(self) -> Mapping[str, Form]:
        """Every form by name."""
        ...

    @property
    def roles(self) -> Mapping[str, Role]:
        """Every role by name."""
        ...

    def formula(self, text: str, form: str, lines: str | None = None, expects: Kind | None = None) -> Expression:
        """A formula of a form, checked."""
        ...

    def account_call(self, text: str, form: str, lines: str | None = None) -> AccountCall:
        """An account as a form writes it."""
        ...

    def rows_behind(self, form: str, lines: str, path: str) -> Path:
        """The rows to which links lead from a row of a form."""
        ...

    def formula_behind(self, text: str, form: str, lines: str, path: str, expects: Kind | None = None) -> Expression:
        """A formula that stands in those rows, checked."""
        ...


@dataclass(frozen=True, slots=True)
class Rights:
    """An actor's rights on one form. Field names of lines are dotted (`lines.cost`)."""

    read: Scope = None
    create: Scope = None
    update: Scope = None
    delete: Scope = None
    do: Steps = frozenset()
    reverse: Steps = frozenset()
    export: bool = False
    import_: bool = False
    hidden: frozenset[str] = field(default_factory=frozenset)
    masked: frozenset[str] = field(default_factory=frozenset)
    read_only: frozenset[str] = field(default_factory=frozenset)

    def may_do(self, transition: str) -> bool:
        """Whether they may run a transition."""
        return self.do == ALL or transition in self.do

    def may_reverse(self, transition: str) -> bool:
        """Whether they may undo a transition."""
        return self.reverse == ALL or transition in self.reverse

    def may_type(self, name: str) -> bool:
        """Whether they may give the field a value; what they cannot see whole they cannot change."""
        return name not in self.hidden and name not in self.masked and name not in self.read_only


EVERYTHING: Final = Rights(ALL, ALL, ALL, ALL, ALL, ALL, True, True)


def rights(catalog: Granting, actor: Actor, form: str) -> Rights:
    """The actor's rights on a form; unknown roles grant nothing."""
    return EVERYTHING if actor.id == SYSTEM.id else _rights(catalog, actor.roles, form)


@lru_cache(maxsize=4096)
def _rights(catalog: Granting, names: frozenset[str], form: str) -> Rights:
    roles = [catalog.roles[name] for name in sorted(names) if name in catalog.roles]
    if any(role.everything for role in roles):
        return EVERYTHING
    grants = [role.grants[form] for role in roles if form in role.grants]
    if not grants:
        return Rights()

    def scope(texts: Iterable[str]) -> Scope:
        return _either(catalog, form, list(texts))

    return Rights(
        read=scope(grant.read for grant in grants),
        create=scope(grant.create for grant in grants),
        update=scope(grant.update for grant in grants),
        delete=scope(grant.delete for grant in grants),
        do=_steps([grant.do for grant in grants]),
        reverse=_steps([grant.reverse for grant in grants]),
        export=any(grant.export for grant in grants),
        import_=any(grant.import_ for grant in grants),
        hidden=_in_all(grant.hide for grant in grants),
        masked=_in_all(_masked(catalog.forms[form], grant) for grant in grants),
        read_only=_in_all((*grant.read_only, *grant.hide, *grant.mask) for grant in grants),
    )


def _either(catalog: Granting, form: str, texts: Sequence[str]) -> Scope:
    conditions = dict.fromkeys(text.strip() for text in texts if text.strip().upper() != _NO)
    if any(text.upper() == _EVERY for text in conditions):
        return "all"
    if not conditions:
        return None
    return catalog.formula(" OR ".join(f"({text})" for text in conditions), form, None, Kind.FLAG)


def _steps(granted: Sequence[Steps | tuple[str, ...]]) -> Steps:
    if ALL in granted:
        return "all"
    return frozenset(name for names in granted for name in names)


def _in_all(sets: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset.intersection(*(frozenset(names) for names in sets))


def _masked(form: Form, grant: Grant) -> list[str]:
    """What a grant masks: what it says, and, for those who only read, what the form declares to be masked."""
    declared = []
    if grant.update.strip().upper() == _NO:
        for name, one in form.fields.items():
            declared += [name] if one.masked else []
            declared += [f"{name}.{column}" for column, inner in (one.fields or {}).items() if inner.masked]
    return [*declared, *grant.mask]
