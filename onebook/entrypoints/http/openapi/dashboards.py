"""Dashboards in the description: what stands on them, metrics, files, links and subscriptions."""

from typing import Any, Final

from onebook.engines.report.request import PAGE_LIMIT
from onebook.entrypoints.http.boards.sharing import NewShare, Subscription
from onebook.entrypoints.http.openapi.files import FILE
from onebook.entrypoints.http.openapi.operations import CSRF, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.schemas import ID, Schema, shape_of

_TAG: Final = "看板 | Dashboards"
_WORD: Final[Schema] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_NAME: Final = {"name": "name", "in": "path", "required": True, "schema": _WORD}
_TILE: Final = {"name": "tile", "in": "path", "required": True, "schema": _WORD}
_TOKEN: Final = {"name": "token", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 128}}
_NUMBER: Final = {"name": "number", "in": "path", "required": True, "schema": ID}
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_PAGED: Final = (
    query("limit", {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT, "default": 50}, "The most rows."),
    query("offset", {"type": "integer", "minimum": 0, "default": 0}, "Rows that are passed over."),
)


def dashboard_schemas() -> dict[str, Schema]:
    """What dashboards, metrics, links and subscriptions look like."""
    flag: Schema = {"type": "boolean"}
    parameter = _properties(
        name=_TEXT, kind=_TEXT, label=_TEXT, to=_MAYBE, has_default=flag, value=_MAYBE, title=_MAYBE
    )
    place = _properties(**{key: {"type": "integer"} for key in ("x", "y", "w", "h")})
    tile = _properties(
        tile=_TEXT, label=_TEXT, at=place, draw=_TEXT, kind=_TEXT, forms={"type": "array", "items": _TEXT},
        may_export=flag,
    )  # fmt: skip
    part = _properties(key=_TEXT, value=_MAYBE)
    return {
        "Dashboard": _properties(
            name=_TEXT, label=_TEXT, help=_MAYBE, is_wall=flag, parameters={"type": "array", "items": parameter},
            tiles={"type": "array", "items": tile},
        ),
        "Metric": _properties(
            name=_TEXT, label=_TEXT, help=_MAYBE, kind=_TEXT, value=_MAYBE, previous=_MAYBE, change=_MAYBE,
            less_is_better=flag, trend={"type": "array", "items": part}, opens={"type": ["object", "null"]},
            made_of={"type": "array", "items": _TEXT},
        ),
        "NewShare": shape_of(NewShare),
        "Subscription": shape_of(Subscription),
    }  # fmt: skip


def dashboard_paths() -> dict[str, dict[str, Operation]]:
    """The addresses of dashboards. Every further name in an address is a parameter of the dashboard."""

    def said(name: str, summary: str, *parameters: dict[str, Any], **more: Any) -> Operation:
        return operation(name, summary, tag=_TAG, parameters=parameters, **more)

    board, subscription = reference("Dashboard"), reference("Subscription")
    many: Schema = {"type": "array", "items": {"type": "object"}}
    day: Schema = {"type": "string", "format": "date"}
    span = [query("from", day, "The first day."), query("to", day, "The last day.")]
    compared = query("compare", {"type": "string", "enum": ["previous", "year"]}, "What it is compared with.")
    grains = ["day", "month", "quarter", "year"]
    trend = query("trend", {"type": "string", "enum": grains}, "The parts that its trend is of.")
    return {
        "/api/dashboards": {"get": said("dashboards", "看板 | Dashboards that I find", answer=many)},
        "/api/dashboards/{name}": {
            "get": said("dashboard", "看板描述 | What stands on a dashboard", _NAME, answer=board)
        },
        "/api/dashboards/{name}/tiles/{tile}": {"get": said("tile", "卡片 | What a tile shows", _NAME, _TILE)},
        "/api/dashboards/{name}/export": {
            "get": said(
                "export_dashboard", "导出看板 | A dashboard as a file", _NAME, _kinds("xlsx", "pdf"), answers=FILE
            )
        },
        "/api/dashboards/{name}/tiles/{tile}/export": {
            "get": said(
                "export_tile", "导出卡片 | A tile as a file", _NAME, _TILE, _kinds("xlsx", "csv", "pdf"), answers=FILE
            )
        },
        "/api/metrics": {"get": said("metrics", "指标 | Metrics that I may see", answer=many)},
        "/api/metrics/{name}": {
            "get": said("metric", "指标值 | A metric", _NAME, *span, compared, trend, answer=reference("Metric"))
        },
        "/api/metrics/{name}/rows": {
            "get": said("metric_rows", "指标背后的行 | The rows that a metric counts", _NAME, *span, *_PAGED)
        },
        "/api/shares": {
            "get": said("shares", "我的分享 | What I share by link", answer=many),
            "post": said("make_share", "分享 | Share by link", CSRF, body=reference("NewShare"), status="201"),
        },
        "/api/shares/{number}": {
            "delete": said("revoke_share", "收回分享 | Take a link back", _NUMBER, CSRF, status="204")
        },
        "/api/shared/{token}": {"get": said("shared", "打开分享 | What was shared", _TOKEN, answer=board)},
        "/api/shared/{token}/tiles/{tile}": {
            "get": said("shared_tile", "分享的卡片 | A tile of what was shared", _TOKEN, _TILE)
        },
        "/api/subscriptions": {
            "get": said("subscriptions", "我的订阅 | What comes to me by itself", answer=many),
            "post": said("subscribe", "订阅 | Subscribe", CSRF, body=subscription, status="201"),
        },
        "/api/subscriptions/{number}": {
            "put": said("change_subscription", "修改订阅 | Change a subscription", _NUMBER, CSRF, body=subscription),
            "delete": said("unsubscribe", "取消订阅 | Away with it", _NUMBER, CSRF, status="204"),
        },
        "/api/subscriptions/{number}/send": {
            "post": said("send_subscription", "立即发送 | Send it now", _NUMBER, CSRF, status="204")
        },
    }


def _kinds(*names: str) -> dict[str, Any]:
    return query("format", {"type": "string", "enum": list(names), "default": "xlsx"}, "The kind of file.")


def _properties(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}
