"""What a form's formulas read behind links that somebody is just choosing, so that a page can compute at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import COMPANY
from onebook.engines.form.plan import behind_defaults, links_of
from onebook.engines.form.query import Query, Question
from onebook.engines.form.refusals import Forbidden, Invalid
from onebook.engines.form.rows import KeyTree, Row, absolute, lines_at, tree_of
from onebook.engines.process.ground import Ground
from onebook.engines.table.names import target_of
from onebook.engines.table.rights import ALL, rights
from onebook.engines.table.walk import end_of, lines_target, link_target
from onebook.engines.view.page import Page, shown
from onebook.engines.view.sight import Sight
from onebook.expression.sql import context_parameters
from onebook.expression.tree import Expression
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

_PARTS: Final = ("required", "visible", "editable", "default", "formula")


@dataclass(frozen=True, slots=True)
class _Behind:
    """What is read behind one link, with the titles of what is found there."""

    target: str
    keys: frozenset[str]
    query: Query


def linked(
    transaction: Transaction, ground: Ground, actor: Actor, form: str, asked: Mapping[str, Sequence[int]], now: datetime
) -> dict[str, Any]:
    """Exactly the keys that formulas, conditions and defaults read through these links, as far as the actor may see
    them, in one round trip: by link, by id, nested as the keys are dotted. `company` is always among them."""
    declared = ground.catalog.forms[form]
    granted = rights(ground.catalog, actor, form)
    if granted.read is None and granted.create is None:
        raise Forbidden(form=declared.label, action="read")
    roles = None if actor.id == SYSTEM.id else actor.roles
    links: Mapping[str, _Behind] = ground.kept(("linked", form, roles), lambda: dict(_links(ground, actor, declared)))
    known = _link_names(declared) | {"created_by", "updated_by"}
    problems = [Problem("form.not_link", name) for name in asked if name not in known]
    if problems:
        raise Invalid(problems, form=declared.label)
    parameters = context_parameters(ground.context(actor, now))
    wanted = {name: (links[name], sorted(set(ids))) for name, ids in asked.items() if name in links}
    if COMPANY in links:
        wanted[COMPANY] = (links[COMPANY], [])
    statements = [one for link, ids in wanted.values() for one in link.query.statements(ids, parameters)]
    results = transaction.run(*statements) if statements else []
    answer: dict[str, Any] = {name: {} for name in asked}
    start = 0
    for name, (link, _) in wanted.items():
        found = link.query.answer(results[start : start + link.query.count])
        start += link.query.count
        drawing = _Drawing(ground, actor, form)
        tree = tree_of(ground.tables, link.target, link.keys)
        told = {str(number): drawing.told(link.target, row, tree) for number, row in found.rows.items()}
        answer[name] = next(iter(told.values()), {}) if name == COMPANY else told
    return answer


def _link_names(form: Form) -> set[str]:
    own = {name for name, field in form.fields.items() if field.kind is FieldKind.LINK}
    rows = {
        f"{lines}.{name}"
        for lines, field in form.line_fields.items()
        for name, column in (field.fields or {}).items()
        if column.kind is FieldKind.LINK
    }
    return own | rows


def _links(ground: Ground, actor: Actor, form: Form) -> Iterator[tuple[str, _Behind]]:
    """Every link behind which something is read, by its name."""
    sight = Sight(ground.catalog, actor)
    read: set[str] = set()
    for lines, expression in _expressions(ground, sight, form):
        read |= absolute(expression.paths, lines)
    for lines, field in _counted(form):
        packs = sight.packs(form, lines, field)
        if packs is not None:
            read |= absolute(packs.keys(str(field.counts)), lines)
    keys = behind_defaults(ground.forms.form(form.form).plan.steps, frozenset(read))
    for link in links_of(form, ground.tables, keys):
        name = target_of(link.lines, link.name) if link.lines else link.name
        behind = frozenset(
            key for key in link.keys if link.name == COMPANY or _is_open(ground, actor, link.target, key)
        )
        if not behind or not sight.sees(form.form, name):
            continue
        scope = None if link.name == COMPANY else rights(ground.catalog, actor, link.target.partition(".")[0])
        titled = behind | _titles(ground, actor, form.form, link.target, behind)
        question = Question(link.target, titled, scope, is_singleton=link.name == COMPANY)
        yield name, _Behind(link.target, behind, ground.forms.query(question))


def _expressions(ground: Ground, sight: Sight, form: Form) -> Iterator[tuple[str | None, Expression]]:
    """The formulas that the form's description sends to this actor."""
    every: list[tuple[str | None, str, FieldDeclaration]] = []
    for name, field in form.fields.items():
        every.append((None, name, field))
        every += [(name, column, inner) for column, inner in (field.fields or {}).items()]
    for lines, name, field in every:
        if not sight.sees(form.form, f"{lines}.{name}" if lines else name):
            continue
        texts = [getattr(field, part) for part in _PARTS] + [must.that for must in field.must]
        for text in texts:
            expression = ground.catalog.formula(text, form.form, lines) if text is not None else None
            if expression is not None and sight.sees_all(f"{form.form}.{lines}" if lines else form.form, expression):
                yield lines, expression


def _counted(form: Form) -> Iterator[tuple[str | None, FieldDeclaration]]:
    """Quantities that are counted in packs."""
    yield from ((None, field) for field in form.fields.values() if field.counts is not None)
    for lines, declared in form.line_fields.items():
        yield from ((lines, field) for field in (declared.fields or {}).values() if field.counts is not None)


def _is_open(ground: Ground, actor: Actor, target: str, key: str) -> bool:
    """Whether nothing further on the way is a record that the actor may not read: who may read some of a form only
    has what lies behind it computed by the server."""
    *path, _ = key.split(".")
    for name in path:
        further = link_target(ground.tables, target, name)
        if further is not None and rights(ground.catalog, actor, further.partition(".")[0]).read != ALL:
            return False
        target = further or lines_target(ground.tables, target, name) or target
    return True


def _titles(ground: Ground, actor: Actor, form: str, target: str, keys: frozenset[str]) -> set[str]:
    """What the links at the ends of keys are called."""
    page = Page(ground.catalog, actor, form)
    found = set()
    for key in keys:
        leads = _leads(ground, target, key)
        title = page.title_of(leads) if leads else None
        if title:
            found.add(f"{key}.{title}")
    return found


def _leads(ground: Ground, target: str, key: str) -> str | None:
    """Where a key that ends at a link leads."""
    holder, name = end_of(ground.tables, target, key)
    return link_target(ground.tables, holder, name) if name != "id" else None


class _Drawing:
    """Rows behind links as JSON, for one actor."""

    def __init__(self, ground: Ground, actor: Actor, form: str) -> None:
        self._ground = ground
        self._page = Page(ground.catalog, actor, form)

    def told(self, target: str, row: Row, tree: KeyTree) -> dict[str, Any]:
        """The keys of a row, nested as they are dotted."""
        told: dict[str, Any] = {}
        for key in tree.columns:
            _put(told, key, self._value(target, key, row))
        for path, inner in tree.rows.items():
            holder, name = lines_at(self._ground.tables, target, path)
            lines = target_of(holder, name)
            _put(told, path, [self.told(lines, one, inner) for one in row.get(path) or ()])
        return told

    def _value(self, target: str, key: str, row: Row) -> Any:
        value, leads = row.get(key), _leads(self._ground, target, key)
        if leads is not None and value is not None:
            title = self._page.title_of(leads)
            name = row.get(f"{key}.{title}") if title else None
            return {"id": value, "title": None if name is None else str(name)}
        holder, name = end_of(self._ground.tables, target, key)
        field = self._ground.tables.fields(holder).get(name)
        return shown(field.kind, value) if field is not None else value


def _put(told: dict[str, Any], key: str, value: Any) -> None:
    """Write a value under a dotted key; what lies behind a blank link stays blank with it."""
    *path, name = key.split(".")
    inside = told
    for step in path:
        further = inside.setdefault(step, {})
        if further is None:
            return
        inside = further
    if isinstance(value, dict):
        value = {**value, **(inside.get(name) or {})}
    inside[name] = value
