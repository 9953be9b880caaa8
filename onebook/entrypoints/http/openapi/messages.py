"""Messages in the description: channels, the log, and what each user prefers."""

from typing import Any, Final

from onebook.engines.message.message import KINDS
from onebook.engines.message.messages import STATES
from onebook.entrypoints.http.openapi.operations import CSRF, Operation, operation, query
from onebook.entrypoints.http.openapi.schemas import ID, Schema

_TAG: Final = "消息 | Messages"
_NAME: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_TIME: Final[Schema] = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
_CHANNEL: Final[Schema] = {"name": "name", "in": "path", "required": True, "schema": _NAME}
_NUMBER: Final[Schema] = {"name": "number", "in": "path", "required": True, "schema": ID}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_GIVEN: Final = _object(
    ["name", "kind", "label"],
    name=_NAME,
    kind={"type": "string", "minLength": 1, "maxLength": 64},
    label={"type": "string", "minLength": 1, "maxLength": 60, "pattern": r"^[^\r\n]*\S[^\r\n]*$"},
    active={"type": "boolean", "default": True},
    settings={"type": "object", "maxProperties": 100, "description": "As the schema of the kind says."},
    secrets={"type": "object", "maxProperties": 100, "description": "Never answered; those not named stay."},
)
_TO: Final = _object([], to={"type": ["string", "null"], "minLength": 1, "maxLength": 254})
_REPLAY: Final = _object([], channel={"anyOf": [_NAME, {"type": "null"}]})
_PREFERRED: Final = _object(
    [],
    ways={
        "type": "object",
        "propertyNames": {"enum": list(KINDS)},
        "additionalProperties": {
            "type": "object", "propertyNames": {"pattern": _NAME["pattern"]}, "maxProperties": 100,
            "additionalProperties": {"type": "boolean"},
        },
    },
    quiet={"anyOf": [_object([], **{"from": _TIME, "to": _TIME}), {"type": "null"}]},
    bundle={"anyOf": [_TIME, {"type": "null"}]},
)  # fmt: skip
_NOTHING: Final[Schema] = {"type": "object", "additionalProperties": False}
_LOG: Final = [
    query("state", {"type": "string", "enum": list(STATES)}, "Only of this state."),
    query("channel", _NAME, "Only by this channel."),
    query("cursor", ID, "Where to go on: `next` of the page before."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Items of a page."),
]


def message_paths() -> dict[str, dict[str, Operation]]:
    """Channels and the log, for administrators; preferences, for everybody."""
    return {
        "/api/channels": {
            "get": _said("channels", "消息渠道 | Channels"),
            "put": _said("put_channel", "设置渠道 | Enter or change a channel", [CSRF], body=_GIVEN),
        },
        "/api/channels/{name}": {
            "delete": _said("remove_channel", "删除渠道 | Remove a channel", [_CHANNEL, CSRF], status="204")
        },
        "/api/channels/{name}/test": {
            "post": _said(
                "test_channel", "测试渠道 | Send a test", [_CHANNEL, CSRF], body=_TO, needs_body=False
            )
        },
        "/api/messages": {"get": _said("message_log", "消息记录 | What was sent and what was not", _LOG)},
        "/api/messages/replay": {
            "post": _said(
                "replay_messages", "重发 | Send again what was given up", [CSRF], body=_REPLAY, needs_body=False
            )
        },
        "/api/messages/{number}/replay": {
            "post": _said(
                "replay_message", "重发一条 | Send one again", [_NUMBER, CSRF], body=_NOTHING, needs_body=False
            )
        },
        "/api/preferences/messages": {
            "get": _said("message_preferences", "消息偏好 | What I prefer of messages"),
            "put": _said("prefer_messages", "修改消息偏好 | Prefer something else", [CSRF], body=_PREFERRED),
        },
    }  # fmt: skip


def _said(name: str, summary: str, parameters: list[dict[str, Any]] | None = None, **more: Any) -> Operation:
    return operation(name, summary, tag=_TAG, parameters=parameters or [], **more)
