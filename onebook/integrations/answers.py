"""What providers answer: JSON, as an object or not at all."""

import json
from collections.abc import Mapping
from typing import Any

from onebook.engines.message.refusals import Rejected
from onebook.integrations.network import Answer


def said(answer: Answer) -> Mapping[str, Any]:
    """The object that a provider answered. Refuses with Rejected what is none: whoever answers is not the provider."""
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise Rejected(reason=answer.reason) from None
    if not isinstance(found, dict):
        raise Rejected(reason=answer.reason)
    return found
