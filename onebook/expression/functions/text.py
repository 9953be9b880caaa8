"""Functions on texts: cutting, joining, letters, patterns, masks, pinyin."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import re2
from sqlalchemy import Numeric, Text, case, cast, func, or_

from onebook.expression.arithmetic import EXACT, whole
from onebook.expression.functions.formats import (
    format_date,
    format_number,
    is_date_format,
    lower_format_date,
    lower_format_number,
    lower_plain,
    number_format,
    plain,
)
from onebook.expression.functions.function import Element, Function, Lowering, Parameter, Run
from onebook.expression.functions.letters import CAPITALS, SMALL
from onebook.expression.functions.lowered import clipped, constant, number, quoted
from onebook.expression.tree import Literal, Node
from onebook.expression.types import FLAG, NUMBER, TEXT, Kind
from onebook.values.label import Label
from onebook.values.pinyin import first_letters, syllables

#: Characters that SUBSTITUTE gives at most, and takes of a replacement: together they bound the work.
LONGEST: Final = 100_000
LONGEST_REPLACEMENT: Final = 200
#: Counts of characters beyond this are the same as this.
_FAR: Final = 1_000_000

_TWO_MILLION: Final = Decimal(2_000_000)
_MILLIONTH: Final = Decimal("0.000001")
_SPACES: Final = " \t\r\n\u3000"
_PLAIN_NUMBER: Final = re.compile(r" *([-+]?[0-9]{1,30}(?:\.[0-9]{1,15})?) *")
_UPPER: Final = str.maketrans(SMALL, CAPITALS)
_LOWER: Final = str.maketrans(CAPITALS, SMALL)


def _count(value: Decimal) -> int:
    return max(whole(value), 0)


def _right(text: str, count: Decimal) -> str:
    length = _count(count)
    return text[-length:] if length else ""


def _middle(text: str, start: Decimal, count: Decimal) -> str:
    first = whole(start) - 1
    return text[max(first, 0) : max(first + _count(count), 0)]


def _lower_middle(text: Element, start: Element, count: Element) -> Element:
    return func.substr(text, clipped(start, -_FAR, _FAR), clipped(count, 0, _FAR), type_=Text())


def _substitute(text: str, old: str, new: str) -> str:
    return text.replace(old, new[:LONGEST_REPLACEMENT])[:LONGEST] if old else text[:LONGEST]


def _lower_substitute(text: Element, old: Element, new: Element) -> Element:
    replaced = func.replace(text, old, func.left(new, number(LONGEST_REPLACEMENT)))
    return func.left(replaced, number(LONGEST), type_=Text())


def _concatenate(parts: Sequence[Run]) -> Run:
    return lambda row, frame: "".join([part(row, frame) or "" for part in parts])


def lower_concatenation(lowering: Lowering, parts: Sequence[Node]) -> Element:
    """Texts one after the other; a blank is no text."""
    pieces = [_certain_text(lowering, part) for part in parts]
    joined = pieces[0]
    for piece in pieces[1:]:
        joined = joined.concat(piece)
    return joined


def _certain_text(lowering: Lowering, part: Node) -> Element:
    value = lowering.value(part)
    if isinstance(part, Literal) and part.value is not None:
        return value
    return func.coalesce(value, quoted(""), type_=Text())


def _text(value: Any, shape: str | None = None) -> str:
    if isinstance(value, int):
        # The position of a row.
        value = Decimal(value)
    if isinstance(value, Decimal):
        return plain(value) if shape is None else format_number(value, shape)
    return format_date(value, "yyyy-mm-dd" if shape is None else shape)


def _lower_text(lowering: Lowering, parts: Sequence[Node]) -> Element:
    value = lowering.value(parts[0])
    shape = parts[1].value if len(parts) > 1 and isinstance(parts[1], Literal) else None
    if parts[0].type.kind is Kind.NUMBER:
        return lower_plain(value) if shape is None else lower_format_number(value, str(shape))
    return lower_format_date(value, "yyyy-mm-dd" if shape is None else str(shape))


def _value(text: str) -> Decimal | None:
    match = _PLAIN_NUMBER.fullmatch(text)
    return Decimal(match[1]) if match else None


def _lower_value(text: Element) -> Element:
    pattern = quoted(f"^{_PLAIN_NUMBER.pattern}$")
    return cast(func.substring(text, pattern, type_=Text()), Numeric())


def _mask(text: str, left: Decimal = Decimal(3), right: Decimal = Decimal(4)) -> str:
    head, tail = int(left), int(right)
    hidden = len(text) - head - tail
    if hidden <= 0:
        return "*" * len(text)
    return text[:head] + "*" * hidden + (text[-tail:] if tail else "")


def _lower_mask(text: Element, left: Decimal = Decimal(3), right: Decimal = Decimal(4)) -> Element:
    head, tail = int(left), int(right)
    length = func.char_length(text)
    stars = func.repeat(quoted("*"), length - number(head + tail), type_=Text())
    shown = func.left(text, number(head), type_=Text()).concat(stars).concat(func.right(text, number(tail)))
    return case((length <= number(head + tail), func.repeat(quoted("*"), length, type_=Text())), else_=shown)


def _packed(quantity: Decimal, numerator: Decimal, denominator: Decimal, pack: str, unit: str) -> str | None:
    if numerator <= 0 or denominator <= 0:
        return None
    packs, left = EXACT.divmod(EXACT.multiply(abs(quantity), denominator), numerator)
    if not packs:
        return None
    doubled = EXACT.add(EXACT.multiply(left, _TWO_MILLION), denominator)
    millionths = EXACT.divide_int(doubled, EXACT.add(denominator, denominator))
    rest = plain(millionths.scaleb(-6, context=EXACT)) + unit if millionths else ""
    return ("-" if quantity < 0 else "") + plain(packs) + pack + rest


def _lower_packed(quantity: Element, numerator: Element, denominator: Element, pack: Element, unit: Element) -> Element:
    counted = func.abs(quantity, type_=Numeric()) * denominator
    left = func.mod(counted, numerator, type_=Numeric())
    millionths = func.div(left * number(2_000_000) + denominator, denominator * number(2), type_=Numeric())
    rest = case(
        (millionths == number(0), quoted("")),
        else_=lower_plain(millionths * constant(_MILLIONTH, Kind.NUMBER)).concat(unit),
    )
    sign = case((quantity < number(0), quoted("-")), else_=quoted(""))
    told = sign.concat(lower_plain(func.div(counted, numerator, type_=Numeric()))).concat(pack).concat(rest)
    # One after the other, so that nothing is divided by zero.
    return case(
        (or_(numerator <= number(0), denominator <= number(0)), None),
        (counted < numerator, None),
        else_=told,
    )


@lru_cache(maxsize=1000)
def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(text, options)


def is_pattern(text: str) -> bool:
    """Whether the text is a regular expression that can be matched in linear time (RE2)."""
    try:
        _pattern(text)
    except re2.error:
        return False
    return True


def _matches(text: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


def pinyin(text: str) -> str:
    """The sound of Chinese text without tones, small letters, no spaces."""
    return "".join(syllables(text)).translate(_LOWER)


def initials(text: str) -> str:
    """The first letters of the sounds, small letters."""
    return "".join(first_letters(text)).translate(_LOWER)


def _format_misfit(parts: Sequence[Node]) -> int | None:
    """A format must be one of numbers for a number, and one of dates for a date."""
    if len(parts) == 1:
        return None
    shape = str(parts[1].value) if isinstance(parts[1], Literal) else ""
    fits = {Kind.NUMBER: number_format(shape) is not None, Kind.DATE: is_date_format(shape)}
    return None if fits.get(parts[0].type.kind, any(fits.values())) else 1


_TEXT: Final = Parameter("text", (Kind.TEXT,))
_COUNT: Final = Parameter("count", (Kind.NUMBER,))


def _shown(name: str) -> Parameter:
    allowed = lambda value: value in range(21)  # noqa: E731
    return Parameter(name, (Kind.NUMBER,), optional=True, literal=True, allowed=allowed)


FUNCTIONS: Final = (
    Function(
        "CONCATENATE",
        Label("连接文字；空值当作没有文字", "Texts one after the other; a blank is no text"),
        (_TEXT,),
        TEXT,
        repeats=1,
        compile=_concatenate,
        lower=lower_concatenation,
    ),
    Function(
        "LEFT",
        Label("左边几个字", "The first characters"),
        (_TEXT, _COUNT),
        TEXT,
        python=lambda text, count: text[: _count(count)],
        sql=lambda text, count: func.left(text, clipped(count, 0, _FAR), type_=Text()),
    ),
    Function(
        "RIGHT",
        Label("右边几个字", "The last characters"),
        (_TEXT, _COUNT),
        TEXT,
        python=_right,
        sql=lambda text, count: func.right(text, clipped(count, 0, _FAR), type_=Text()),
    ),
    Function(
        "MID",
        Label("从第几个字起的几个字", "So many characters from a place, counted from 1"),
        (_TEXT, Parameter("start", (Kind.NUMBER,)), _COUNT),
        TEXT,
        python=_middle,
        sql=_lower_middle,
    ),
    Function(
        "LEN",
        Label("字数", "How many characters"),
        (_TEXT,),
        NUMBER,
        python=lambda text: Decimal(len(text)),
        sql=lambda text: cast(func.char_length(text), Numeric()),
    ),
    Function(
        "TRIM",
        Label("去掉两端的空白", "Without spaces at both ends"),
        (_TEXT,),
        TEXT,
        python=lambda text: text.strip(_SPACES),
        sql=lambda text: func.btrim(text, quoted(_SPACES), type_=Text()),
    ),
    Function(
        "UPPER",
        Label("变成大写字母", "Capital letters"),
        (_TEXT,),
        TEXT,
        python=lambda text: text.translate(_UPPER),
        sql=lambda text: func.translate(text, quoted(SMALL), quoted(CAPITALS), type_=Text()),
    ),
    Function(
        "LOWER",
        Label("变成小写字母", "Small letters"),
        (_TEXT,),
        TEXT,
        python=lambda text: text.translate(_LOWER),
        sql=lambda text: func.translate(text, quoted(CAPITALS), quoted(SMALL), type_=Text()),
    ),
    Function(
        "SUBSTITUTE",
        Label("把文字中的一段全部换成另一段", "Replaces every occurrence of a piece"),
        (_TEXT, Parameter("old", (Kind.TEXT,)), Parameter("new", (Kind.TEXT,))),
        TEXT,
        python=_substitute,
        sql=_lower_substitute,
    ),
    Function(
        "TEXT",
        Label("数字或日期变成文字，可给格式", "A number or date as text, in a format if one is given"),
        (
            Parameter("value", (Kind.NUMBER, Kind.DATE)),
            Parameter("format", (Kind.TEXT,), optional=True, literal=True),
        ),
        TEXT,
        misfit=_format_misfit,
        python=_text,
        lower=_lower_text,
    ),
    Function(
        "PACKED",
        Label(
            "把基本单位的数量写成整包与零头，例如 3箱5瓶；不满一包则为空。一包 = numerator / denominator 个基本单位",
            "Base units in full packs and the rest, such as 3 boxes 5; blank below one pack. A pack has"
            " numerator / denominator of them",
        ),
        (
            Parameter("quantity", (Kind.NUMBER,)),
            Parameter("numerator", (Kind.NUMBER,)),
            Parameter("denominator", (Kind.NUMBER,)),
            Parameter("pack", (Kind.TEXT,)),
            Parameter("unit", (Kind.TEXT,)),
        ),
        TEXT,
        python=_packed,
        sql=_lower_packed,
    ),
    Function(
        "VALUE",
        Label("文字变成数字；不是数字则为空", "The number that a text spells; blank if it spells none"),
        (_TEXT,),
        NUMBER,
        python=_value,
        sql=_lower_value,
    ),
    Function(
        "PINYIN",
        Label("全拼", "The sound of Chinese text"),
        (_TEXT,),
        TEXT,
        python=pinyin,
    ),
    Function(
        "INITIALS",
        Label("拼音首字母", "The first letters of the sounds of Chinese text"),
        (_TEXT,),
        TEXT,
        python=initials,
    ),
    Function(
        "MATCHES",
        Label("全文是否符合正则表达式（RE2）", "Whether the whole text matches a regular expression (RE2)"),
        (_TEXT, Parameter("pattern", (Kind.TEXT,), literal=True, allowed=is_pattern)),
        FLAG,
        python=_matches,
    ),
    Function(
        "MASK",
        Label(
            "中间换成星号，默认留前三后四", "Stars in the middle; three and four characters stay unless said otherwise"
        ),
        (_TEXT, _shown("left"), _shown("right")),
        TEXT,
        python=_mask,
        sql=_lower_mask,
    ),
)
