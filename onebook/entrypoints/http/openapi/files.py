"""Files and figures in the description: imports and what became of them, and what stands behind a figure."""

from typing import Any, Final

from onebook.entrypoints.http.openapi.operations import CSRF, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.schemas import Schema, shape_of
from onebook.entrypoints.http.reports import Figure, LotFigure, MeterFigure, ReportFigure, ReportRows
from onebook.entrypoints.http.upload import ImportOptions

FILE: Final = "application/octet-stream"
FILE_KIND: Final = query("format", {"type": "string", "enum": ["xlsx", "csv"], "default": "xlsx"}, "The kind of file.")
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
_JOB: Final = {"name": "job", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 64}}


def file_schemas() -> dict[str, Schema]:
    """What is uploaded, what an import answers, and which figure is opened."""
    problem = _object(code={"type": "string"}, field=_TEXT_OR_NULL, row={"type": ["integer", "null"]}, text=_text())
    problems: Schema = {"type": "array", "items": problem}
    result = {"anyOf": [reference("ImportResult"), {"type": "null"}]}
    refusal = {"anyOf": [reference("Problem"), {"type": "null"}]}
    return {
        "Upload": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary", "description": "xlsx, xls, xlsb, ods or csv."},
                "options": reference("ImportOptions"),
            },
        },
        "ImportOptions": shape_of(ImportOptions),
        "ImportResult": _object(
            new=_COUNT, changed=_COUNT, unchanged=_COUNT, wrong=_COUNT, columns={"type": "object"}, problems=problems,
            more_problems=_COUNT, warnings=problems, created_links={"type": "array", "items": {"type": "object"}},
            is_preview={"type": "boolean"},
        ),
        "ImportJob": _object(
            job=_text(), state={"type": "string", "enum": ["waiting", "running", "done", "refused", "failed"]},
            stage=_text(), done=_COUNT, total=_COUNT, result=result, has_wrong_rows={"type": "boolean"},
            problem=refusal,
        ),
        "Figure": shape_of(Figure),
        "LotFigure": shape_of(LotFigure),
        "MeterFigure": shape_of(MeterFigure),
        "ReportFigure": shape_of(ReportFigure),
        "ReportRows": shape_of(ReportRows),
    }  # fmt: skip


def file_paths() -> dict[str, dict[str, Operation]]:
    """Addresses that belong to no form and no report of their own."""

    def job(name: str, summary: str, parameters: Any = (), **more: Any) -> Operation:
        return operation(name, summary, tag="导入 | Imports", parameters=[_JOB, *parameters], **more)

    return {
        "/api/imports/{job}": {
            "get": job("import_state", "进度 | How far an import is", answer=reference("ImportJob")),
            "delete": job("cancel_import", "取消 | Stop an import; nothing of it stays", [CSRF], status="204"),
        },
        "/api/imports/{job}/wrong_rows": {
            "get": job("import_wrong_rows", "错误行 | The wrong rows, with the reasons", answers=FILE)
        },
        "/api/figures": {
            "post": operation(
                "open_figure", "打开数字 | The entries and promises that sum to a figure", tag="报表 | Reports",
                parameters=[CSRF], body=reference("Figure"),
            )
        },
        "/api/figures/lot": {
            "post": operation(
                "trace_lot", "批次追溯 | The way of a lot, from whom it came to everybody who got pieces of it",
                tag="报表 | Reports", parameters=[CSRF], body=reference("LotFigure"),
            )
        },
        "/api/figures/meter": {
            "post": operation(
                "open_meter", "打开执行数 | The promise behind a meter, and every step that it took",
                tag="报表 | Reports", parameters=[CSRF], body=reference("MeterFigure"),
            )
        },
    }  # fmt: skip


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _text() -> Schema:
    return {"type": "string"}
