"""What names mean in formulas: the fields of a form, of its rows, and the dimensions of an account role."""

from collections.abc import Mapping
from typing import Final

from onebook.definition.account import AccountRole
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.expression.scope import Found, Scope
from onebook.expression.types import Kind, Type

#: The forms of the people who use the product and of where they belong, and the company's own record.
USERS: Final = "user"
DEPARTMENTS: Final = "department"
COMPANY: Final = "company"

VALUE_KINDS: Final[dict[FieldKind, Kind]] = {
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.LONG_TEXT: Kind.TEXT,
    FieldKind.PHONE: Kind.TEXT,
    FieldKind.EMAIL: Kind.TEXT,
    FieldKind.BARCODE: Kind.TEXT,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.QUANTITY: Kind.NUMBER,
    FieldKind.PRICE: Kind.NUMBER,
    FieldKind.MONEY: Kind.NUMBER,
    FieldKind.PERCENT: Kind.NUMBER,
    FieldKind.DATE: Kind.DATE,
    FieldKind.INSTANT: Kind.INSTANT,
    FieldKind.MONTH: Kind.DATE,
    FieldKind.FLAG: Kind.FLAG,
    FieldKind.CHOICE: Kind.TEXT,
    FieldKind.CHOICES: Kind.TEXTS,
    FieldKind.TAGS: Kind.TEXTS,
    FieldKind.LINK: Kind.LINK,
    FieldKind.LINES: Kind.LINES,
}

_STAMPS: Final = {
    "created_at": Type(Kind.INSTANT),
    "created_by": Type(Kind.LINK, USERS),
    "updated_at": Type(Kind.INSTANT),
    "updated_by": Type(Kind.LINK, USERS),
}

#: Names that every record or row has; no field may be called so.
RESERVED: Final = frozenset(
    {
        *("id", "version", "state", "number", "search", "parent", "position", "company"),
        *_STAMPS,
        *("deleted_at", "deleted_by"),
    }
)

#: First words of the product's own addresses: a form or a step called so could not be reached from outside.
RESERVED_FORMS: Final = frozenset(
    [
        "session",
        "home",
        "live",
        "activity",
        "notifications",
        "messages",
        "channels",
        "menus",
        "preferences",
        "views",
        "forms",
        "search",
        "reports",
        "figures",
        "metrics",
        "dashboards",
        "shares",
        "shared",
        "subscriptions",
        "imports",
        "rules",
        "firings",
        "hooks",
        "open",
        "check",
        "health",
        "docs",
        "openapi",
        "static",
        "flows",
        "delegation",
        "people",
    ]
)
RESERVED_TRANSITIONS: Final = frozenset(
    {"restore", "reverse", "preview", "print", "comments", "files", "views", "buttons"}
)


class Scopes:
    """All scopes of a set of forms. Made once; a scope is found by its form or by `form.lines`."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        """Scopes over these forms."""
        self.forms = forms

    def of(self, target: str | None, *, parent: Scope | None = None) -> Scope | None:
        """The scope behind a link or lines (`sales_order`, `sales_order.lines`), if there is such a form."""
        form, _, lines = (target or "").partition(".")
        if form not in self.forms:
            return None
        if not lines:
            return RecordScope(self, self.forms[form])
        field = self.forms[form].fields.get(lines)
        if field is None or field.fields is None:
            return None
        return RowScope(self, form, lines, field.fields, parent)

    def record(self, form: str) -> "RecordScope":
        """Where formulas of a form's own fields stand; `company` is known there."""
        return RecordScope(self, self.forms[form], is_root=True)

    def rows(self, form: str, lines: str) -> "RowScope":
        """Where formulas of a row stand: its own fields first, then those of its record."""
        return RowScope(self, form, lines, self.forms[form].fields[lines].fields or {}, self.record(form))

    def found(self, kind: Type, name: str | None = None, parent: Scope | None = None) -> Found:
        """A thing of this type, by its own name, with the scope behind it."""
        leads = kind.kind in (Kind.LINK, Kind.LINES)
        return Found(kind, self.of(kind.of, parent=parent) if leads else None, name)


def type_of(field: FieldDeclaration, form: str, name: str) -> Type:
    """The type of a field's values."""
    kind = VALUE_KINDS[field.kind]
    if kind is Kind.LINES:
        return Type(kind, f"{form}.{name}")
    return Type(kind, field.to) if kind is Kind.LINK else Type(kind)


def _called(fields: Mapping[str, FieldDeclaration], name: str) -> str | None:
    """The field of that name, or the only one of that label."""
    if name in fields:
        return name
    called = [key for key, field in fields.items() if name in (field.label.chinese, field.label.english)]
    return called[0] if len(called) == 1 else None


class RecordScope:
    """The fields of a record, and what every record has. The root of a formula also knows `company`."""

    parent: Scope | None = None

    def __init__(self, scopes: Scopes, form: Form, *, is_root: bool = False) -> None:
        """The names of one form."""
        self.name = form.form
        self._scopes = scopes
        self._form = form
        self._is_root = is_root

    def find(self, name: str) -> Found | None:
        """What a name means here."""
        own = self._own(name)
        if own is not None:
            return self._scopes.found(own)
        key = _called(self._form.fields, name)
        if key is not None:
            parent = self if self._is_root else None
            return self._scopes.found(type_of(self._form.fields[key], self.name, key), key, parent)
        return None

    def _own(self, name: str) -> Type | None:
        match name:
            case "id":
                return Type(Kind.LINK, self.name)
            case "number" if self._form.number:
                return Type(Kind.TEXT)
            case "state" if self._form.states:
                return Type(Kind.TEXT)
            case "company" if self._is_root and COMPANY in self._scopes.forms:
                return Type(Kind.LINK, COMPANY)
        return _STAMPS.get(name)


class RowScope:
    """The fields of a row of lines. Reached from its own record it also sees the record's names; reached through a
    link it does not."""

    def __init__(
        self,
        scopes: Scopes,
        form: str,
        lines: str,
        fields: Mapping[str, FieldDeclaration],
        parent: Scope | None,
    ) -> None:
        """The names of one kind of rows."""
        self.name = f"{form}.{lines}"
        self.parent = parent
        self._scopes = scopes
        self._form = form
        self._fields = fields

    def find(self, name: str) -> Found | None:
        """What a name means in a row."""
        match name:
            case "id":
                return Found(Type(Kind.LINK, self.name), None)
            case "position":
                return Found(Type(Kind.NUMBER), None)
            case "parent":
                return self._scopes.found(Type(Kind.LINK, self._form))
        key = _called(self._fields, name)
        return self._scopes.found(type_of(self._fields[key], self.name, key), key) if key else None


class DimensionScope:
    """The dimensions of an account role, as links, with the measures that a report's source adds."""

    parent: Scope | None = None

    def __init__(self, scopes: Scopes, role: AccountRole, measures: Mapping[str, Type] | None = None) -> None:
        """The names of one role."""
        self.name = role.account
        self._scopes = scopes
        self._dimensions: Mapping[str, str] = {str(dimension): form for dimension, form in role.dimensions.items()}
        self._measures = measures or {}

    def find(self, name: str) -> Found | None:
        """What a name means: a dimension or a measure."""
        if name in self._dimensions:
            return self._scopes.found(Type(Kind.LINK, self._dimensions[name]))
        return Found(self._measures[name], None) if name in self._measures else None
