"""Checks of fields: that each kind has what it needs, that formulas fit, and that no formula feeds itself."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from onebook.definition.check.calls import check_account
from onebook.definition.check.expands import check_expand
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.packs import check_counts, check_packs
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import AccountMeter, FieldDeclaration, FieldKind, HoldMeter
from onebook.definition.form import Form
from onebook.definition.scope import RESERVED, VALUE_KINDS
from onebook.expression.tree import Expression, Volatility
from onebook.expression.types import Kind

#: Kinds that may have digits after the point, and those that may have a longest length.
SCALED: Final = frozenset({FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.PRICE, FieldKind.PERCENT})
TEXTUAL: Final = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.BARCODE})
CHOOSING: Final = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
#: Kinds that can show what the ledger counts.
_NUMERIC: Final = frozenset({FieldKind.NUMBER, FieldKind.QUANTITY, FieldKind.PRICE, FieldKind.MONEY})
#: The attributes of a field that are conditions.
_CONDITIONS: Final = ("required", "visible", "editable")


def check_fields(declared: Declarations, form: Form, subject: Subject) -> None:
    """Every field of a form and of its rows."""
    for name, field in form.fields.items():
        at = subject.at("fields", name)
        _check(declared, form, None, name, field, at)
        if field.expands is not None:
            check_expand(declared, form, name, field, field.expands, at.at("expands"))
        for own, column in (field.fields or {}).items():
            inner = at.at("fields", own)
            if column.kind is FieldKind.LINES:
                inner.wrong("lines_in_lines", own)
            else:
                _check(declared, form, name, own, column, inner)
    check_packs(form, subject)
    _check_meters_reach(declared, form, subject)
    for attribute in ("formula", "default"):
        _check_cycles(declared, form, attribute, subject)


def _check(
    declared: Declarations, form: Form, lines: str | None, name: str, field: FieldDeclaration, at: Subject
) -> None:
    if name in RESERVED:
        at.wrong("reserved_name", name)
    _check_kind(declared, field, at)
    check_counts(declared, (form.fields[lines].fields or {}) if lines else form.fields, field, at)
    _check_source(field, at)
    if field.locked_after is not None and field.locked_after not in form.states:
        at.at("locked_after").wrong("unknown_state", field.locked_after)
    if field.meter is not None:
        _check_meter(declared, form, lines, field, at.at("meter"))
    if field.remembers is not None:
        _check_remembered(declared, form, lines, name, field, at.at("remembers"))
    _check_formulas(declared, form, lines, field, at)


def _check_kind(declared: Declarations, field: FieldDeclaration, at: Subject) -> None:
    if (field.kind is FieldKind.LINK) != (field.to is not None):
        at.wrong("link_without_target" if field.kind is FieldKind.LINK else "target_without_link", field.kind)
    elif field.to is not None and declared.scope_of(field.to) is None:
        at.at("to").wrong("unknown_form", field.to)
    if (field.kind in CHOOSING) != bool(field.options):
        at.at("options").wrong("options_misplaced", field.kind)
    if (field.kind is FieldKind.LINES) != bool(field.fields):
        at.at("fields").wrong("lines_misplaced", field.kind)
    if field.scale is not None and field.kind not in SCALED:
        at.at("scale").wrong("scale_misplaced", field.kind)
    if field.length is not None and field.kind not in TEXTUAL:
        at.at("length").wrong("length_misplaced", field.kind)
    if field.masked and field.kind not in TEXTUAL:
        at.at("masked").wrong("mask_misplaced", field.kind)


def _check_source(field: FieldDeclaration, at: Subject) -> None:
    """A value is typed, computed or kept by the ledger: one of them."""
    sources = [name for name in ("formula", "meter", "remembers") if getattr(field, name) is not None]
    if len(sources) > 1:
        at.wrong("two_sources", ", ".join(sources))
    if not field.is_typed:
        for attribute in ("default", "required", "editable", "locked_after"):
            if getattr(field, attribute) is not None:
                at.at(attribute).wrong("not_typed", attribute)
    if field.kind is FieldKind.LINES and (not field.is_typed or field.default is not None):
        at.wrong("lines_not_typed", field.kind)


def _check_meter(declared: Declarations, form: Form, lines: str | None, field: FieldDeclaration, at: Subject) -> None:
    meter = field.meter
    if field.kind not in _NUMERIC:
        at.wrong("meter_not_numeric", field.kind)
    if isinstance(meter, HoldMeter):
        hold = declared.holds(form.form).get(meter.hold)
        if hold is None:
            at.at("hold").wrong("unknown_hold", meter.hold)
        elif hold.each != lines:
            at.at("hold").wrong("meter_elsewhere", f"{meter.hold}: {hold.each or form.form}")
    elif isinstance(meter, AccountMeter):
        role = declared.accounts.get(meter.account)
        if role is None:
            at.at("account").wrong("unknown_account", meter.account)
        elif not role.kept or role.dimensions.get("document") != form.form or lines:
            at.at("account").wrong("meter_elsewhere", f"{meter.account}: {role.dimensions.get('document')}")
        elif meter.shows == "quantity" and role.measures == "amount":
            at.at("shows").wrong("no_quantity", meter.account)


def _check_remembered(
    declared: Declarations, form: Form, lines: str | None, name: str, field: FieldDeclaration, at: Subject
) -> None:
    """A figure of an account that keeps its balance, remembered for a value that does not hang on the figure."""
    remembered = field.remembers
    assert remembered is not None
    if field.kind not in _NUMERIC:
        at.wrong("meter_not_numeric", field.kind)
    call = check_account(declared, form, remembered.balance, lines, at.at("balance"))
    if call is not None and not call.role.kept:
        at.at("balance").wrong("beside_summed", call.role.account)
    if call is not None and remembered.shows != "amount" and call.role.measures == "amount":
        at.at("shows").wrong("no_quantity", call.role.account)
    if remembered.at is not None and remembered.shows not in ("quantity", "amount"):
        at.at("at").wrong("promises_have_no_past", remembered.shows)
    graph = dependencies(declared, form, "formula")
    for place, text, kind in (("when", remembered.when, None), ("at", remembered.at, Kind.INSTANT)):
        expression = text and at.at(place).attempt(declared.formula, text, form.form, lines, kind)
        if not expression:
            continue
        if expression.volatility > Volatility.ROW:
            at.at(place).wrong("too_volatile", text)
        reached = set(_read(expression, lines, form))
        while more := {read for node in reached for read in graph.get(node, ())} - reached:
            reached |= more
        if (lines, name) in reached:
            at.at(place).wrong("cycle", text)


def _check_formulas(
    declared: Declarations, form: Form, lines: str | None, field: FieldDeclaration, at: Subject
) -> None:
    def checked(text: str | None, place: Subject, kind: Kind, most: Volatility) -> Expression | None:
        if text is None:
            return None
        expression = place.attempt(declared.formula, text, form.form, lines, kind)
        if expression is not None and expression.volatility > most:
            place.wrong("too_volatile", text)
        return expression

    kind = VALUE_KINDS[field.kind]
    for attribute, most in (("default", Volatility.CLOCK), ("formula", Volatility.ROW)):
        expression = checked(getattr(field, attribute), at.at(attribute), kind, most)
        if expression is not None and kind is Kind.LINK and expression.type.of not in (field.to, None):
            at.at(attribute).wrong("other_link", f"{expression.type.of} ≠ {field.to}")
    for attribute in _CONDITIONS:
        checked(getattr(field, attribute), at.at(attribute), Kind.FLAG, Volatility.CLOCK)
    for number, must in enumerate(field.must):
        checked(must.that, at.at("must", number, "that"), Kind.FLAG, Volatility.CLOCK)


Node = tuple[str | None, str]


def dependencies(declared: Declarations, form: Form, attribute: str) -> dict[Node, frozenset[Node]]:
    """For each field with a formula (or default): the fields of its record that it reads. A node is (lines, name)."""
    return {
        (lines, name): frozenset(_read(expression, lines, form))
        for lines, name, text in _texts(form, attribute)
        if (expression := _quietly(declared, text, form, lines)) is not None
    }


def _texts(form: Form, attribute: str) -> Iterator[tuple[str | None, str, str]]:
    for name, field in form.fields.items():
        if (text := getattr(field, attribute)) is not None:
            yield None, name, text
        for own, column in (field.fields or {}).items():
            if (text := getattr(column, attribute)) is not None:
                yield name, own, text


def _quietly(declared: Declarations, text: str, form: Form, lines: str | None) -> Expression | None:
    """The formula, or None where its own check has told the problem already."""
    return Subject.silent().attempt(declared.formula, text, form.form, lines)


def _read(expression: Expression, lines: str | None, form: Form) -> Iterator[Node]:
    for path in expression.paths:
        inside = lines
        while path.startswith("^."):
            path, inside = path[2:], None
        first, *rest = path.split(".")
        if inside is None and rest and form.fields.get(first, None) is not None and form.fields[first].fields:
            yield first, rest[0]
        else:
            yield inside, first


def _check_cycles(declared: Declarations, form: Form, attribute: str, subject: Subject) -> None:
    graph = dependencies(declared, form, attribute)
    try:
        tuple(TopologicalSorter({node: reads & graph.keys() for node, reads in graph.items()}).static_order())
    except CycleError as error:
        cycle: list[Node] = error.args[1]
        lines, name = cycle[0]
        at = subject.at("fields", lines, "fields", name) if lines else subject.at("fields", name)
        at.at(attribute).wrong("cycle", " → ".join(".".join(filter(None, node)) for node in cycle))


def _check_meters_reach(declared: Declarations, form: Form, subject: Subject) -> None:
    """What changes with a meter is computed by the database, for many rows at once: it must be able to."""
    graph = dependencies(declared, form, "formula")
    moved: set[Node] = {(meter.lines, meter.field) for meter in declared.meters(form.form)}
    moved |= {(None, "state")}
    while more := {node for node, reads in graph.items() if reads & moved} - moved:
        moved |= more
    for lines, name in sorted((node for node in moved if node in graph), key=str):
        field = declared.fields(form.form, lines)[name]
        expression = _quietly(declared, field.formula or "", form, lines)
        at = subject.at("fields", lines, "fields", name) if lines else subject.at("fields", name)
        if expression is not None:
            at.at("formula").attempt(lower_dry, expression)


def fields_of(form: Form) -> Mapping[str, FieldDeclaration]:
    """All fields by their dotted names: `customer`, `lines.amount`."""
    found = dict(form.fields)
    for name, field in form.fields.items():
        found.update({f"{name}.{own}": column for own, column in (field.fields or {}).items()})
    return found
