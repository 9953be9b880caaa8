"""Values half hidden from those who may not see them whole."""

from typing import Any


def masked(value: Any) -> str | None:
    """`138****1234`: the ends stay so that the owner recognises it, the middle goes. Blank stays blank; what is not
    text goes whole."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return "****"
    name, at, domain = value.partition("@")
    if at and domain:
        return f"{name[:1]}****@{domain}"
    if len(value) >= 11:
        return f"{value[:3]}****{value[-4:]}"
    if len(value) >= 5:
        return f"{value[:1]}****{value[-1:]}"
    return f"{value[:1]}****"
