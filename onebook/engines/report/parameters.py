"""What the reader of a report chose: given values, else the declared defaults."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.report import Parameter
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.report.condition import value_of
from onebook.engines.report.refusals import WrongParameter
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate


class _Nothing:
    """Defaults of parameters read the clock and the user, and no field."""

    name = ""
    parent = None

    def find(self, name: str) -> None:
        """No field stands here."""


def resolved(parameters: Mapping[str, Parameter], given: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A value, or None, for every parameter. `given` holds what JSON or a query string holds. Raises WrongParameter."""
    unknown = set(given) - set(parameters)
    if unknown:
        raise WrongParameter(name=sorted(unknown))
    return {name: _value(name, one, given, context) for name, one in parameters.items()}


def told(given: Mapping[str, Any]) -> dict[str, str | None]:
    """The values as they can be given again."""
    return {
        name: None if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in given.items()
    }


def _value(name: str, parameter: Parameter, given: Mapping[str, Any], context: Context) -> Any:
    if name in given:
        if given[name] in (None, ""):
            return None
        field = FieldDeclaration(kind=parameter.kind, label=parameter.label, to=parameter.to)
        value = value_of(field, given[name])
        if value is None:
            raise WrongParameter(name=parameter.label)
    elif parameter.default is not None:
        value = evaluate(check(parameter.default, _Nothing(), VALUE_KINDS[parameter.kind]), {}, context)
    else:
        return None
    return value.replace(day=1) if parameter.kind is FieldKind.MONTH and value is not None else value
