"""The people of the demo company: who they are, what they may do, and how they log in."""

from dataclasses import dataclass

#: The same for every demo login, and printed at start: a demo is to be looked into.
PASSWORD = "onebook-demo"
COMPANY = "精工通达精密零部件有限公司"


@dataclass(frozen=True)
class Person:
    """A user of the demo company."""

    login: str
    name: str
    department: str
    roles: tuple[str, ...]
    manages: bool = False


DEPARTMENTS = ("总经办", "销售部", "采购部", "仓储部", "财务部")

CAST = (
    Person("admin", "系统管理员", "总经办", ("administrator",)),
    Person("boss", "罗建平", "总经办", ("owner",), manages=True),
    Person("sales.manager", "苏梅", "销售部", ("sales_manager",), manages=True),
    Person("sales1", "丁一凡", "销售部", ("salesperson",)),
    Person("sales2", "方晓雯", "销售部", ("salesperson",)),
    Person("sales3", "高俊杰", "销售部", ("salesperson",)),
    Person("buyer", "江海涛", "采购部", ("purchaser",), manages=True),
    Person("keeper", "石磊", "仓储部", ("warehouse_keeper",), manages=True),
    Person("accountant", "方丽娟", "财务部", ("accountant",), manages=True),
)

SALESPEOPLE = tuple(person.login for person in CAST if person.roles == ("salesperson",))
