"""What settings of channels are made of."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Key

#: Words of somebody else, in one line.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\r\n]+$")]
#: What travels in headers, where other signs than these have no place.
Plain = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[!-~]+$")]
#: A host's name or address, without port.
Host = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:\-\[\]]+$")]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[!-~]+$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
PerMinute = Annotated[int, Key(ge=1, le=6000)]

#: The name under which settings keep the template for messages that have none of their own.
ANY: Final = "any"


class Settings(BaseModel):
    """Strict, and unknown names are errors. What every channel can say."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    #: How many messages a minute; without it, what its provider is known to take.
    per_minute: PerMinute | None = None


class GroupSettings(Settings):
    """Of a robot in a group: everybody there reads it, so it says only what this user may see. Without one, figures and
    names of records stay out."""

    reads_as: Annotated[int, Key(ge=1, le=2**63 - 1)] | None = None


class Secrets(BaseModel):
    """What is written once and never read again."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ShortTemplate(BaseModel):
    """A template as the provider of short messages has approved it: its code, and what its variables are called, in the
    order of the formulas of ours. A single variable `text` takes the whole text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: Line
    variables: Annotated[list[Line], Key(max_length=20)] = Key(default_factory=list)


class ShortSettings(Settings):
    """Of a provider of short messages: the signature that stands before every text, and its templates by the name that
    ours have; `any` is for messages without one."""

    sign_name: Line
    templates: Annotated[dict[Line, ShortTemplate], Key(max_length=200)]
