"""Records that are already there: unique fields, and what the form calls duplicates."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, select
from sqlalchemy.types import Text

from onebook.access.actor import Actor
from onebook.definition.field import Duplicate
from onebook.definition.form import Form
from onebook.engines.form.forms import Forms, title_of
from onebook.engines.form.rows import Row
from onebook.engines.form.text import normalised
from onebook.engines.table.columns import normalised as normalised_in_sql
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import condition
from onebook.engines.table.rights import Rights, rights
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem

#: How much of their trigrams alike texts share.
_ALIKE: Final = 0.5
#: How many others a problem names.
_NAMED: Final = 3
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which records are the same."""

    fields: tuple[str, ...]
    how: str
    blocks: bool
    #: Unique fields have an index that refuses at the latest; other rules need a lock of their own.
    is_unique: bool

    @property
    def code(self) -> str:
        """The code of its problem."""
        if self.is_unique:
            return "form.not_unique"
        return "form.duplicate" if self.blocks else "form.duplicate_warning"


def rules_of(form: Form) -> Iterator[Rule]:
    """Unique fields first, then the declared duplicates."""
    for name, field in form.fields.items():
        if field.unique:
            yield Rule((name,), "exact", True, True)
    for one in form.duplicates:
        yield _declared(one)


def _declared(duplicate: Duplicate) -> Rule:
    blocks = duplicate.then == "block" and duplicate.how != "alike"
    return Rule(duplicate.fields, duplicate.how, blocks, False)


class DuplicateCheck:
    """Looks for others with the same values. Asks again only for rules whose values were not known before."""

    def __init__(
        self, forms: Forms, form: str, actor: Actor, context: Context, *, record: int | None = None,
        preview: bool = False,
    ) -> None:  # fmt: skip
        """For a new record, or for `record` itself."""
        self._forms = forms
        self._form = forms.form(form)
        self._rights = rights(forms.catalog, actor, form)
        self._parameters = context_parameters(context)
        self._record = record
        self._preview = preview
        self._rules = list(rules_of(self._form.declaration))
        self._asked: dict[Rule, tuple[Any, ...]] = {}
        self._found: dict[Rule, Rows] = {}
        self._open: list[Rule | None] = []
        self._statements: list[Statement] = []

    def ask(self, values: Mapping[str, Any]) -> None:
        """Want the others for these values: of rules whose fields are all there, and not blank."""
        for rule in self._rules:
            given = tuple(values.get(name) for name in rule.fields)
            if any(one is None for one in given):
                if all(name in values for name in rule.fields):
                    self._found.pop(rule, None)
                    self._asked.pop(rule, None)
                continue
            if self._asked.get(rule) == given:
                continue
            self._asked[rule] = given
            self._add(rule, given)

    def ask_changed(self, before: Row, after: Row) -> None:
        """Want the others of rules whose values differ between two states of the record."""
        for rule in self._rules:
            given = tuple(after.get(name) for name in rule.fields)
            if given != tuple(before.get(name) for name in rule.fields):
                self.ask(dict(zip(rule.fields, given, strict=True)))

    def statements(self) -> Sequence[Statement]:
        """What is asked now."""
        return self._statements

    def take(self, results: Sequence[Rows]) -> None:
        """Who else is there."""
        for rule, rows in zip(self._open, results, strict=True):
            if rule is not None:
                self._found[rule] = rows
        self._open, self._statements = [], []

    def problems(self, changed: Container[str] | None = None) -> Iterator[Problem]:
        """Each rule with others: `form.not_unique` and `form.duplicate` block, `form.duplicate_warning` can be
        accepted. The titles of others that the actor may not read are not told. With `changed`, only of rules that
        one of these fields belongs to: what was accepted once is not asked about again."""
        fields = self._form.declaration.fields
        for rule, rows in self._found.items():
            if not rows or not (changed is None or any(name in changed for name in rule.fields)):
                continue
            others = [title for _, title, readable in rows if readable and title is not None]
            ids = [number for number, _, readable in rows if readable]
            labels = [fields[name].label for name in rule.fields]
            yield Problem(rule.code, rule.fields[0], None, {"label": labels, "others": others, "ids": ids})

    def _add(self, rule: Rule, given: tuple[Any, ...]) -> None:
        values = tuple(normalised(one) if rule.how == "normalised" and isinstance(one, str) else one for one in given)
        if rule.blocks and not rule.is_unique and not self._preview:
            # Two at once with the same values wait for each other here, so that the second sees the first.
            mark = f"{self._form.name}|{'|'.join(rule.fields)}|{'|'.join(map(str, values))}"
            self._open.append(None)
            self._statements.append(
                Statement("SELECT pg_advisory_xact_lock(hashtextextended(%(mark)s::text, 0))", {"mark": mark})
            )
        parameters = {f"value_{place}": value for place, value in enumerate(values)}
        self._open.append(rule)
        self._statements.append(_text(self._forms, self._form.name, self._rights, rule).bound(
            {**self._parameters, **parameters, "record": self._record or 0}
        ))  # fmt: skip


def _text(forms: Forms, form: str, scope: Rights, rule: Rule) -> CompiledText:
    return forms.remembered(("duplicates", form, scope, rule), lambda: _compiled(forms, form, scope, rule))


def _compiled(forms: Forms, form: str, scope: Rights, rule: Rule) -> CompiledText:
    joins = Joins(forms.tables, form, alias=forms.tables.form(form).alias(_OTHERS))
    columns = joins.root.c
    where: list[ColumnElement[bool]] = [columns.deleted_at.is_(None), columns.id != bindparam("record")]
    where += [_same(columns[name], place, rule.how) for place, name in enumerate(rule.fields)]
    title = title_of(forms.catalog.forms[form])
    name = columns[title].cast(Text) if title is not None else literal_column("NULL::text")
    readable = condition(scope.read, joins)
    query = select(columns.id, name.label("title"), readable.label("readable"))
    return compiled(query.select_from(joins.from_clause()).where(and_(*where)).order_by(columns.id).limit(_NAMED))


def _same(column: ColumnElement[Any], place: int, how: str) -> ColumnElement[bool]:
    value = bindparam(f"value_{place}", type_=column.type)
    match how:
        case "normalised":
            # Written as the index is, so that the index serves it.
            return literal_column(normalised_in_sql(f'{_OTHERS}."{column.name}"::text')) == value
        case "alike":
            return and_(column.op("%")(value), func.similarity(column, value) >= _ALIKE)
    same: ColumnElement[bool] = column == value
    return same
