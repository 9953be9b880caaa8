"""Every form of a catalog, compiled: its tables, its plan of computation, and its queries as text."""

from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.engines.form.plan import LinkKeys, Plan, behind_defaults, links_of, places
from onebook.engines.form.query import Query, Question
from onebook.engines.form.unfolding import expansions_of
from onebook.engines.table.compiled import CompiledText
from onebook.engines.table.names import target_of
from onebook.engines.table.rights import Granting
from onebook.engines.table.tables import Tables, tables_of

#: Questions follow from declarations and rights, so they are few; should somebody make them endless, begin anew.
_MOST_QUERIES: Final = 4_000


class CompiledForm:
    """One form: its declaration, its plan, and the keys that this plan reads."""

    def __init__(self, catalog: Granting, tables: Tables, declaration: Form) -> None:
        """Compile a form."""
        self.name = declaration.form
        self.declaration = declaration
        self.tables = tables
        self.plan = Plan.of(declaration, catalog, tables)
        #: The declaration's fields of kind lines, looked for once.
        self.lines = declaration.line_fields
        #: Everything that defaults, formulas and conditions read.
        self.keys = self.plan.keys
        #: Which rows stand for others, and what is read to put these in their place.
        self.expansions = tuple(expansions_of(declaration, catalog))
        self.unfolds_by: frozenset[str] = frozenset().union(*(one.keys for one in self.expansions))
        #: Every stored field of the record and of its lines.
        self.stored = frozenset(
            [target_of(lines, name) if lines else name for lines, name, _ in places(declaration)]
            + list(declaration.line_fields)
        )
        self.titles = frozenset(_titles(catalog, declaration))
        #: The texts of statements that write, by what they write.
        self.texts: dict[tuple[object, ...], str] = {}
        self._links: dict[frozenset[str], tuple[LinkKeys, ...]] = {frozenset(): self.plan.links}

    def links(self, further: frozenset[str]) -> tuple[LinkKeys, ...]:
        """What is read behind each link, when further keys are read besides those of the plan."""
        found = self._links.get(further)
        if found is None:
            found = self._links[further] = tuple(
                links_of(self.declaration, self.tables, behind_defaults(self.plan.steps, self.keys | further))
            )
        return found


def _titles(catalog: Granting, form: Form) -> list[str]:
    """The keys that name what links point at: `customer.name`, `lines.product.name`."""
    found = []
    for lines, name, field in places(form):
        target = catalog.forms.get(field.to or "") if field.kind is FieldKind.LINK else None
        title = title_of(target) if target is not None else None
        if title is not None:
            key = f"{name}.{title}"
            found.append(target_of(lines, key) if lines else key)
    return found


def title_of(form: Form) -> str | None:
    """The column that names a record of the form to people, if it has one."""
    return form.title or ("number" if form.number else None)


class Forms:
    """All forms of one catalog: everything compiled hangs here. Ask `forms_of` for those that others use already."""

    def __init__(self, catalog: Granting) -> None:
        """Over a catalog; forms are compiled when they are first asked for."""
        self.catalog = catalog
        self.tables = tables_of(catalog)
        self._forms: dict[str, CompiledForm] = {}
        self._queries: dict[Question, Query] = {}
        self._texts: dict[object, CompiledText] = {}

    def form(self, name: str) -> CompiledForm:
        """A form, compiled."""
        found = self._forms.get(name)
        if found is None:
            found = self._forms[name] = CompiledForm(self.catalog, self.tables, self.catalog.forms[name])
        return found

    def query(self, question: Question) -> Query:
        """The query of a question, compiled once."""
        found = self._queries.get(question)
        if found is None:
            if len(self._queries) >= _MOST_QUERIES:
                self._queries.clear()
            found = self._queries[question] = Query(self.tables, question)
        return found

    def remembered(self, key: object, build: Callable[[], CompiledText]) -> CompiledText:
        """Any other text that is compiled once."""
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= _MOST_QUERIES:
                self._texts.clear()
            found = self._texts[key] = build()
        return found


#: By the identity of their catalog, which they keep alive.
_IN_USE: Final[WeakValueDictionary[int, Forms]] = WeakValueDictionary()


def forms_of(catalog: Granting) -> Forms:
    """The forms of a catalog, shared by all companies that use it."""
    forms = _IN_USE.get(id(catalog))
    if forms is None:
        forms = _IN_USE[id(catalog)] = Forms(catalog)
    return forms
