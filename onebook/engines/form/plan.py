"""In which order a form's defaults and formulas are computed, and what they read. Compiled once per form."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.model import Formula
from onebook.definition.scope import COMPANY
from onebook.engines.form.remembered import Calls, RememberedField, keys_of, remembered_fields
from onebook.engines.form.rows import absolute, below
from onebook.engines.table.columns import NUMBERS, PRECISION, scale_of
from onebook.engines.table.names import target_of
from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import link_target
from onebook.expression.tree import Expression, Path
from onebook.expression.types import Kind
from onebook.values.decimals import ZERO
from onebook.values.label import Label

#: A field's place: the lines it stands in (None: the record itself), and its name.
Place = tuple[str | None, str]
#: Links that every record has without a field.
_SYSTEM_LINKS: Final = ("company", "created_by", "updated_by")


@dataclass(frozen=True, slots=True)
class Step:
    """One field to fill: by its formula always, by its default where it is not given."""

    lines: str | None
    name: str
    field: FieldDeclaration
    default: Expression | None
    formula: Expression | None
    #: Whether it says the same for every record of one moment: it reads nothing, or only the company's own record.
    is_constant: bool = False

    @property
    def source(self) -> Path | None:
        """The link that a default merely repeats (`company.main_warehouse`): what is read behind the one is behind the
        other, so that it can be read in the same round trip."""
        if self.default is None or self.field.kind is not FieldKind.LINK:
            return None
        return self.default.tree if isinstance(self.default.tree, Path) else None


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """What is read behind a link: single values, and rows with their keys inside."""

    lines: str | None
    name: str
    target: str
    #: Keys of the target as (key behind the link, key in our row).
    values: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    #: All of them, as a query of the target asks for them.
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one field that is typed, or that must hold of what was computed."""

    lines: str | None
    name: str
    field: FieldDeclaration
    required: Expression | None
    visible: Expression | None
    editable: Expression | None
    musts: tuple[tuple[Expression, Label], ...]

    @property
    def key(self) -> str:
        """The field as problems name it: `lines.quantity`."""
        return f"{self.lines}.{self.name}" if self.lines else self.name


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything computed and checked about a record, in order."""

    steps: tuple[Step, ...]
    conditions: tuple[Conditions, ...]
    #: All that these read, as keys of the record.
    keys: frozenset[str]
    links: tuple[LinkKeys, ...]
    #: Whether anything asks what a value was before (`OLD`, `CHANGED`).
    reads_old: bool
    #: What fields hold that are neither given nor computed: of the record (under None), and of each of its lines.
    blanks: Mapping[str | None, Mapping[str, Any]]
    #: Computed numbers, and how many digits before the point their columns have.
    numbers: tuple[tuple[str | None, str, int], ...]
    #: Fields of lines that no two rows of one record may share.
    unique_in_rows: tuple[tuple[str, str, Label], ...]
    #: Fields that remember a figure of the book.
    remembered: tuple[RememberedField, ...] = ()

    @classmethod
    def of(cls, form: Form, catalog: Calls, tables: Tables) -> "Plan":
        """Compile the plan of a form."""
        compile_ = _Compiling(form, catalog)
        steps = [step for place in places(form) if (step := compile_.step(*place)) is not None]
        conditions = [found for place in places(form) if (found := compile_.conditions(*place)) is not None]
        remembered = tuple(remembered_fields(form, catalog))
        keys = behind_defaults(steps, frozenset(compile_.keys) | keys_of(remembered))
        links = tuple(links_of(form, tables, keys))
        return cls(
            tuple(_ordered(form, steps)),
            tuple(conditions),
            keys,
            links,
            compile_.reads_old,
            {lines: _blanks(form, lines) for lines in (None, *form.line_fields)},
            tuple(
                (lines, name, PRECISION[field.kind] - scale_of(field))
                for lines, name, field in places(form)
                if field.kind in NUMBERS and (field.formula is not None or field.default is not None)
            ),
            tuple(
                (lines, name, field.label) for lines, name, field in places(form) if lines is not None and field.unique
            ),
            remembered,
        )


def initial(field: FieldDeclaration) -> Any:
    """What a field holds that nobody has given a value."""
    if field.kind is FieldKind.FLAG:
        return False
    return ZERO if field.meter is not None and field.kind in NUMBERS else None


def _blanks(form: Form, lines: str | None) -> dict[str, Any]:
    return {
        name: initial(field)
        for within, name, field in places(form)
        if within == lines and field.default is None and field.formula is None
    }


def places(form: Form) -> Iterator[tuple[str | None, str, FieldDeclaration]]:
    """Every field that has a column: of the record, then of each of its lines."""
    for name, field in form.fields.items():
        if field.kind is not FieldKind.LINES:
            yield None, name, field
    for lines, field in form.line_fields.items():
        for name, column in (field.fields or {}).items():
            yield lines, name, column


class _Compiling:
    """Looks up formulas and remembers what they read."""

    def __init__(self, form: Form, catalog: Calls) -> None:
        self.keys: set[str] = set()
        self.reads_old = False
        self._form = form
        self._formula: Callable[..., Expression] = catalog.formula

    def step(self, lines: str | None, name: str, field: FieldDeclaration) -> Step | None:
        default = self._expression(field.default, lines)
        formula = self._expression(field.formula, lines)
        if default is None and formula is None:
            return None
        return Step(lines, name, field, default, formula, self._is_constant(formula or default))

    def _is_constant(self, expression: Expression | None) -> bool:
        if expression is None or expression.reads_old:
            return False
        start = "company." if COMPANY not in self._form.fields else None
        return all(start is not None and path.replace("^.", "").startswith(start) for path in expression.paths)

    def conditions(self, lines: str | None, name: str, field: FieldDeclaration) -> Conditions | None:
        required, visible, editable = (
            self._expression(text, lines, Kind.FLAG) for text in (field.required, field.visible, field.editable)
        )
        musts = []
        for must in field.must:
            that = self._expression(must.that, lines, Kind.FLAG)
            if that is not None:
                musts.append((that, must.otherwise))
        if required is None and editable is None and not musts:
            return None
        return Conditions(lines, name, field, required, visible, editable, tuple(musts))

    def _expression(self, text: Formula | None, lines: str | None, expects: Kind | None = None) -> Expression | None:
        if text is None:
            return None
        expression = self._formula(text, self._form.form, lines, expects)
        self.keys |= absolute(expression.paths, lines)
        self.reads_old |= expression.reads_old
        return expression


def place_of(form: Form, key: str) -> Place:
    """The field of the record or of its lines that a key reads through."""
    first, _, rest = key.partition(".")
    return (first, rest.partition(".")[0]) if first in form.line_fields else (None, first)


def _ordered(form: Form, steps: Iterable[Step]) -> Iterator[Step]:
    """Each step after those that it reads. Defaults that wait for each other keep the order of the declaration."""
    by_place: Mapping[Place, Step] = {(step.lines, step.name): step for step in steps}
    reads = {place: [read for read in _reads(form, step) if read in by_place] for place, step in by_place.items()}
    try:
        order = list(TopologicalSorter(reads).static_order())
    except CycleError:
        without = {place: [] if by_place[place].formula is None else read for place, read in reads.items()}
        order = list(TopologicalSorter(without).static_order())
    return (by_place[place] for place in order)


def _reads(form: Form, step: Step) -> Iterator[Place]:
    for expression in (step.default, step.formula):
        for key in absolute(expression.paths, step.lines) if expression is not None else ():
            place = place_of(form, key)
            if place != (step.lines, step.name):
                yield place


def behind_defaults(steps: Iterable[Step], keys: frozenset[str]) -> frozenset[str]:
    """The keys, and the same keys behind the links that defaults repeat."""
    sources = [(step, source) for step in steps if (source := step.source) is not None]
    for _ in sources:
        more: set[str] = set()
        for step, source in sources:
            for key in below(keys, target_of(step.lines, step.name) if step.lines else step.name):
                more |= absolute([f"{'^.' * source.up}{source.key}.{key}"], step.lines)
        if more <= keys:
            break
        keys |= more
    return keys


def links_of(form: Form, tables: Tables, keys: frozenset[str]) -> Iterator[LinkKeys]:
    """What is read behind each link of the form, by all these keys of the record."""
    for name in _SYSTEM_LINKS:
        target = link_target(tables, form.form, name) if name not in form.fields else None
        if target is not None and below(keys, name):
            yield _link(tables, None, name, target, below(keys, name))
    for lines, name, field in places(form):
        if field.kind is FieldKind.LINK and field.to is not None:
            yield _link(tables, lines, name, field.to, below(keys, target_of(lines, name) if lines else name))


def _link(tables: Tables, lines: str | None, name: str, target: str, keys: frozenset[str]) -> LinkKeys:
    rows = {path for key in keys if (path := _rows_path(tables, target, key)) is not None}
    values = [key for key in sorted(keys) if _rows_path(tables, target, key) is None]
    return LinkKeys(
        lines,
        name,
        target,
        tuple((key, f"{name}.{key}") for key in values),
        tuple((path, f"{name}.{path}") for path in sorted(rows)),
        keys,
    )


def _rows_path(tables: Tables, target: str, key: str) -> str | None:
    """The part of a key up to where it enters rows, if it does."""
    names = key.split(".")
    for place, name in enumerate(names):
        field = tables.fields(target).get(name)
        if field is not None and field.kind is FieldKind.LINES:
            return ".".join(names[: place + 1])
        if place < len(names) - 1:
            target = link_target(tables, target, name) or target
    return None
