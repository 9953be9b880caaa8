"""Functions that ask who is asking: ME, MYDEPT, MYDEPTS, COLLEAGUES, HASROLE; and ID, the record itself."""

from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Text, any_, bindparam

from onebook.expression.context import Context
from onebook.expression.functions.function import Function, Parameter
from onebook.expression.tree import Volatility
from onebook.expression.types import FLAG, Kind, Type
from onebook.values.label import Label

#: The forms that hold users and departments.
USER: Final = "user"
DEPARTMENT: Final = "department"

ME: Final = bindparam("context_me", type_=BigInteger())
MY_DEPARTMENT: Final = bindparam("context_department", type_=BigInteger())
DEPARTMENTS: Final = bindparam("context_departments", type_=ARRAY(BigInteger()))
COLLEAGUES: Final = bindparam("context_colleagues", type_=ARRAY(BigInteger()))
ROLES: Final = bindparam("context_roles", type_=ARRAY(Text()))


def context_parameters(context: Context) -> dict[str, Any]:
    """The values of the parameters that lowered formulas have: clock, user, and what the formula was checked with."""
    return {
        "context_today": context.today,
        "context_now": context.now,
        "context_zone": str(context.zone),
        "context_me": context.me,
        "context_department": context.department,
        "context_departments": sorted(context.departments),
        "context_colleagues": sorted(context.colleagues),
        "context_roles": sorted(context.roles),
        **{f"parameter_{name}": value for name, value in context.parameters.items()},
    }


FUNCTIONS: Final = (
    Function(
        "ID",
        Label("本记录", "The record itself"),
        (),
        Type(Kind.LINK),
    ),
    Function(
        "ME",
        Label("当前用户", "Who is asking"),
        (),
        Type(Kind.LINK, USER),
        python=lambda context: context.me,
        sql=lambda: ME,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "MYDEPT",
        Label("当前用户的部门", "The department of who is asking"),
        (),
        Type(Kind.LINK, DEPARTMENT),
        python=lambda context: context.department,
        sql=lambda: MY_DEPARTMENT,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "MYDEPTS",
        Label(
            "当前用户的部门及下级部门；用户 IN MYDEPTS() 即部门内的人",
            "One's own departments with those below; users are in them",
        ),
        (),
        Type(Kind.LINKS, DEPARTMENT),
        python=lambda context: context.departments,
        sql=lambda: DEPARTMENTS,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "COLLEAGUES",
        Label("当前用户部门及下级部门的所有人", "Everybody in one's own departments"),
        (),
        Type(Kind.LINKS, USER),
        python=lambda context: context.colleagues,
        sql=lambda: COLLEAGUES,
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
    Function(
        "HASROLE",
        Label("当前用户是否有某角色", "Whether who is asking has a role"),
        (Parameter("role", (Kind.TEXT,)),),
        FLAG,
        python=lambda context, role: role in context.roles,
        sql=lambda role: role == any_(ROLES),
        asks_context=True,
        volatility=Volatility.CLOCK,
    ),
)
