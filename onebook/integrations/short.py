"""Short messages: which approved template a message leaves by, and what fills its variables."""

from collections.abc import Sequence
from typing import Final

from onebook.engines.message.provider import Outgoing
from onebook.engines.message.refusals import Rejected
from onebook.integrations.shape import ANY, ShortSettings, ShortTemplate

#: The variable that takes a whole text.
WHOLE: Final = "text"


def filled(settings: ShortSettings, message: Outgoing) -> tuple[ShortTemplate, Sequence[str]]:
    """The template of a message and the values of its variables, in their order. Refuses with Rejected."""
    template = settings.templates.get(message.template or ANY)
    if template is None:
        raise Rejected(reason=f"template {message.template or ANY}")
    if list(template.variables) == [WHOLE]:
        return template, [" ".join(f"{message.title} {message.text}".split())]
    if len(template.variables) != len(message.values):
        raise Rejected(reason=f"{template.code}: {len(template.variables)} ≠ {len(message.values)}")
    return template, list(message.values)
