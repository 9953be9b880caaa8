"""The whole description: the fixed operations, and those of every form and report that the reader may use."""

from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.report import Report
from onebook.definition.report_create import ReportCreate
from onebook.engines.table.rights import rights
from onebook.engines.view.menus import may_do_everything, may_read_report
from onebook.entrypoints.http.openapi.dashboards import dashboard_paths, dashboard_schemas
from onebook.entrypoints.http.openapi.files import FILE, file_paths, file_schemas
from onebook.entrypoints.http.openapi.flows import flow_paths, flow_schemas
from onebook.entrypoints.http.openapi.forms import SHARED, FormOperations
from onebook.entrypoints.http.openapi.looks import PREFERENCES
from onebook.entrypoints.http.openapi.messages import message_paths
from onebook.entrypoints.http.openapi.operations import CSRF, KEY, PROBLEM, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.rules import button_path, outside_paths, rule_paths
from onebook.entrypoints.http.openapi.schemas import ID, Schema
from onebook.entrypoints.http.openapi.talk import talk_paths

VERSION = "1"


def document(catalog: Catalog | None = None, actor: Actor | None = None) -> dict[str, Any]:
    """The OpenAPI 3.1 description. Without a reader: how to log in, and nothing about anybody's company."""
    paths = _fixed_paths()
    schemas: dict[str, Schema] = {"Problem": PROBLEM, **_fixed_schemas()}
    if catalog is not None and actor is not None:
        paths |= flow_paths() | dashboard_paths()
        schemas |= flow_schemas() | dashboard_schemas()
        paths |= file_paths() | talk_paths() | message_paths() | outside_paths()
        paths |= rule_paths() if may_do_everything(catalog, actor) else {}
        schemas |= SHARED | file_schemas()
        for form in catalog.forms.values():
            described = FormOperations(form, rights(catalog, actor, form.form))
            found = described.paths()
            paths |= found
            if found and any(rule.on.button and rule.form == form.form for rule in catalog.rules.values()):
                paths |= button_path(form.form)
            schemas |= described.schemas() if found else {}
        for report in catalog.reports.values():
            if may_read_report(catalog, actor, report.report):
                paths[f"/api/reports/{report.report}"] = {"get": _report(report)}
                paths[f"/api/reports/{report.report}/export"] = {"get": _report_export(report)}
                if report.source == "records" and report.rows:
                    paths[f"/api/reports/{report.report}/rows"] = {"post": _report_rows(report)}
                for create in report.creates:
                    if rights(catalog, actor, create.form).create is not None:
                        address = f"/api/reports/{report.report}/creates/{create.name}"
                        paths[address] = {"post": _report_create(report, create)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "一本 Onebook",
            "version": f"{VERSION}+{catalog.version}" if catalog else VERSION,
            "description": "客户、货物、资金，一本账。One book for parties, goods and money.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "onebook_session"}},
        },
        "security": [{"session": []}],
    }


def _fixed_paths() -> dict[str, dict[str, Operation]]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    secret = {"type": "string", "minLength": 1, "maxLength": 1000}
    me = reference("Me")

    def session(name: str, summary: str, **more: Any) -> Operation:
        return operation(name, summary, tag="会话 | Session", **more)

    def view(name: str, summary: str, **more: Any) -> Operation:
        return operation(name, summary, tag="页面 | Pages", **more)

    words = query("q", {"type": "string", "maxLength": 200}, "What to search for.", required=True)
    return {
        "/api/health": {"get": view("health", "Whether the server works")},
        "/api/session": {
            "post": session("log_in", "登录 | Log in", body=_object(login=text, password=secret), answer=me),
            "get": session("me", "当前用户 | Who I am", answer=me, or_nothing="Nobody is logged in."),
            "delete": session("log_out", "退出 | Log out", parameters=[CSRF], status="204"),
        },
        "/api/session/company": {
            "put": session(
                "choose_company", "切换公司 | Choose a company", parameters=[CSRF], body=_object(company=ID), answer=me
            )
        },
        "/api/session/password": {
            "put": session(
                "change_password", "修改密码 | Change my password", parameters=[CSRF],
                body=_object(old=secret, new=secret), status="204",
            )
        },
        "/api/session/others": {
            "delete": session("log_out_others", "退出其他设备 | End my other sessions", parameters=[CSRF])
        },
        "/api/session/preferences": {
            "get": session("preferences", "个人偏好 | What I prefer", answer=reference("Preferences")),
            "patch": session(
                "prefer", "修改个人偏好 | Prefer something else", parameters=[CSRF],
                body=reference("Preferences"), answer=reference("Preferences"),
            ),
        },
        "/api/home": {"get": view("home", "首页 | Home page: what waits for me")},
        "/api/menus": {"get": view("menus", "菜单 | Menus")},
        "/api/forms": {"get": view("forms", "表单 | Forms that I may use")},
        "/api/forms/{form}": {
            "get": view("describe_form", "表单描述 | What a page needs to draw a form", parameters=[_FORM])
        },
        "/api/forms/{form}/{transition}": {
            "get": view("explain", "说明 | What a transition does, in words", parameters=[_FORM, _TRANSITION])
        },
        "/api/search": {"get": view("search", "搜索 | Search all forms", parameters=[words])},
        "/api/reports": {"get": view("reports", "报表 | Reports that I may read")},
        "/api/check": {"get": view("check", "对账检查 | Recompute the books and name every drift")},
    }  # fmt: skip


_NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_FORM = {"name": "form", "in": "path", "required": True, "schema": _NAME}
_TRANSITION = {"name": "transition", "in": "path", "required": True, "schema": _NAME}


_FILE_KIND = query("format", {"type": "string", "enum": ["xlsx", "csv", "pdf"], "default": "xlsx"}, "The kind of file.")
#: How a page of a report is cut.
_CUT = [
    query("rows", {"type": "string", "maxLength": 400}, "Its keys, or some of them; days at another grain."),
    query("columns", {"type": "string", "maxLength": 400}, "Some of its columns."),
    query("pivot", {"type": "string", "maxLength": 200}, "A key whose values become columns."),
    query("top", {"type": "integer", "minimum": 1, "maximum": 1000}, "So many rows, and the others as one."),
    query("compare", {"type": "string", "enum": ["previous", "year"]}, "Beside each total what it was before."),
    query("running", {"type": "boolean"}, "Beside each total its sum down the rows."),
    query("share", {"type": "boolean"}, "Beside each total its part of the whole."),
]


def _report(report: Report) -> Operation:
    parameters = [*_parameters_of(report), *_cut_of(report)]
    return operation(f"report_{report.report}", str(report.label), tag="报表 | Reports", parameters=parameters)


def _cut_of(report: Report) -> list[dict[str, Any]]:
    return [one for one in _CUT if one["name"] not in report.parameters]


def _report_export(report: Report) -> Operation:
    return operation(
        f"export_report_{report.report}", f"Export: {report.label}", tag="报表 | Reports",
        parameters=[*_parameters_of(report), *_cut_of(report), _FILE_KIND], answers=FILE,
    )  # fmt: skip


def _report_rows(report: Report) -> Operation:
    return operation(
        f"open_report_{report.report}", f"Rows behind a figure: {report.label}", tag="报表 | Reports",
        parameters=[CSRF], body=reference("ReportFigure"),
    )  # fmt: skip


def _report_create(report: Report, create: ReportCreate) -> Operation:
    return operation(
        f"create_{create.name}_from_report_{report.report}", f"{create.label}: {report.label}", tag="报表 | Reports",
        parameters=[CSRF, KEY], body=reference("ReportRows"), answer=reference("Outcome"), status="201",
    )  # fmt: skip


def _parameters_of(report: Report) -> list[dict[str, Any]]:
    return [
        query(name, {"type": "string", "maxLength": 200}, str(parameter.label))
        for name, parameter in report.parameters.items()
    ]


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _fixed_schemas() -> dict[str, Schema]:
    company: Schema = {"type": "object", "properties": {"id": ID, "name": {"type": "string"}}}
    reference_to_record: Schema = {"type": "object", "properties": {"form": {"type": "string"}, "id": ID}}
    return {
        "Link": {
            "type": "object",
            "properties": {"id": ID, "title": {"type": ["string", "null"]}},
        },
        "Me": {
            "type": "object",
            "properties": {
                "login": {"type": "string"},
                "csrf": {"type": "string"},
                "expires_at": {"type": "string", "format": "date-time"},
                "company": {"anyOf": [company, {"type": "null"}]},
                "companies": {"type": "array", "items": company},
                "user": {"type": ["object", "null"]},
            },
        },
        "Preferences": PREFERENCES,
        "Page": {
            "type": "object",
            "properties": {
                "form": {"type": "string"},
                "columns": {"type": "array", "items": {"type": "object"}},
                "rows": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["string", "null"]},
                "previous": {"type": ["string", "null"]},
                "sums": {"type": ["object", "null"]},
                "count": {"type": ["object", "null"]},
            },
        },
        "Outcome": {
            "type": "object",
            "properties": {
                "form": {"type": "string"},
                "id": ID,
                "version": {"type": "integer"},
                "state": {"type": ["string", "null"]},
                "number": {"type": ["string", "null"]},
                "journal": {"type": ["integer", "null"]},
                "flow": {
                    "type": ["integer", "null"],
                    "description": "The approval that it waits for; what was asked for has not happened yet.",
                },
                "created": {"type": "array", "items": reference_to_record},
                "undone": {"type": "array", "items": {"type": "object"}},
                "warnings": {"type": "array", "items": {"type": "object"}},
                "repeated": {"type": "boolean"},
            },
        },
    }
