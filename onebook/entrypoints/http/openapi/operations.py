"""How an operation is written down: parameters, bodies, answers and the refusals that any of them may give."""

from collections.abc import Sequence
from typing import Any, Final

from onebook.entrypoints.http.openapi.schemas import ID

Operation = dict[str, Any]

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Why the product said no (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "data", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["ledger.balance_too_low"]},
        "detail": {"type": "string", "description": "The text, in the user's language."},
        "data": {"type": "object"},
        "problems": {
            "type": "array",
            "description": "Every cause at once.",
            "items": {
                "type": "object",
                "required": ["code", "field", "row", "text", "data"],
                "properties": {
                    "code": {"type": "string"},
                    "field": {"type": ["string", "null"]},
                    "row": {"type": ["integer", "null"]},
                    "text": {"type": "string"},
                    "data": {"type": "object"},
                },
            },
        },
    },
}

#: What every operation may answer besides its own; the words are those of `onebook/values/refusal.py`.
_REFUSALS: Final = {
    "400": "The request is not understood.",
    "401": "Not logged in.",
    "403": "No right to do this.",
    "404": "There is no such thing, or it is not for this user to see.",
    "405": "The address does not support this method.",
    "409": "It conflicts with the state of the record or of the book.",
    "413": "Too large.",
    "422": "The values cannot be accepted; each problem names its field and row.",
    "429": "Too many attempts.",
    "503": "The database does not answer; try again.",
}

CSRF: Final = {
    "name": "X-CSRF-Token",
    "in": "header",
    "required": True,
    "description": "The token that logging in answered.",
    "schema": {"type": "string"},
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same request again under the same key gives the same answer and does nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
RECORD_ID: Final = {"name": "id", "in": "path", "required": True, "schema": ID}


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    parameters: Sequence[dict[str, Any]] = (),
    body: dict[str, Any] | None = None,
    body_kind: str = "application/json",
    answer: dict[str, Any] | None = None,
    answers: str = "application/json",
    status: str = "200",
    needs_body: bool = True,
    or_nothing: str = "",
) -> Operation:
    """One operation: refusals are added, and whatever is not asked for stays out. `or_nothing`: when it may answer
    without content."""
    answered: dict[str, Any] = {"description": "Done."}
    if status != "204":
        answered["content"] = {answers: {"schema": answer or {"type": "object"}}}
    described: Operation = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "responses": {status: answered, **{code: _refusal(words) for code, words in _REFUSALS.items()}},
    }
    if or_nothing:
        described["responses"]["204"] = {"description": or_nothing}
    if parameters:
        described["parameters"] = list(parameters)
    if body is not None:
        described["requestBody"] = {"required": needs_body, "content": {body_kind: {"schema": body}}}
    return described


def query(name: str, schema: dict[str, Any], description: str, *, required: bool = False) -> dict[str, Any]:
    """A parameter of the query."""
    said: dict[str, Any] = {"name": name, "in": "query", "description": description, "schema": schema}
    return {**said, "required": True} if required else said


def reference(schema: str) -> dict[str, Any]:
    """A schema by name."""
    return {"$ref": f"#/components/schemas/{schema}"}


def _refusal(words: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/problem+json": {"schema": reference("Problem")}}}
