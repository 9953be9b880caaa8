"""The fields that every record and every row of lines has without a declaration, described like declared ones."""

from collections.abc import Mapping

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.values.label import Label

_NUMBER = FieldDeclaration(kind=FieldKind.TEXT, label=Label("单号", "Number"))
#: What is no document has no 单: a partner's number is its 编号.
_MASTER_NUMBER = FieldDeclaration(kind=FieldKind.TEXT, label=Label("编号", "Number"))
_ID = FieldDeclaration(kind=FieldKind.NUMBER, label=Label("编号", "Id"), scale=0)
_VERSION = FieldDeclaration(kind=FieldKind.NUMBER, label=Label("版本", "Version"), scale=0)
_STATE = Label("状态", "State")
_POSITION = FieldDeclaration(kind=FieldKind.NUMBER, label=Label("行号", "Line"), scale=0)


def _person(label: Label) -> FieldDeclaration:
    return FieldDeclaration(kind=FieldKind.LINK, label=label, to="user")


def _instant(label: Label) -> FieldDeclaration:
    return FieldDeclaration(kind=FieldKind.INSTANT, label=label)


_RECORD: Mapping[str, FieldDeclaration] = {
    "id": _ID,
    "version": _VERSION,
    "created_at": _instant(Label("创建时间", "Created")),
    "created_by": _person(Label("创建人", "Created by")),
    "updated_at": _instant(Label("修改时间", "Changed")),
    "updated_by": _person(Label("修改人", "Changed by")),
    "deleted_at": _instant(Label("删除时间", "Deleted")),
    "deleted_by": _person(Label("删除人", "Deleted by")),
}

_LABELS: Mapping[str, Label] = {
    **{name: field.label for name, field in _RECORD.items()},
    "number": _NUMBER.label,
    "state": _STATE,
    "position": _POSITION.label,
}


def _number(form: Form) -> FieldDeclaration:
    return _MASTER_NUMBER if form.kind == "master" else _NUMBER


def system_field(form: Form, lines: str | None, name: str) -> FieldDeclaration | None:
    """What a system name of a form, or of its lines, means; None if it is not one."""
    if lines:
        if name == "parent":
            return FieldDeclaration(kind=FieldKind.LINK, label=form.label, to=form.form)
        return {"id": _ID, "position": _POSITION}.get(name)
    if name == "number":
        return _number(form) if form.number else None
    if name == "state":
        states = {code: state.label for code, state in form.states.items()}
        return FieldDeclaration(kind=FieldKind.CHOICE, label=_STATE, options=states) if states else None
    return _RECORD.get(name)


def system_label(form: Form | None, name: str) -> Label:
    """What a system name is called; `parent` and `company` are called after their form."""
    if name == "number" and form is not None:
        return _number(form).label
    if name in _LABELS:
        return _LABELS[name]
    return form.label if form is not None else Label(name, name)
