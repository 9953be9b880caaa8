"""Forms as JSON schemas: what may be written to a record, and what is read of it."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.columns import PRECISION, scale_of

Schema = dict[str, Any]

GREATEST_ID: Final = 2**63 - 1
ID: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": GREATEST_ID}
_LONGEST: Final = 100_000
#: Schemas that do not belong to a form; a form of such a name gets another.
SHARED_NAMES: Final = frozenset(
    {
        "Problem", "Link", "Me", "Page", "Outcome", "Step", "Undoing", "Upload", "ImportOptions", "ImportResult",
        "ImportJob", "Figure", "LotFigure", "MeterFigure", "ReportFigure", "ReportRows", "Preferences", "SavedView",
        "Groups",
    }
)  # fmt: skip

_PLAIN: Final[Mapping[FieldKind, Schema]] = {
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.MONTH: {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    FieldKind.INSTANT: {"type": "string", "format": "date-time"},
    FieldKind.FLAG: {"type": "boolean"},
    FieldKind.TAGS: {"type": "array", "items": {"type": "string"}},
}


def schema_name(form: str, *more: str) -> str:
    """`stock_take` → `StockTake`, `StockTakeLines`, `StockTakeCreate`."""
    name = "".join(part.capitalize() for name in (form, *more) for part in name.split("_"))
    return f"{name}Record" if name in SHARED_NAMES else name


def written(field: FieldDeclaration) -> Schema:
    """What a typed field accepts; blank is null. Figures are texts, so that no client rounds them."""
    return _or_null(_value(field, ID))


def read(field: FieldDeclaration) -> Schema:
    """What a field shows; blank is null. A link shows the id and the title of what it points to."""
    return _or_null(_value(field, {"$ref": "#/components/schemas/Link"}))


def create_schema(form: Form, writable: Mapping[str, FieldDeclaration], rows: Mapping[str, str]) -> Schema:
    """The values of a new record. `rows`: the schema of each of its lines."""
    needed = [name for name, field in writable.items() if field.required == "TRUE" and field.default is None]
    schema: Schema = {
        "type": "object",
        "description": form.label.english,
        "properties": _properties(writable, rows),
        "additionalProperties": False,
    }
    return {**schema, "required": needed} if needed else schema


def rows_schema(fields: Mapping[str, FieldDeclaration]) -> Schema:
    """One row as it is written: with the id of a row that exists, without it a new one."""
    return {
        "type": "object",
        "properties": {"id": _or_null(ID), **_properties(fields, {})},
        "additionalProperties": False,
    }


def read_schema(form: Form, visible: Mapping[str, FieldDeclaration], rows: Mapping[str, str]) -> Schema:
    """A record as it is read."""
    own: Schema = {"id": ID, "version": {"type": "integer", "minimum": 1}}
    if form.states:
        own["state"] = {"type": "string", "enum": list(form.states)}
    if form.number:
        own["number"] = _or_null({"type": "string"})
    fields = {
        name: {"type": "array", "items": {"$ref": f"#/components/schemas/{rows[name]}"}}
        if name in rows
        else read(field)
        for name, field in visible.items()
    }
    return {"type": "object", "description": form.label.english, "properties": {**own, **_titled(visible, fields)}}


def read_rows_schema(fields: Mapping[str, FieldDeclaration]) -> Schema:
    """One row as it is read."""
    shown = {name: read(field) for name, field in fields.items()}
    return {"type": "object", "properties": {"id": ID, "position": {"type": "integer"}, **_titled(fields, shown)}}


def _properties(fields: Mapping[str, FieldDeclaration], rows: Mapping[str, str]) -> Schema:
    schemas = {
        name: {"type": "array", "items": {"$ref": f"#/components/schemas/{rows[name]}"}}
        if name in rows
        else written(field)
        for name, field in fields.items()
    }
    return _titled(fields, schemas)


def _titled(fields: Mapping[str, FieldDeclaration], schemas: Mapping[str, Schema]) -> Schema:
    return {name: {"title": str(fields[name].label), **schema} for name, schema in schemas.items()}


def _value(field: FieldDeclaration, link: Schema) -> Schema:
    match field.kind:
        case kind if kind in PRECISION:
            return _figure(field)
        case FieldKind.LINK:
            return dict(link)
        case FieldKind.CHOICE:
            return {"type": "string", "enum": list(field.options or {})}
        case FieldKind.CHOICES:
            return {"type": "array", "items": {"type": "string", "enum": list(field.options or {})}}
        case kind if kind in _PLAIN:
            return dict(_PLAIN[kind])
        case _:
            return {"type": "string", "maxLength": field.length or _LONGEST}


def _figure(field: FieldDeclaration) -> Schema:
    scale = scale_of(field)
    whole = PRECISION[field.kind] - scale
    rest = rf"(\.\d{{1,{scale}}})?" if scale else ""
    return {"type": "string", "pattern": rf"^-?\d{{1,{whole}}}{rest}$"}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable


def shape_of(model: type[BaseModel]) -> Schema:
    """The schema of a request's fixed shape, whole in its place."""
    schema = model.model_json_schema()
    inner = schema.pop("$defs", {})
    found: Schema = _within(schema, inner)
    return found


def _within(part: Any, inner: Schema, around: tuple[str, ...] = ()) -> Any:
    match part:
        case {"$ref": str() as name} if name in around:
            # What contains itself is told once.
            return {"type": "object"}
        case {"$ref": str() as name}:
            return _within(inner[name.rpartition("/")[2]], inner, (*around, name))
        case dict():
            # Titles repeat the names.
            return {
                key: _within(one, inner, around)
                for key, one in part.items()
                if key != "title" or not isinstance(one, str)
            }
        case list():
            return [_within(one, inner, around) for one in part]
    return part
