"""Approvals in the description: boxes, one as a whole, answers, and who stands in for whom."""

from typing import Any, Final

from onebook.entrypoints.http.openapi.operations import CSRF, KEY, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.schemas import ID, Schema

_TAG: Final = "审批 | Approvals"
_NUMBER: Final[Schema] = {"name": "number", "in": "path", "required": True, "schema": ID}
_WORDS: Final[Schema] = {"type": "string", "maxLength": 2_000}
_TASK: Final[Schema] = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
_DAY: Final[Schema] = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
_PERSON: Final[Schema] = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "title": {"type": ["string", "null"]}},
}
_PEOPLE: Final[Schema] = {"type": "array", "items": _PERSON}
_AT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}


def flow_schemas() -> dict[str, Schema]:
    """What approvals look like."""
    text, maybe = {"type": "string"}, {"type": ["string", "null"]}
    files = {"type": "array", "items": _properties(id=ID, name=text, size={"type": "integer"})}
    asked = _properties(
        id={"type": "integer"}, title=maybe, state=text, at=_AT, due=_AT, comment=text, files=files,
        on_behalf_of={"anyOf": [_PERSON, {"type": "null"}]},
    )  # fmt: skip
    step = _properties(
        step=text, label=text, state=text, agree={"enum": ["any", "all", "in_turn", "share"]}, share=maybe,
        within={"type": ["integer", "null"]}, then=text, people={"type": "array", "items": asked}, cc=_PEOPLE,
        branches={"type": "array", "items": {"type": "array", "items": reference("FlowStep")}},
    )  # fmt: skip
    row: dict[str, Schema] = {
        "id": ID, "form": text, "form_label": text, "record": ID, "title": maybe, "readable": {"type": "boolean"},
        "transition": text, "transition_label": text, "by": _PERSON, "at": _AT, "state": text, "state_label": text,
        "step": maybe, "step_label": maybe, "people": _PEOPLE, "due": _AT, "task": _TASK,
        "can": {"type": "array", "items": text},
        "summary": {"type": "array", "items": _properties(field=text, label=text, text=text)},
    }  # fmt: skip
    event = _properties(
        at=_AT, by=_PERSON, what=text, label=text, step=maybe, step_label=maybe, to=_PEOPLE, comment=text,
        files=files, on_behalf_of={"anyOf": [_PERSON, {"type": "null"}]},
    )  # fmt: skip
    refusal = _properties(code=text, text=text, problems={"type": "array", "items": text})
    flow = {
        **row,
        "route": {"type": "array", "items": reference("FlowStep")},
        "returns": {"type": "array", "items": _properties(step=text, label=text)},
        "cc": _PEOPLE,
        "refusal": {"anyOf": [refusal, {"type": "null"}]},
        "events": {"type": "array", "items": event},
        "preview": {"type": ["object", "null"]},
    }
    return {"FlowStep": step, "FlowRow": _properties(**row), "Flow": _properties(**flow)}


def flow_paths() -> dict[str, dict[str, Operation]]:
    """The addresses of approvals."""
    files: Schema = {"type": "array", "items": ID, "maxItems": 20}
    said: dict[str, Schema] = {"task": _TASK, "comment": _WORDS, "files": files}
    people: Schema = {"type": "array", "items": ID, "minItems": 1, "maxItems": 20}
    step: Schema = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 64}, {"type": "null"}]}
    page = [
        query("box", {"enum": ["waiting", "started", "handled", "cc"], "default": "waiting"}, "Which of mine."),
        query("cursor", ID, "Where to go on: `next` of the page before."),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Rows of a page."),
    ]
    many = _body(
        ["do", "flows"], do={"enum": ["agree", "refuse"]},
        flows={"type": "array", "items": ID, "minItems": 1, "maxItems": 500, "uniqueItems": True}, comment=_WORDS,
    )  # fmt: skip
    resubmitted = _body(
        [], values={"type": ["object", "null"]}, anew={"type": "boolean"}, accept_warnings={"type": "boolean"}
    )
    away = _body([], to={"anyOf": [ID, {"type": "null"}]}, **{"from": _DAY, "until": _DAY})
    own = "/api/flows/{number}"

    def answer(name: str, summary: str, body: Schema) -> dict[str, Operation]:
        return {
            "post": _said(
                f"{name}_flow", summary, [_NUMBER, CSRF], body=body, answer=reference("Flow"), needs_body=False
            )
        }

    return {
        "/api/flows": {"get": _said("flows", "审批 | Approvals", page)},
        "/api/flows/bulk": {"post": _said("answer_many_flows", "批量审批 | Answer many", [CSRF], body=many)},
        own: {"get": _said("read_flow", "一项审批 | One approval", [_NUMBER], answer=reference("Flow"))},
        f"{own}/agree": answer("agree", "同意 | Agree", _body([], **said)),
        f"{own}/refuse": answer("refuse", "拒绝 | Refuse", _body([], **said)),
        f"{own}/return": answer("send_back", "退回 | Return", _body([], **said, to_step=step)),
        f"{own}/transfer": answer("transfer", "转交 | Transfer", _body(["to"], **said, to=ID)),
        f"{own}/add": answer(
            "add", "加签 | Add others", _body(["to"], **said, to=people, where={"enum": ["before", "after"]})
        ),
        f"{own}/withdraw": answer("withdraw", "撤回 | Withdraw", _body([], comment=_WORDS)),
        f"{own}/retry": answer("retry", "再次执行 | Try again", _body([])),
        f"{own}/move": {
            "get": _said("moved_flow", "按新规定的路线 | How it would go on as declared today", [_NUMBER]),
            **answer("move", "按新规定继续 | Go on as declared today", _body([])),
        },
        f"{own}/resubmit": {
            "post": _said(
                "resubmit_flow", "重新提交 | Submit again", [_NUMBER, CSRF, KEY], body=resubmitted, needs_body=False,
                answer=reference("Outcome"),
            )
        },
        "/api/delegation": {
            "get": _said("delegation", "代理审批 | Who answers for me", []),
            "put": _said("delegate", "设置代理 | Have somebody answer for me", [CSRF], body=away),
        },
    }  # fmt: skip


def _said(name: str, summary: str, parameters: list[dict[str, Any]], **more: Any) -> Operation:
    return operation(name, summary, tag=_TAG, parameters=parameters, **more)


def _properties(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties}


def _body(required: list[str], **properties: Any) -> Schema:
    return {**_properties(**properties), "required": required, "additionalProperties": False}
