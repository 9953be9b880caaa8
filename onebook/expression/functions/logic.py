"""Choosing and asking: IF, IFS, SWITCH, BETWEEN, ISBLANK, COALESCE, CHANGED."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import case, func

from onebook.expression.functions.function import Element, Frame, Function, Lowering, Parameter, Row, Run
from onebook.expression.functions.lowered import constant, quoted
from onebook.expression.tree import Node
from onebook.expression.types import FLAG, Kind
from onebook.values.label import Label


def _if(parts: Sequence[Run]) -> Run:
    condition, then = parts[0], parts[1]
    if len(parts) == 2:
        return lambda row, frame: then(row, frame) if condition(row, frame) else None
    otherwise = parts[2]
    return lambda row, frame: then(row, frame) if condition(row, frame) else otherwise(row, frame)


def _ifs(parts: Sequence[Run]) -> Run:
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    otherwise = parts[-1] if len(parts) % 2 else None

    def run(row: Row, frame: Frame) -> Any:
        for condition, value in pairs:
            if condition(row, frame):
                return value(row, frame)
        return otherwise(row, frame) if otherwise else None

    return run


def _switch(parts: Sequence[Run]) -> Run:
    subject, pairs = parts[0], list(zip(parts[1::2], parts[2::2], strict=False))
    otherwise = parts[-1] if len(parts) % 2 == 0 else None

    def run(row: Row, frame: Frame) -> Any:
        value = subject(row, frame)
        if value is not None:
            for known, result in pairs:
                if known(row, frame) == value:
                    return result(row, frame)
        return otherwise(row, frame) if otherwise else None

    return run


def _coalesce(parts: Sequence[Run]) -> Run:
    def run(row: Row, frame: Frame) -> Any:
        for part in parts:
            value = part(row, frame)
            if not is_blank(value):
                return value
        return None

    return run


def is_blank(value: Any) -> bool:
    """Whether nothing was filled in: blank, the empty text, no choice at all."""
    # Not compared: a decimal takes long to say that it is no text.
    return value is None or (not value and isinstance(value, str | tuple))


def _lower_if(lowering: Lowering, parts: Sequence[Node]) -> Element:
    otherwise = lowering.value(parts[2]) if len(parts) == 3 else None
    return case((lowering.condition(parts[0]), lowering.value(parts[1])), else_=otherwise)


def _lower_ifs(lowering: Lowering, parts: Sequence[Node]) -> Element:
    pairs = zip(parts[::2], parts[1::2], strict=False)
    otherwise = lowering.value(parts[-1]) if len(parts) % 2 else None
    return case(*((lowering.condition(when), lowering.value(then)) for when, then in pairs), else_=otherwise)


def _lower_switch(lowering: Lowering, parts: Sequence[Node]) -> Element:
    pairs = zip(parts[1::2], parts[2::2], strict=False)
    otherwise = lowering.value(parts[-1]) if len(parts) % 2 == 0 else None
    return case(
        *((lowering.value(known), lowering.value(result)) for known, result in pairs),
        value=lowering.value(parts[0]),
        else_=otherwise,
    )


def _lower_is_blank(lowering: Lowering, parts: Sequence[Node]) -> Element:
    return _filled(lowering, parts[0]).is_(None)


def _lower_coalesce(lowering: Lowering, parts: Sequence[Node]) -> Element:
    return func.coalesce(*(_filled(lowering, part) for part in parts))


def _filled(lowering: Lowering, part: Node) -> Element:
    value = lowering.value(part)
    if part.type.kind is Kind.TEXT:
        return func.nullif(value, quoted(""), type_=value.type)
    if part.type.kind is Kind.TEXTS:
        return func.nullif(value, constant_texts(), type_=value.type)
    return value


def constant_texts() -> Element:
    """No text at all, as the database writes it."""
    return func.string_to_array(quoted(""), quoted(","))


def _lower_between(low_high: Lowering, parts: Sequence[Node]) -> Element:
    subject, low, high = (low_high.value(part) for part in parts)
    if parts[0].type.kind is Kind.TEXT:
        subject = subject.collate("C")
    return func.coalesce(subject.between(low, high), constant(False, Kind.FLAG))


def _changed(now: Any, old: Any) -> bool:
    return bool(now != old)


def _between(subject: Any, low: Any, high: Any) -> bool:
    return None not in (subject, low, high) and low <= subject <= high


FUNCTIONS: Final = (
    Function(
        "IF",
        Label(
            "条件成立取前者，否则取后者；不写后者则为空", "The first value if the condition holds, otherwise the second"
        ),
        (Parameter("condition", (Kind.FLAG,)), Parameter("then"), Parameter("otherwise", optional=True)),
        None,
        gives=lambda count: range(1, count),
        compile=_if,
        lower=_lower_if,
    ),
    Function(
        "IFS",
        Label("第一个成立的条件后面的值", "The value behind the first condition that holds"),
        (Parameter("condition", (Kind.FLAG,)), Parameter("value")),
        None,
        repeats=2,
        rest=Parameter("otherwise"),
        gives=lambda count: [*range(1, count, 2), *([count - 1] if count % 2 else [])],
        compile=_ifs,
        lower=_lower_ifs,
    ),
    Function(
        "SWITCH",
        Label("与哪个值相等，就取它后面的值", "The value behind the known value that the first argument equals"),
        (Parameter("subject"), Parameter("known"), Parameter("value")),
        None,
        repeats=2,
        rest=Parameter("otherwise"),
        gives=lambda count: [*range(2, count, 2), *([count - 1] if count % 2 == 0 else [])],
        alike=lambda count: [0, *range(1, count - (count % 2 == 0), 2)],
        compile=_switch,
        lower=_lower_switch,
    ),
    Function(
        "BETWEEN",
        Label("是否在两个值之间（含两端）", "Whether it lies between two values or equals one of them"),
        tuple(Parameter(name, (Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT)) for name in ("value", "low", "high")),
        FLAG,
        alike=range,
        blanks=True,
        python=_between,
        lower=_lower_between,
        certain=True,
    ),
    Function(
        "ISBLANK",
        Label("是否没有填写", "Whether nothing is filled in"),
        (Parameter("value"),),
        FLAG,
        blanks=True,
        python=is_blank,
        lower=_lower_is_blank,
        certain=True,
    ),
    Function(
        "COALESCE",
        Label("第一个填写了的值", "The first value that is filled in"),
        (Parameter("value"),),
        None,
        repeats=1,
        gives=range,
        compile=_coalesce,
        lower=_lower_coalesce,
    ),
    Function(
        "CHANGED",
        Label("这个字段是否改过", "Whether the field was changed"),
        (Parameter("field"), Parameter("old")),
        FLAG,
        blanks=True,
        python=_changed,
        certain=True,
    ),
)
