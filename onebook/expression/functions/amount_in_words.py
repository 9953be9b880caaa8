"""Amounts of money in Chinese financial words (人民币大写), by the rules for bills (支付结算办法, annex 1)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from onebook.expression.arithmetic import EXACT

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
#: Sixteen digits before the point, as amounts of money have at most.
_MOST: Final = Decimal(10**16)


def amount_in_words(amount: Decimal) -> str | None:
    """`1203.05` -> `壹仟贰佰零叁元零伍分`. Rounded to the cent; blank from 10 thousand million million on."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=EXACT)
    if abs(cents) >= _MOST:
        return None
    yuan, rest = divmod(int(abs(cents) * 100), 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        words = f"{words or '零元'}整"
    else:
        if jiao:
            words += f"{_DIGITS[jiao]}角"
        elif yuan:
            words += "零"
        words += f"{_DIGITS[fen]}分" if fen else "整"
    return f"负{words}" if cents < 0 else words


def _whole(number: int) -> str:
    """The words of a whole number above zero: one 零 for each run of zeros between digits."""
    words, pending_zero = "", False
    for group in range(len(_GROUPS) - 1, -1, -1):
        part = number // 10 ** (4 * group) % 10_000
        if not part:
            pending_zero = bool(words)
            continue
        if words and (pending_zero or part < 1000):
            words += "零"
        words += _group(part) + _group_name(number, group)
        pending_zero = False
    return words


def _group_name(number: int, group: int) -> str:
    """万亿 says 亿 only once when hundreds of millions follow."""
    if group == 3 and number // 10**8 % 10_000:
        return "万"
    return _GROUPS[group]


def _group(number: int) -> str:
    words, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            zero = bool(words)
            continue
        words += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return words
