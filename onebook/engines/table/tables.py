"""Forms as SQLAlchemy tables: one table for a form, one for each of its lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    literal_column,
    text,
)

from onebook.definition.field import Duplicate, FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.columns import check_of, column_of, normalised
from onebook.engines.table.names import Declared, identifier, table_name, target_of
from onebook.engines.table.ordering import Part, orders, own_order
from onebook.engines.table.searching import letters

_NOT_BINNED: Final = text("deleted_at IS NULL")
_BINNED: Final = text("deleted_at IS NOT NULL")
_MADE: Final[WeakKeyDictionary[Declared, "Tables"]] = WeakKeyDictionary()
_NEXT_ID: Final = text("nextval('record_id'::regclass)")


class Tables:
    """The tables of all forms of a catalog, without a schema: the transaction's search path chooses the company."""

    def __init__(self, catalog: Declared) -> None:
        """Tables for these forms."""
        self.forms: Mapping[str, Form] = catalog.forms
        self._metadata = MetaData()
        self._tables: dict[str, Table] = {}
        for form in self.forms.values():
            self._tables[form.form] = self._form_table(form)
            for lines, field in form.line_fields.items():
                target = target_of(form.form, lines)
                self._tables[target] = self._lines_table(form, target, field.fields or {})

    def form(self, name: str) -> Table:
        """The table of a form."""
        return self._tables[name]

    def lines(self, form: str, field: str) -> Table:
        """The table of a form's lines."""
        return self._tables[target_of(form, field)]

    def of(self, target: str) -> Table:
        """The table behind a link: `sales_order` or `sales_order.lines`."""
        return self._tables[target]

    def all(self) -> Mapping[str, Table]:
        """Every table by its target, forms before their lines."""
        return self._tables

    def fields(self, target: str) -> Mapping[str, FieldDeclaration]:
        """The fields of a target's own table: those of kind lines have tables of their own."""
        form, _, lines = target.partition(".")
        fields = self.forms[form].fields
        return (fields[lines].fields or {}) if lines else fields

    def pointing_at(self, target: str) -> Iterator[tuple[str, str]]:
        """Every (target, field) whose links point at a form or lines."""
        for source in self._tables:
            for name, field in self.fields(source).items():
                if field.kind is FieldKind.LINK and field.to == target:
                    yield source, name

    def _form_table(self, form: Form) -> Table:
        name = table_name(form.form)
        columns: list[Column[Any]] = [
            Column("id", BigInteger, primary_key=True, autoincrement=False, server_default=_NEXT_ID),
            Column("version", Integer, nullable=False, server_default="1"),
        ]
        if form.states:
            columns.append(Column("state", Text, nullable=False))
        if form.number:
            columns.append(Column("number", Text))
        columns += _field_columns(form.fields)
        if form.search:
            columns.append(Column("search", Text))
        columns += [
            Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column("created_by", BigInteger, nullable=False, server_default="0"),
            Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
            Column("updated_by", BigInteger, nullable=False, server_default="0"),
            Column("deleted_at", DateTime(timezone=True)),
            Column("deleted_by", BigInteger),
        ]
        table = Table(name, self._metadata, *columns)
        self._constrain(table, form.fields)
        _index_form(table, form)
        return table

    def _lines_table(self, form: Form, target: str, fields: Mapping[str, FieldDeclaration]) -> Table:
        name = table_name(target)
        table = Table(
            name,
            self._metadata,
            Column("id", BigInteger, primary_key=True, autoincrement=False, server_default=_NEXT_ID),
            Column("parent", BigInteger, nullable=False),
            Column("position", Integer, nullable=False),
            *_field_columns(fields),
        )
        table.c.parent.append_foreign_key(
            ForeignKey(
                f"{table_name(form.form)}.id", name=identifier(name, "parent", "fk"), ondelete="CASCADE", use_alter=True
            )
        )
        self._constrain(table, fields)
        Index(identifier(name, "parent", "position", "_index"), table.c.parent, table.c.position)
        for field, declared in fields.items():
            if declared.kind is FieldKind.LINK or declared.index:
                Index(identifier(name, field, "_index"), table.c[field])
        return table

    def _constrain(self, table: Table, fields: Mapping[str, FieldDeclaration]) -> None:
        for name, field in fields.items():
            if field.kind is FieldKind.LINK and field.to:
                target = f"{table_name(field.to)}.id"
                key = ForeignKey(target, name=identifier(table.name, name, "fk"), use_alter=True)
                table.c[name].append_foreign_key(key)
            elif (check := check_of(table.name, name, field)) is not None:
                table.append_constraint(check)


def tables_of(catalog: Declared) -> Tables:
    """The tables of a catalog, made once while the catalog is in use: they are many, and nobody changes them."""
    tables = _MADE.get(catalog)
    if tables is None:
        tables = _MADE[catalog] = Tables(catalog)
    return tables


def _field_columns(fields: Mapping[str, FieldDeclaration]) -> list[Column[Any]]:
    return [column_of(name, field) for name, field in fields.items() if field.kind is not FieldKind.LINES]


def _index_form(table: Table, form: Form) -> None:
    _index_order(table, form)
    if form.number:
        Index(identifier(table.name, "number", "_index"), table.c.number, unique=True)
        Index(
            identifier(table.name, "number", "found"),
            table.c.number,
            postgresql_using="gin",
            postgresql_ops={"number": "gin_trgm_ops"},
        )
    if form.search:
        Index(
            identifier(table.name, "search", "_index"),
            table.c.search,
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        )
        name = identifier(table.name, "search", "letters")
        Index(name, letters(table.c.search), _table=table, postgresql_using="gin")
    for name, field in form.fields.items():
        if field.unique and name in table.c:
            Index(identifier(table.name, name, "unique"), table.c[name], unique=True, postgresql_where=_NOT_BINNED)
    for duplicate in form.duplicates:
        # A field with an index of its own is found through that.
        if duplicate.how != "exact" or len(duplicate.fields) > 1 or not _is_found(form, duplicate.fields[0]):
            _index_duplicate(table, duplicate)


def _is_found(form: Form, name: str) -> bool:
    """Whether records in use are found by the field's own index."""
    return form.fields[name].unique or (form.fields[name].kind is not FieldKind.LINK and name in orders(form))


def _index_order(table: Table, form: Form) -> None:
    """What pages of lists are read through, in every order that has an index, and what lies in the bin. A page then
    costs its rows, however many there are."""
    own = own_order(form)
    for key, parts in orders(form).items():
        field = form.fields.get(key)
        if parts == own:
            # By a unique field that rises, or by the title, that one's own index is in order.
            if own[0].falls or not (key == form.title or (field is not None and field.unique)):
                Index(identifier(table.name, "list", "ordered"), *_laid(table, parts), postgresql_where=_NOT_BINNED)
        elif field is not None and field.kind is FieldKind.LINK:
            # What belongs to one customer, or lies in one person's scope, is a list of its own, in the list's order.
            Index(identifier(table.name, key, "listed"), *_laid(table, parts))
        elif key == "state":
            Index(identifier(table.name, key, "_index"), *_laid(table, parts), postgresql_where=_NOT_BINNED)
        elif field is not None and not field.unique and key != form.title:
            Index(identifier(table.name, key, "sorted"), *_laid(table, parts), postgresql_where=_NOT_BINNED)
    if form.title and form.title in orders(form) and form.fields[form.title].kind is not FieldKind.LINK:
        # Lists of other forms are ordered by it, and what they lead to may lie in the bin.
        Index(identifier(table.name, form.title, "titled"), table.c[form.title], table.c.id)
    Index(identifier(table.name, "deleted_at", "binned"), table.c.id, postgresql_where=_BINNED)


def _laid(table: Table, parts: Sequence[Part]) -> list[Any]:
    """The parts of an index: blanks last either way, the id at the end."""
    # Rising, blanks are last by themselves.
    found = [table.c[part.column].desc().nulls_last() if part.falls else table.c[part.column] for part in parts]
    return [*found, table.c.id.desc() if parts[-1].falls else table.c.id]


def _index_duplicate(table: Table, duplicate: Duplicate) -> None:
    name = identifier(table.name, *duplicate.fields, duplicate.how)
    match duplicate.how:
        case "exact":
            Index(name, *(table.c[field] for field in duplicate.fields))
        case "normalised":
            # Blanks and what lies in the bin are nobody's duplicates, and need not be normalised.
            given = " AND ".join(f'"{field}" IS NOT NULL' for field in duplicate.fields)
            Index(
                name,
                *(literal_column(normalised(f'"{field}"::text')) for field in duplicate.fields),
                _table=table,
                postgresql_where=text(f"{given} AND deleted_at IS NULL"),
            )
        case "alike":
            Index(
                name,
                *(table.c[field] for field in duplicate.fields),
                postgresql_using="gin",
                postgresql_ops=dict.fromkeys(duplicate.fields, "gin_trgm_ops"),
            )
