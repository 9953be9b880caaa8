"""Functions on numbers: rounding, remainders, the smallest and largest, tax, amounts in words."""

from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any, Final

from sqlalchemy import Numeric, case, func

from onebook.expression.arithmetic import EXACT, add, divide, multiply, subtract
from onebook.expression.functions.amount_in_words import amount_in_words
from onebook.expression.functions.function import Element, Frame, Function, Lowering, Parameter, Row, Run
from onebook.expression.functions.lowered import constant, number, quotient
from onebook.expression.precision import Digits, digits_of, quotient_scale
from onebook.expression.tree import Call, Literal, Node, Operation
from onebook.expression.types import NUMBER, TEXT, Kind
from onebook.values.label import Label

#: Digits that ROUND may keep: from millions of millions to twelve behind the point.
_SCALES: Final = {Decimal(digits): Decimal(1).scaleb(-digits) for digits in range(-12, 13)}
_ORDERED: Final = (Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT)
_ONE: Final = Decimal(1)
_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")


def _rounding(mode: str) -> Callable[[Decimal, Decimal], Decimal]:
    context = EXACT.copy()
    context.rounding = mode
    quantize = context.quantize

    def rounded(value: Decimal, digits: Decimal) -> Decimal:
        return quantize(value, _SCALES[digits])

    return rounded


def _modulo(value: Decimal, divisor: Decimal) -> Decimal | None:
    if not divisor:
        return None
    rest = EXACT.remainder(value, divisor)
    return add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _lower_modulo(value: Element, divisor: Element) -> Element:
    divisor = func.nullif(divisor, number(0), type_=Numeric())
    return func.mod(func.mod(value, divisor, type_=Numeric()) + divisor, divisor, type_=Numeric())


def _lower_round_up(value: Element, digits: Decimal) -> Element:
    power, back = constant(_SCALES[-digits], Kind.NUMBER), constant(_SCALES[digits], Kind.NUMBER)
    scaled = value * power
    away = case((value < number(0), func.floor(scaled, type_=Numeric())), else_=func.ceil(scaled, type_=Numeric()))
    return away * back


def _smallest(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _largest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _split_tax(amount: Decimal, rate: Decimal, part: str) -> Decimal | None:
    net = divide(amount, add(_ONE, rate))
    if net is None:
        return None
    net = net.quantize(_CENT, rounding=ROUND_HALF_UP, context=EXACT)
    if part == "net":
        return net
    return subtract(amount.quantize(_CENT, rounding=ROUND_HALF_UP, context=EXACT), net)


def _lower_split_tax(lowering: Lowering, parts: Sequence[Node]) -> Element:
    amount, divisor = lowering.value(parts[0]), constant(_ONE, Kind.NUMBER) + lowering.value(parts[1])
    whole, fraction = digits_of(parts[1])
    scale = quotient_scale(digits_of(parts[0]), Digits(whole + 1, fraction))
    net = func.round(quotient(amount, divisor, scale), number(2), type_=Numeric())
    written = parts[2].value if isinstance(parts[2], Literal) else None
    return net if written == "net" else func.round(amount, number(2), type_=Numeric()) - net


def _share(parts: Sequence[Run]) -> Run:
    amount, before, part, whole = parts

    def run(row: Row, frame: Frame) -> Decimal | None:
        given = amount(row, frame)
        if not given:
            # Most documents have nothing to share out: nobody looks at the other rows then.
            return None if given is None else _ZERO
        total = whole(row, frame)
        if not total:
            return None
        mine = part(row, frame) or _ZERO
        start = before(row, frame) or _ZERO
        return subtract(_up_to(given, add(start, mine), total), _up_to(given, start, total))

    return run


def _up_to(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    found = divide(multiply(amount, part), whole)
    assert found is not None, "shares of nothing are blank"
    return found.quantize(_CENT, rounding=ROUND_HALF_UP, context=EXACT)


def _lower_share(lowering: Lowering, parts: Sequence[Node]) -> Element:
    amount, before, part, whole = parts
    zero = Literal(_ZERO, NUMBER, amount.span)
    start: Node = Call("COALESCE", (before, zero), NUMBER, before.span)
    end: Node = Operation("+", (start, Call("COALESCE", (part, zero), NUMBER, part.span)), NUMBER, part.span)

    def up_to(reach: Node) -> Element:
        product = Operation("*", (amount, reach), NUMBER, amount.span)
        found = lowering.value(Operation("/", (product, whole), NUMBER, amount.span))
        return func.round(found, number(2), type_=Numeric())

    nothing = constant(_ZERO, Kind.NUMBER)
    return case((lowering.value(amount) == nothing, nothing), else_=up_to(end) - up_to(start))


def _digits(name: str = "digits") -> Parameter:
    return Parameter(name, (Kind.NUMBER,), literal=True, allowed=lambda value: value in _SCALES)


_VALUE: Final = Parameter("number", (Kind.NUMBER,))

FUNCTIONS: Final = (
    Function(
        "ROUND",
        Label("四舍五入到几位小数", "Rounds to so many digits, halves away from zero"),
        (_VALUE, _digits()),
        NUMBER,
        python=_rounding(ROUND_HALF_UP),
        sql=lambda value, digits: func.round(value, number(int(digits)), type_=Numeric()),
    ),
    Function(
        "ROUNDUP",
        Label("向远离零的方向进位", "Rounds away from zero"),
        (_VALUE, _digits()),
        NUMBER,
        python=_rounding(ROUND_UP),
        sql=_lower_round_up,
    ),
    Function(
        "ROUNDDOWN",
        Label("向零的方向舍去", "Cuts towards zero"),
        (_VALUE, _digits()),
        NUMBER,
        python=_rounding(ROUND_DOWN),
        sql=lambda value, digits: func.trunc(value, number(int(digits)), type_=Numeric()),
    ),
    Function(
        "ABS",
        Label("绝对值", "Without its sign"),
        (_VALUE,),
        NUMBER,
        python=EXACT.abs,
        sql=lambda value: func.abs(value, type_=Numeric()),
    ),
    Function(
        "MIN",
        Label("最小的一个；跳过空值", "The smallest; skips blanks"),
        (Parameter("value", _ORDERED),),
        None,
        repeats=1,
        gives=range,
        blanks=True,
        python=_smallest,
        sql=func.least,
    ),
    Function(
        "MAX",
        Label("最大的一个；跳过空值", "The largest; skips blanks"),
        (Parameter("value", _ORDERED),),
        None,
        repeats=1,
        gives=range,
        blanks=True,
        python=_largest,
        sql=func.greatest,
    ),
    Function(
        "MOD",
        Label("余数，符号同除数；除数为零则为空", "The remainder, with the sign of the divisor; blank for zero"),
        (_VALUE, Parameter("divisor", (Kind.NUMBER,))),
        NUMBER,
        python=_modulo,
        sql=_lower_modulo,
    ),
    Function(
        "TAXSPLIT",
        Label(
            "把含税金额拆成不含税（net）与税额（tax），两位小数",
            "The net or the tax in an amount with tax, to the cent",
        ),
        (
            Parameter("amount", (Kind.NUMBER,)),
            Parameter("rate", (Kind.NUMBER,)),
            Parameter("part", (Kind.TEXT,), literal=True, allowed=lambda part: part in ("net", "tax")),
        ),
        NUMBER,
        python=_split_tax,
        lower=_lower_split_tax,
    ),
    Function(
        "SHARE",
        Label(
            "按权重分摊金额，各份之和分毫不差；行内写 SHARE(金额, 权重)；before 为前面各行权重之和，whole 为合计",
            "A weight's share of an amount; all shares are the amount to the cent. In rows: SHARE(amount, weight)",
        ),
        tuple(Parameter(name, (Kind.NUMBER,)) for name in ("amount", "before", "weight", "whole")),
        NUMBER,
        compile=_share,
        lower=_lower_share,
    ),
    Function(
        "RMBUPPER",
        Label("人民币大写金额", "An amount in Chinese financial words"),
        (Parameter("amount", (Kind.NUMBER,)),),
        TEXT,
        python=amount_in_words,
    ),
)
