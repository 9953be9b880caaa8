"""Functions on dates: the clock, parts, steps of days and months, working days, due dates."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import chinese_calendar
from sqlalchemy import Date, DateTime, Interval, Numeric, Text, bindparam, cast, extract, func, literal_column

from onebook.expression.arithmetic import whole
from onebook.expression.context import Context
from onebook.expression.functions.function import Element, Function, Parameter
from onebook.expression.functions.lowered import (
    MONTHS,
    day_at,
    in_range,
    month_at,
    number,
    offset_of,
    quoted,
)
from onebook.expression.refusals import CalendarMissing
from onebook.expression.tree import Volatility
from onebook.expression.types import DATE, FLAG, INSTANT, NUMBER, Kind
from onebook.values.label import Label

TODAY: Final = bindparam("context_today", type_=Date())
NOW: Final = bindparam("context_now", type_=DateTime(timezone=True))
ZONE: Final = bindparam("context_zone", type_=Text())

#: Longest span of working days that is counted, in days.
_LONGEST_SPAN: Final = 36_600


def day(offset: int) -> date | None:
    """The day so many days after 0001-01-01; blank outside of the calendar."""
    return date.fromordinal(offset + 1) if 0 <= offset < date.max.toordinal() else None


def add_days(start: date, days: Decimal) -> date | None:
    """So many days later (without their fraction); blank outside of the calendar."""
    return day(start.toordinal() - 1 + whole(days))


def lower_add_days(start: Element, days: Element) -> Element:
    """The same in SQL."""
    return day_at(offset_of(start) + func.trunc(days, type_=Numeric()))


def days_between(end: date, start: date) -> Decimal:
    """How many days from start to end."""
    return Decimal(end.toordinal() - start.toordinal())


def lower_days_between(end: Element, start: Element) -> Element:
    """The same in SQL."""
    return cast(cast(end, Date()) - cast(start, Date()), Numeric())


def _month(index: int) -> date | None:
    return date(index // 12 + 1, index % 12 + 1, 1) if 0 <= index < MONTHS else None


def _add_months(start: date, months: Decimal) -> date | None:
    first = _month((start.year - 1) * 12 + start.month - 1 + whole(months))
    return first and first.replace(day=min(start.day, _month_end(first).day))


#: Months of four hundred years, times 25: added so that no step leads before the database's calendar.
_TEN_THOUSAND_YEARS: Final = 120_000


def _lower_add_months(start: Element, months: Element) -> Element:
    steps = in_range(func.trunc(months, type_=Numeric()), -_TEN_THOUSAND_YEARS + 1, _TEN_THOUSAND_YEARS)
    shifted = start + func.make_interval(number(0), steps + number(_TEN_THOUSAND_YEARS), type_=Interval())
    first = literal_column("DATE '10001-01-01'", Date())
    return day_at(cast(cast(shifted, Date()) - first, Numeric()))


def _date(year: Decimal, month: Decimal, day_: Decimal) -> date | None:
    first = _month((whole(year) - 1) * 12 + whole(month) - 1)
    return first and add_days(first, Decimal(whole(day_) - 1))


def _lower_date(year: Element, month: Element, day_: Element) -> Element:
    years, months, days = (func.trunc(part, type_=Numeric()) for part in (year, month, day_))
    first = month_at((years - number(1)) * number(12) + months - number(1))
    return day_at(offset_of(first) + days - number(1))


def _month_end(start: date) -> date:
    return start.replace(day=monthrange(start.year, start.month)[1])


def _lower_month_start(start: Element) -> Element:
    return cast(func.date_trunc(quoted("month"), cast(start, DateTime())), Date())


def _lower_month_end(start: Element) -> Element:
    first = func.date_trunc(quoted("month"), cast(start, DateTime()), type_=DateTime())
    return cast(first + literal_column("INTERVAL '1 month -1 day'", Interval()), Date())


def _date_of(context: Context, moment: datetime) -> date:
    return moment.astimezone(context.zone).date()


def _part(name: str) -> Callable[[Element], Element]:
    return lambda start: extract(name, start)


def _is_workday(day_: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day_))
    except NotImplementedError:
        raise CalendarMissing(year=day_.year) from None


def _workdays(start: date, end: date) -> Decimal | None:
    if start > end:
        back = _workdays(end, start)
        return None if back is None else -back
    if (end - start).days > _LONGEST_SPAN:
        return None
    days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
    return Decimal(sum(_is_workday(day_) for day_ in days))


def _add_workdays(start: date, days: Decimal) -> date | None:
    left, step = abs(whole(days)), timedelta(days=1 if days >= 0 else -1)
    if left > _LONGEST_SPAN:
        return None
    while left:
        start += step
        left -= _is_workday(start)
    return start


def _due(start: date, days: Decimal, from_month_end: bool = False) -> date | None:
    return add_days(_month_end(start) if from_month_end else start, days)


def _lower_due(start: Element, days: Element, from_month_end: bool = False) -> Element:
    return lower_add_days(_lower_month_end(start) if from_month_end else start, days)


_DAY: Final = Parameter("date", (Kind.DATE,))
_DAYS: Final = Parameter("days", (Kind.NUMBER,))
_SPAN: Final = (Parameter("start", (Kind.DATE,)), Parameter("end", (Kind.DATE,)))

FUNCTIONS: Final = (
    Function(
        "TODAY",
        Label("今天", "Today, in the company's zone"),
        (),
        DATE,
        python=lambda context: context.today,
        sql=lambda: TODAY,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "NOW",
        Label("现在", "This moment"),
        (),
        INSTANT,
        python=lambda context: context.now,
        sql=lambda: NOW,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "THISMONTH",
        Label("本月第一天", "The first day of this month"),
        (),
        DATE,
        python=lambda context: context.today.replace(day=1),
        sql=lambda: _lower_month_start(TODAY),
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "DATE",
        Label(
            "由年月日得到日期；月、日可以超出，会顺延", "A date from year, month and day; months and days may run over"
        ),
        (Parameter("year", (Kind.NUMBER,)), Parameter("month", (Kind.NUMBER,)), Parameter("day", (Kind.NUMBER,))),
        DATE,
        python=_date,
        sql=_lower_date,
    ),
    Function(
        "DATEOF",
        Label("时刻所在的日期", "The day of a moment, in the company's zone"),
        (Parameter("instant", (Kind.INSTANT,)),),
        DATE,
        python=_date_of,
        sql=lambda moment: cast(func.timezone(ZONE, moment), Date()),
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "YEAR", Label("年", "Its year"), (_DAY,), NUMBER, python=lambda day_: Decimal(day_.year), sql=_part("year")
    ),
    Function(
        "MONTH", Label("月", "Its month"), (_DAY,), NUMBER, python=lambda day_: Decimal(day_.month), sql=_part("month")
    ),
    Function(
        "DAY",
        Label("日", "Its day in the month"),
        (_DAY,),
        NUMBER,
        python=lambda day_: Decimal(day_.day),
        sql=_part("day"),
    ),
    Function(
        "WEEKDAY",
        Label("星期几：一为 1，日为 7", "Its day in the week: Monday is 1, Sunday 7"),
        (_DAY,),
        NUMBER,
        python=lambda day_: Decimal(day_.isoweekday()),
        sql=_part("isodow"),
    ),
    Function(
        "DAYS",
        Label("相隔天数：结束减开始", "How many days from the second date to the first"),
        (Parameter("end", (Kind.DATE,)), Parameter("start", (Kind.DATE,))),
        NUMBER,
        python=days_between,
        sql=lower_days_between,
    ),
    Function(
        "ADDDAYS", Label("几天之后", "So many days later"), (_DAY, _DAYS), DATE, python=add_days, sql=lower_add_days
    ),
    Function(
        "ADDMONTHS",
        Label("几个月之后；月末不够则取月末", "So many months later, at the latest at the end of the month"),
        (_DAY, Parameter("months", (Kind.NUMBER,))),
        DATE,
        python=_add_months,
        sql=_lower_add_months,
    ),
    Function(
        "MONTHSTART",
        Label("当月第一天", "The first day of its month"),
        (_DAY,),
        DATE,
        python=lambda day_: day_.replace(day=1),
        sql=_lower_month_start,
    ),
    Function(
        "MONTHEND",
        Label("当月最后一天", "The last day of its month"),
        (_DAY,),
        DATE,
        python=_month_end,
        sql=_lower_month_end,
    ),
    Function(
        "DUE",
        Label(
            "到期日：几天之后；月结则从月末算起", "Due so many days later, counted from the end of the month if said so"
        ),
        (_DAY, _DAYS, Parameter("from_month_end", (Kind.FLAG,), optional=True, literal=True)),
        DATE,
        python=_due,
        sql=_lower_due,
    ),
    Function(
        "WORKDAYS",
        Label(
            "两天之间（含两端）的工作日数，按中国法定节假日", "Working days from start to end, both counted, in China"
        ),
        _SPAN,
        NUMBER,
        python=_workdays,
        volatility=Volatility.ROW,
    ),
    Function(
        "ADDWORKDAYS",
        Label("几个工作日之后，按中国法定节假日", "So many working days later, in China"),
        (_DAY, _DAYS),
        DATE,
        python=_add_workdays,
        volatility=Volatility.ROW,
    ),
    Function(
        "ISWORKDAY",
        Label("是否工作日，按中国法定节假日", "Whether it is a working day in China"),
        (_DAY,),
        FLAG,
        python=_is_workday,
        volatility=Volatility.ROW,
    ),
)
