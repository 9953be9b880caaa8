"""Conditions of the filter builder, said in the one formula language; their values travel as parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.report.heading import NUMBER_KINDS
from onebook.engines.report.refusals import WrongCondition
from onebook.engines.report.request import Combined, Condition, Conditions
from onebook.expression.types import Kind, Type
from onebook.values.decimals import decimal_of

COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
#: Comparisons of text by a part of it, without regard to case; the part is a parameter too, and never a pattern.
PARTS = {
    "contains": 'SUBSTITUTE(UPPER({key}), UPPER({value}), "") <> UPPER({key})',
    "starts": "LEFT(UPPER({key}), LEN({value})) = UPPER({value})",
}
ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT})
MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """The conditions as one formula, with the types and the values of its parameters."""

    text: str
    types: tuple[tuple[str, Type], ...]
    values: dict[str, Any]


def said(conditions: Conditions, compared: Callable[[str], FieldDeclaration]) -> Said:
    """All conditions, each of which must hold. `compared`: what a condition on a key compares with. Raises
    WrongCondition."""
    saying = _Saying(compared)
    return Said(" AND ".join(map(saying.one, conditions)), tuple(saying.types), saying.values)


def told(condition: Condition | Combined) -> str:
    """A condition as somebody reads it who was given the rows."""
    if isinstance(condition, Condition):
        return f"{condition.field} {condition.op} {condition.value}"
    return f"({(' OR ' if condition.how == 'any' else ' AND ').join(map(told, condition.parts))})"


class _Saying:
    """Conditions on their way into one formula; their values are gathered beside it."""

    def __init__(self, compared: Callable[[str], FieldDeclaration]) -> None:
        self._compared = compared
        self.types: list[tuple[str, Type]] = []
        self.values: dict[str, Any] = {}

    def one(self, condition: Condition | Combined) -> str:
        """A condition, or several that count as one, as a formula that may stand between others."""
        if isinstance(condition, Condition):
            return self._plain(condition, self._compared(condition.field))
        if not condition.parts:
            raise WrongCondition(field=condition.how, op=condition.how)
        between = " OR " if condition.how == "any" else " AND "
        return f"({between.join(map(self.one, condition.parts))})"

    def _plain(self, condition: Condition, field: FieldDeclaration) -> str:
        key, op = condition.field, condition.op
        if op == "blank":
            return f"ISBLANK({key})"
        if op == "not_blank":
            return f"NOT ISBLANK({key})"
        if op in ("in", "not_in"):
            given = _several(condition, 1, MOST_VALUES)
            inside = " OR ".join(_equal(field, key, self._parameter(field, one, condition)) for one in given)
            return f"({inside})" if op == "in" else f"NOT ({inside})"
        if op == "between":
            bounds = zip((">=", "<="), _several(condition, 2, 2), strict=True)
            found = [
                f"{key} {sign} {self._parameter(field, one, condition)}" for sign, one in bounds if one is not None
            ]
            if not found:
                raise WrongCondition(field=key, op=op)
            return f"({' AND '.join(found)})"
        if op in COMPARISONS:
            return self._comparison(condition, field)
        if op in PARTS and _type(field).kind is Kind.TEXT:
            return PARTS[op].format(key=key, value=self._parameter(field, condition.value, condition))
        raise WrongCondition(field=key, op=op)

    def _comparison(self, condition: Condition, field: FieldDeclaration) -> str:
        key, op = condition.field, condition.op
        if op not in ("eq", "ne") and _type(field).kind not in ORDERED:
            raise WrongCondition(field=key, op=op)
        name = self._parameter(field, condition.value, condition)
        if op == "eq":
            return _equal(field, key, name)
        # Unequal to something includes blank: users mean "all the others".
        return (
            f"(ISBLANK({key}) OR NOT ({_equal(field, key, name)}))" if op == "ne" else f"{key} {COMPARISONS[op]} {name}"
        )

    def _parameter(self, field: FieldDeclaration, value: Any, condition: Condition) -> str:
        name = f"given_{len(self.types)}"
        self.types.append((name, _type(field)))
        self.values[name] = _value(field, value, condition)
        return name


def _equal(field: FieldDeclaration, key: str, name: str) -> str:
    return f"{name} IN {key}" if field.kind in (FieldKind.CHOICES, FieldKind.TAGS) else f"{key} = {name}"


def _type(field: FieldDeclaration) -> Type:
    kind = VALUE_KINDS[field.kind]
    if kind is Kind.TEXTS:
        return Type(Kind.TEXT)
    return Type(kind, field.to) if kind is Kind.LINK else Type(kind)


def _several(condition: Condition, least: int, most: int) -> list[Any]:
    value = condition.value
    if not isinstance(value, list | tuple) or not least <= len(value) <= most:
        raise WrongCondition(field=condition.field, op=condition.op)
    return list(value)


def _value(field: FieldDeclaration, value: Any, condition: Condition) -> Any:
    """A value of JSON as the value of the field's kind. Raises WrongCondition."""
    found = value_of(field, value)
    if found is None:
        raise WrongCondition(field=condition.field, op=condition.op, value=str(value))
    return found


def value_of(field: FieldDeclaration, value: Any) -> Any:
    """A value of JSON, or of a query string, as the value of the field's kind; None if it is none."""
    try:
        match VALUE_KINDS[field.kind]:
            case Kind.NUMBER if not isinstance(value, bool):
                return decimal_of(str(value))
            case Kind.DATE:
                text = str(value)
                is_month = field.kind is FieldKind.MONTH and len(text) == len("2026-01")
                return value if isinstance(value, date) else date.fromisoformat(f"{text}-01" if is_month else text)
            case Kind.INSTANT:
                instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
                return instant if instant.tzinfo else None
            case Kind.FLAG:
                return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
            case Kind.LINK if not isinstance(value, bool):
                return int(value)
            case Kind.TEXT | Kind.TEXTS:
                return value if isinstance(value, str) and value else None
    except (TypeError, ValueError):
        return None
    return None


def sum_kind(field: FieldDeclaration) -> bool:
    """Whether figures of this field may be added up: percentages and prices may not."""
    return field.kind in NUMBER_KINDS - {FieldKind.PERCENT, FieldKind.PRICE}
