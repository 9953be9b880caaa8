"""The operations and schemas of one form, as one actor may use it."""

from collections.abc import Iterator, Mapping
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.rights import Rights
from onebook.entrypoints.http.openapi.files import FILE, FILE_KIND
from onebook.entrypoints.http.openapi.looks import LOOKS, looked_at
from onebook.entrypoints.http.openapi.operations import CSRF, KEY, RECORD_ID, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.schemas import (
    GREATEST_ID,
    Schema,
    create_schema,
    read_rows_schema,
    read_schema,
    rows_schema,
    schema_name,
)

FLAG: Schema = {"type": "boolean"}
VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_NAMES: Schema = {"type": "string", "maxLength": 4096}

LIST_PARAMETERS = [
    query("columns", _NAMES, "Keys of fields between commas; they may follow links: `party.name`."),
    query("filter", _NAMES, "A formula that must hold."),
    query("where", _NAMES, 'Conditions as JSON: `[{"field": "total", "op": "ge", "value": "100"}]`.'),
    query("sort", _NAMES, "Keys between commas; a minus before a key turns its order."),
    query("q", {"type": "string", "maxLength": 200}, "Words, numbers or pinyin initials to search for."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}, "Rows of a page."),
    query("cursor", _NAMES, "Where to go on: `next` of the page before."),
    query("before", _NAMES, "The rows in front of a mark: `previous` of the page behind."),
    query("end", {"type": "boolean"}, "The last rows of the list."),
    query("skip", {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0}, "Rows to pass over."),
    query("sums", {"type": "boolean"}, "Whether to add up the columns over all rows that match."),
    query("count", {"enum": [True, False, "all"]}, "Whether to count the rows that match, up to 10,000 or all."),
]


class FormOperations:
    """One form, and what an actor may see of it and do with it."""

    def __init__(self, form: Form, rights: Rights) -> None:
        """For one form and one actor's rights on it."""
        self.form = form
        self.rights = rights
        self.tag = str(form.label)
        self.name = schema_name(form.form)

    def schemas(self) -> dict[str, Schema]:
        """Everything that is read of the form or written to it."""
        read_rows = {lines: schema_name(self.form.form, lines) for lines in self._lines()}
        write_rows = {lines: schema_name(self.form.form, lines, "input") for lines in self._lines()}
        writable = self._writable(self.form.fields)
        needed = ("expected_version", "values")
        found = {
            self.name: read_schema(self.form, self._visible(self.form.fields), read_rows),
            f"{self.name}Values": create_schema(self.form, writable, write_rows),
            f"{self.name}Create": _shape(
                values=reference(f"{self.name}Values"), then=self._then(), accept_warnings=FLAG
            ),
            f"{self.name}Update": _shape(
                needed, expected_version=VERSION, values=self._changes(), then=self._then(), accept_warnings=FLAG
            ),
        }
        for lines, declared in self._lines().items():
            fields = declared.fields or {}
            found[read_rows[lines]] = read_rows_schema(self._visible(fields, lines))
            found[write_rows[lines]] = rows_schema(self._writable(fields, lines))
        return found

    def paths(self) -> dict[str, dict[str, Operation]]:
        """Every address of the form with its operations."""
        paths: dict[str, dict[str, Operation]] = {}
        for path, method, described in self._operations():
            paths.setdefault(f"/api/{self.form.form}{path}", {})[method] = described
        return paths

    def _operations(self) -> Iterator[tuple[str, str, Operation]]:
        form = self.form.form
        if self.rights.read is not None:
            yield "", "get", self._said(f"list_{form}", "List", LIST_PARAMETERS, answer=reference("Page"))
            yield "/bin", "get", self._said(f"bin_{form}", "Recycle bin", LIST_PARAMETERS, answer=reference("Page"))
            yield "/{id}", "get", self._said(f"read_{form}", "Read", [RECORD_ID], answer=reference(self.name))
            yield "/{id}/changes", "get", self._said(f"changes_{form}", "Who changed what, and when", [RECORD_ID])
        if self.rights.create is not None:
            body = reference(f"{self.name}Create")
            yield "", "post", self._command(f"create_{form}", "Create", body=body, status="201")
            yield "/preview", "post", self._preview(f"preview_create_{form}", "Preview: create", body=body)
        if self.rights.update is not None:
            body = reference(f"{self.name}Update")
            yield "/{id}", "patch", self._command(f"update_{form}", "Change", [RECORD_ID], body)
            preview = self._preview(f"preview_update_{form}", "Preview: change", [RECORD_ID], body)
            yield "/{id}/preview", "post", preview
        if self.rights.delete is not None:
            version = query("expected_version", VERSION, "The version that is meant.")
            yield "/{id}", "delete", self._command(f"delete_{form}", "Put into the recycle bin", [RECORD_ID, version])
            body = _shape()
            yield "/{id}/restore", "post", self._command(f"restore_{form}", "Restore", [RECORD_ID], body, optional=True)
        yield from self._steps()
        yield from self._files()
        yield from looked_at(self.form, self.rights)

    def _steps(self) -> Iterator[tuple[str, str, Operation]]:
        form = self.form.form
        body = reference("Step")
        for name, step in self.form.transitions.items():
            if self.rights.may_do(name):
                words = str(step.label)
                yield (
                    f"/{{id}}/{name}",
                    "post",
                    self._command(f"{name}_{form}", words, [RECORD_ID], body, optional=True),
                )
                preview = self._preview(f"preview_{name}_{form}", f"Preview: {words}", [RECORD_ID], body, optional=True)
                yield f"/{{id}}/{name}/preview", "post", preview
        if any(self.rights.may_reverse(name) for name in self.form.transitions):
            body = reference("Undoing")
            words = "红冲 | Reverse a step"
            yield "/{id}/reverse", "post", self._command(f"reverse_{form}", words, [RECORD_ID], body, optional=True)
            preview = self._preview(f"preview_reverse_{form}", f"Preview: {words}", [RECORD_ID], body, optional=True)
            yield "/{id}/reverse/preview", "post", preview

    def _files(self) -> Iterator[tuple[str, str, Operation]]:
        form = self.form.form
        if self.rights.export and self.rights.read is not None:
            parameters = [*LIST_PARAMETERS, FILE_KIND]
            yield "/export", "get", self._said(f"export_{form}", "Export", parameters, answers=FILE)
        if self.rights.import_:
            words = "A file to fill in"
            yield "/import/template", "get", self._said(f"template_{form}", words, answers=FILE)
            yield from self._imports()

    def _imports(self) -> Iterator[tuple[str, str, Operation]]:
        form, told = self.form.form, reference("ImportResult")
        waits = query("wait", FLAG, "Whether to answer the result (200) instead of a job to ask about (202).")
        yield "/import", "post", self._uploaded(f"import_{form}", "Import a file", [waits], answer=_job_or(told))
        yield "/import/preview", "post", self._uploaded(f"preview_import_{form}", "Preview: import", answer=told)
        words = "The wrong rows of a file, with the reasons"
        yield "/import/wrong_rows", "post", self._uploaded(f"wrong_rows_{form}", words, answers=FILE)

    def _uploaded(self, name: str, summary: str, parameters: Any = (), **more: Any) -> Operation:
        body, kind = reference("Upload"), "multipart/form-data"
        return self._said(name, summary, [*parameters, CSRF], body=body, body_kind=kind, **more)

    def _said(self, name: str, summary: str, parameters: Any = (), **more: Any) -> Operation:
        return operation(name, summary, tag=self.tag, parameters=parameters, **more)

    def _command(
        self, name: str, summary: str, parameters: Any = (), body: Schema | None = None, *,
        status: str = "200", optional: bool = False,
    ) -> Operation:  # fmt: skip
        return self._said(
            name,
            summary,
            [*parameters, CSRF, KEY],
            body=body,
            answer=reference("Outcome"),
            status=status,
            needs_body=not optional,
        )

    def _preview(
        self, name: str, summary: str, parameters: Any = (), body: Schema | None = None, *, optional: bool = False
    ) -> Operation:
        return self._said(name, summary, [*parameters, CSRF], body=body, needs_body=not optional)

    def _then(self) -> Schema:
        steps = [name for name in self.form.transitions if self.rights.may_do(name)]
        return {"type": ["string", "null"], "enum": [*steps, None], "description": "A transition to run at once."}

    def _changes(self) -> Schema:
        """The same values, none of them required."""
        write_rows = {lines: schema_name(self.form.form, lines, "input") for lines in self._lines()}
        schema = create_schema(self.form, self._writable(self.form.fields), write_rows)
        return {name: part for name, part in schema.items() if name != "required"}

    def _lines(self) -> Mapping[str, FieldDeclaration]:
        return {name: field for name, field in self.form.line_fields.items() if name not in self.rights.hidden}

    def _visible(self, fields: Mapping[str, FieldDeclaration], lines: str | None = None) -> dict[str, FieldDeclaration]:
        return {name: field for name, field in fields.items() if _full(name, lines) not in self.rights.hidden}

    def _writable(
        self, fields: Mapping[str, FieldDeclaration], lines: str | None = None
    ) -> dict[str, FieldDeclaration]:
        return {
            name: field
            for name, field in fields.items()
            if self.rights.may_type(_full(name, lines)) and (field.is_typed or field.kind is FieldKind.LINES)
        }


def _full(name: str, lines: str | None) -> str:
    return f"{lines}.{name}" if lines else name


def _job_or(result: Schema) -> Schema:
    return {"anyOf": [reference("ImportJob"), result]}


def _shape(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


#: Shapes that all forms share.
SHARED: dict[str, Schema] = {
    **LOOKS,
    "Step": _shape(expected_version={**VERSION, "type": ["integer", "null"]}),
    "Undoing": _shape(
        step={"type": ["integer", "null"], "minimum": 1, "maximum": GREATEST_ID},
        followers={"type": "boolean", "default": False},
    ),
}
