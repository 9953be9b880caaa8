"""The operations of looking at a form's records: groups, saved views, drafts, and one thing done with many."""

from collections.abc import Iterator
from typing import Any, Final

from onebook.definition.form import Form
from onebook.engines.table.rights import Rights
from onebook.entrypoints.http.openapi.operations import CSRF, KEY, Operation, operation, query, reference
from onebook.entrypoints.http.openapi.schemas import ID, Schema, shape_of
from onebook.entrypoints.http.shapes import Bulk, ChangedView, Draft, Links, NewView, Preferences, Typed

_TEXT: Schema = {"type": "string", "maxLength": 4096}
_VIEW = {"name": "view", "in": "path", "required": True, "schema": ID}
_GROUPED = [
    query("by", {"type": "string", "maxLength": 200}, "A key, dates with a grain: `ordered_on:month`.", required=True),
    query("filter", _TEXT, "A formula that must hold."),
    query("where", _TEXT, "Conditions as JSON, as lists take them."),
    query("q", {"type": "string", "maxLength": 200}, "Words to search for."),
    query("columns", _TEXT, "Whose figures are summed."),
    query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}, "The most groups."),
]


_FIGURE: Final[Schema] = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {}, "at": {"type": ["string", "null"]}},
}
_BESIDE: Final[Schema] = {"type": "object", "additionalProperties": _FIGURE}
_ROWS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "array", "items": _BESIDE}}
_FIGURES: Final[Schema] = {
    "type": "object",
    "required": ["record", "lines"],
    "properties": {"record": _BESIDE, "lines": _ROWS},
}


def looked_at(form: Form, rights: Rights) -> Iterator[tuple[str, str, Operation]]:
    """The operations of a form, as far as the rights go."""
    name, tag = form.form, str(form.label)

    def said(operation_id: str, summary: str, **more: Any) -> Operation:
        return operation(f"{operation_id}_{name}", summary, tag=tag, **more)

    if rights.read is not None:
        view = reference("SavedView")
        many: Schema = {"type": "array", "items": view}
        changed = shape_of(ChangedView)
        yield "/groups", "get", said("groups", "Groups of a list", parameters=_GROUPED, answer=reference("Groups"))
        yield "/views", "get", said("views", "Saved views", answer=many)
        yield "/views", "post", said(
            "make_view", "Keep a view", parameters=[CSRF], body=shape_of(NewView), answer=view, status="201"
        )  # fmt: skip
        yield "/views/{view}", "put", said(
            "change_view", "Change a view", parameters=[_VIEW, CSRF], body=changed, answer=view
        )  # fmt: skip
        yield "/views/{view}", "delete", said("drop_view", "Away with a view", parameters=[_VIEW, CSRF], status="204")
    if rights.read is not None or rights.create is not None:
        words = "What formulas read behind links that are being chosen"
        yield "/linked", "post", said("linked", words, parameters=[CSRF], body=shape_of(Links))
        words = "The figures beside a record, for values as they are typed"
        yield "/beside", "post", said("beside", words, parameters=[CSRF], body=shape_of(Typed), answer=_FIGURES)
    if rights.create is not None or rights.update is not None:
        words = "The record as it would be; nothing is written"
        yield "/draft", "post", said("draft", words, parameters=[CSRF], body=shape_of(Draft))
    if rights.do or rights.reverse or rights.delete is not None:
        words = "One thing done with many records, each in its own transaction"
        yield "/bulk", "post", said("bulk", words, parameters=[CSRF, KEY], body=shape_of(Bulk))


PREFERENCES: Final = shape_of(Preferences)
#: Answers that all forms share.
LOOKS: Final[dict[str, Schema]] = {
    "SavedView": {
        "type": "object",
        "properties": {
            "id": ID,
            "name": {"type": "string"},
            "kind": {"type": "string", "enum": ["table", "board", "calendar"]},
            "shared": {"type": "boolean"},
            "mine": {"type": "boolean"},
            "may_change": {"type": "boolean"},
            "default": {"type": "boolean"},
            "reduced": {"type": "boolean"},
            "by": reference("Link"),
            "settings": {"type": "object"},
        },
    },
    "Groups": {
        "type": "object",
        "properties": {
            "form": {"type": "string"},
            "by": {"type": "object"},
            "grain": {"type": ["string", "null"]},
            "groups": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "value": {},
                        "label": {"type": ["string", "null"]},
                        "count": {"type": "integer"},
                        "sums": {"type": "object"},
                        "where": {"type": "array", "items": {"type": "object"}},
                    },
                },
            },
            "more": {"type": "boolean"},
        },
    },
}
