"""What people say beside records, in the description: comments, files, notifications and what happened lately."""

from typing import Any, Final

from onebook.entrypoints.http.openapi.files import FILE
from onebook.entrypoints.http.openapi.operations import CSRF, KEY, RECORD_ID, Operation, operation, query
from onebook.entrypoints.http.openapi.schemas import ID, Schema

_TAG: Final = "交流 | Talk"
_NUMBER: Final[Schema] = {"name": "number", "in": "path", "required": True, "schema": ID}
_FORM: Final[Schema] = {
    "name": "form",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"},
}
_COMMENT: Final[Schema] = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 10_000},
        "mentions": {"type": "array", "items": ID, "maxItems": 20},
    },
    "additionalProperties": False,
}
_FILE: Final[Schema] = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
_READ: Final[Schema] = {
    "type": "object",
    "properties": {"ids": {"type": "array", "items": ID, "maxItems": 1_000}, "all": {"type": "boolean"}},
    "additionalProperties": False,
}
_PAGE: Final = [
    query("cursor", ID, "Where to go on: `next` of the page before."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Items of a page."),
]
_FOUND: Final = [
    query("q", {"type": "string", "maxLength": 200}, "Part of a name, or pinyin initials."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 8}, "At the most so many."),
]


def talk_paths() -> dict[str, dict[str, Operation]]:
    """The addresses beside records of any form, and those of the reader's own notifications."""
    record = [_FORM, RECORD_ID]
    unread = query("unread", {"type": "boolean"}, "Only what was not read.")
    inline = query("inline", {"type": "boolean"}, "Pictures and PDF to be shown, not saved.")
    only = query("form", {"type": "string", "maxLength": 64}, "Only of this form.")
    return {
        "/api/{form}/{id}/comments": {
            "get": _said("comments", "评论 | Comments", record),
            "post": _said("comment", "写评论 | Comment", [*record, CSRF, KEY], body=_COMMENT, status="201"),
        },
        "/api/{form}/{id}/comments/{number}": {
            "delete": _said("delete_comment", "删除评论 | Delete my comment", [*record, _NUMBER, CSRF], status="204")
        },
        "/api/{form}/{id}/readers": {"get": _said("readers", "可提及的人 | Whom I may mention", [*record, *_FOUND])},
        "/api/{form}/{id}/files": {
            "get": _said("attachments", "附件 | Files", record),
            "post": _said(
                "attach", "添加附件 | Attach a file", [*record, CSRF], body=_FILE, body_kind="multipart/form-data",
                status="201",
            ),
        },
        "/api/{form}/{id}/files/{number}": {
            "get": _said("attachment", "下载附件 | A file", [*record, _NUMBER, inline], answers=FILE),
            "delete": _said("detach", "移除附件 | Remove a file", [*record, _NUMBER, CSRF], status="204"),
        },
        "/api/notifications": {"get": _said("notifications", "通知 | Notifications", [unread, *_PAGE])},
        "/api/notifications/read": {
            "post": _said("read_notifications", "标为已读 | Mark as read", [CSRF], body=_READ)
        },
        "/api/activity": {"get": _said("activity", "动态 | What happened lately", [only, *_PAGE])},
    }  # fmt: skip


def _said(name: str, summary: str, parameters: list[dict[str, Any]], **more: Any) -> Operation:
    return operation(name, summary, tag=_TAG, parameters=parameters, **more)
