"""Rules in the description: what they say and did, pilots, rehearsals, buttons, and the doors without a login."""

from typing import Any, Final

from onebook.entrypoints.http.openapi.operations import CSRF, KEY, RECORD_ID, Operation, operation, query
from onebook.entrypoints.http.openapi.schemas import ID, Schema

_TAG: Final = "规则 | Rules"
_NAME: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False}
_STATES: Final = ["waiting", "running", "done", "failed", "dead", "skipped"]
_IDS: Final[Schema] = {"type": "array", "items": ID, "maxItems": 200}
_PILOT: Final[Schema] = {
    "type": "object",
    "properties": {"users": _IDS, "departments": _IDS},
    "additionalProperties": False,
}
_VALUES: Final[Schema] = {
    "type": "object",
    "required": ["values"],
    "properties": {
        "values": {"type": "object", "maxProperties": 100},
        "website": {"type": "string", "maxLength": 1000, "description": "Stays empty: no person sees it."},
    },
    "additionalProperties": False,
}
_RUNS: Final = [
    query("state", {"type": "string", "enum": _STATES}, "Only of this state."),
    query("cursor", ID, "Where to go on: `next` of the page before."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Runs of a page."),
]
_COMPANY: Final = query("company", ID, "The company, as the address of the webhook says.", required=True)


def _in_path(name: str, schema: Schema = _NAME) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


_RULE: Final = _in_path("rule")


def rule_paths() -> dict[str, dict[str, Operation]]:
    """Rules, for administrators."""
    return {
        "/api/rules": {"get": _said("rules", "规则 | Rules in words, with what they did")},
        "/api/rules/runs": {"get": _said("rule_runs", "执行记录 | Runs of all rules", _RUNS)},
        "/api/rules/departments": {
            "get": _said(
                "rule_departments", "试行部门 | Departments for pilots",
                [query("q", {"type": "string", "maxLength": 200}, "A part of the name.")],
            )
        },
        "/api/rules/{rule}/runs": {"get": _said("runs_of_rule", "一条规则的执行 | Runs of a rule", [_RULE, *_RUNS])},
        "/api/rules/{rule}/pause": {"post": _done("pause_rule", "停用 | Let a rule sleep")},
        "/api/rules/{rule}/resume": {"post": _done("resume_rule", "启用 | Wake a rule")},
        "/api/rules/{rule}/pilot": {"post": _done("pilot_rule", "试行 | Try a rule out with some", _PILOT)},
        "/api/rules/{rule}/rehearse": {
            "post": _done("rehearse_rule", "预演 | What it would have done over the last 90 days")
        },
        "/api/rules/{rule}/secret": {"post": _done("rule_secret", "密钥 | A new secret for the webhook, told once")},
        "/api/rules/{rule}/code": {
            "get": _said(
                "rule_code", "二维码 | The address of the open form as a QR code",
                [_RULE, query("origin", {"type": "string"}, "Where the pages are found.", required=True)],
                answer={"type": "string"}, answers="image/svg+xml",
            )
        },
        "/api/firings/{number}/replay": {
            "post": _said(
                "replay_firing", "重做 | Do what was given up once more", [_in_path("number", ID), CSRF],
                body=_NOTHING, needs_body=False,
            )
        },
    }  # fmt: skip


def button_path(form: str) -> dict[str, dict[str, Operation]]:
    """The buttons of rules on records of a form."""
    return {
        f"/api/{form}/{{id}}/buttons/{{rule}}": {
            "post": _said(
                f"press_{form}", "按钮 | Press the button of a rule", [RECORD_ID, _RULE, CSRF, KEY], body=_NOTHING,
                needs_body=False,
            )
        }
    }  # fmt: skip


def outside_paths() -> dict[str, dict[str, Operation]]:
    """The doors without a login."""
    signed = [
        _in_path("webhook"),
        _COMPANY,
        _header("webhook-id", "What tells this message from others; the same when it is sent again."),
        _header("webhook-timestamp", "The second at which it is sent (Unix time); at most 300 from now."),
        _header("webhook-signature", "`v1,` and the HMAC-SHA256 over `id.timestamp.body` with the secret, in Base64."),
    ]
    language = query("language", {"type": "string"}, "`zh-CN` or `en`.")
    return {
        "/api/hooks/{webhook}": {
            "post": _said("hook", "接收数据 | Data from outside, signed", signed, body={"type": "object"}, status="201")
        },
        "/api/open/{form}": {
            "get": _said("open_form", "公开表单 | A form for the public", [_in_path("form"), _COMPANY, language]),
            "post": _said(
                "submit_open_form",
                "提交 | Send in a form",
                [_in_path("form"), _COMPANY, KEY],
                body=_VALUES,
                status="201",
            ),
        },
    }


def _header(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 200}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def _done(name: str, summary: str, body: Schema = _NOTHING) -> Operation:
    return _said(name, summary, [_RULE, CSRF], body=body, needs_body=False)


def _said(name: str, summary: str, parameters: list[dict[str, Any]] | None = None, **more: Any) -> Operation:
    return operation(name, summary, tag=_TAG, parameters=parameters or [], **more)
