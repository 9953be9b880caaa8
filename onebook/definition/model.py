"""What every declaration is made of: names, labels, conditions, and the strictness of reading them."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints

from onebook.values.label import Label

#: `snake_case`, no double underscore (that separates a form from its lines in table names).
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]


def _label(value: object) -> object:
    return Label.parse(value) if isinstance(value, str) else value


def _formula(value: object) -> object:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else value


#: The default of mappings: nothing declared.
NOTHING: Final[dict[Any, Any]] = {}

#: `客户 | Customer`
Words = Annotated[Label, BeforeValidator(_label), PlainSerializer(str)]
#: The text of a formula; YAML's true, false and numbers are formulas too.
Formula = Annotated[str, BeforeValidator(_formula), StringConstraints(min_length=1, max_length=4096)]


def one_or_many(value: Any) -> Any:
    """YAML may write one thing where several may stand."""
    return value if isinstance(value, list | tuple) else [value]


class Declared(BaseModel):
    """Base of all declarations: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)


class Must(Declared):
    """A condition with the words that refuse when it does not hold (blank does not hold)."""

    that: Formula
    otherwise: Words
