"""The demo company from nothing: people, goods and parties, opening stock, and a year of documents up to today."""

import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from examples.precision_parts import goods
from examples.precision_parts.cast import CAST, COMPANY, DEPARTMENTS, PASSWORD
from examples.precision_parts.counter import Counter
from examples.precision_parts.desk import Desk, Record
from examples.precision_parts.goods_stories import BUSH, CALIPER, GREASE, KIT, OIL, RAIL, SCREW, SLIDE, GoodsStories
from examples.precision_parts.money_stories import CLOSING_DAY, MoneyStories
from examples.precision_parts.office_stories import OfficeStories
from examples.precision_parts.year import PAYS_FIRST, Catalogue, Year, seller_of
from onebook.access.actor import Actor
from onebook.access.logins import create_login, join_company
from onebook.access.membership import load_actor
from onebook.access.refusals import LoginExists
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.design.publish import ZONE, publish
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company, create_company

DAYS = 364
#: So many times the lower limit lies in the warehouse at the start.
OPENING = 2
#: What the owners put in.
CAPITAL = "800000"
#: A group that buys from us under one name and sells to us under another.
BOTH_WAYS = "永固联合工业集团"
#: Goods that the plain year does not trade: code, name, unit, what they cost and sell for, and how they are kept.
FURTHER: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    (GREASE, "导轨润滑脂 400g", "支", "18", "32", {"costing": "fefo", "shelf_life": 180}),
    (OIL, "防锈油 450ml", "瓶", "11", "19", {"costing": "fefo", "shelf_life": 120}),
    (BUSH, "无油铜套 8×10", "个", "4.6", "8.5", {"costing": "fifo"}),
    (CALIPER, "数显卡尺 150mm", "支", "150", "228", {"costing": "serial"}),
    (SLIDE, "直线滑台组件", "套", "380", "620", {}),
    (KIT, "设备维护套装", "套", "60", "99", {"is_kit": True}),
)
MADE_OF = {
    SLIDE: ((RAIL, "2", 20), (SCREW, "16", 1)),
    KIT: ((GREASE, "2", 1), (BUSH, "4", 1)),
}
#: The share of the work that is done when the year begins.
SET_UP = 0.1
BRANCH = {"code": "02", "name": "苏州分仓", "address": "苏州市工业园区", "geolocation": "120.7328,31.2605"}
#: What stands at the head of printed documents, besides the name.
LETTERHEAD = {
    "address": "苏州市工业园区星湖街 328 号",
    "phone": "0512-62880000",
    "tax_number": "91320594MA1XYZ0000",
}
#: Above these somebody has to agree, once the year is over.
APPROVAL_LIMITS: Final = {
    "sales_approval_above": "30000", "purchase_approval_above": "50000", "payment_approval_above": "20000",
}  # fmt: skip


def build(
    application: Application,
    database: Database,
    name: str = COMPANY,
    *,
    today: date | None = None,
    days: int = DAYS,
    progress: Callable[[str, float], None] = lambda _text, _share: None,
) -> Company:
    """Make the demo company and live its year. The logins exist afterwards, all with the same password.

    `today` is the day on which the year ends, `days` how long it lasts; `progress` is told what is being done, and
    which share of it.
    """
    today = today or datetime.now(ZONE).date()
    start = today - timedelta(days=days)
    progress("公司与应用 | company and apps", 0.0)
    with database.administration() as connection:
        company = create_company(connection, name)
    publish(database, company.schema, shipped_apps())
    progress("人员与登录 | people and logins", 0.03)
    desk = Desk(application, company.schema, _people(application, database, company))
    progress("货品、客户与供应商 | goods, customers and suppliers", 0.06)
    catalogue = _masters(desk, name, start)
    year = Year(desk, catalogue, goods.products(), goods.customers(), today)
    _tell(year, desk, catalogue, start)
    year.run(start, lambda share: progress("一年的单据 | a year of documents", SET_UP + (1 - SET_UP) * share))
    _ask_the_boss(desk, catalogue, today)
    return company


def _ask_the_boss(desk: Desk, catalogue: Catalogue, today: date) -> None:
    """From today on large sums need agreement; one order and one payment wait for it."""
    desk.update("admin", desk.first("company"), APPROVAL_LIMITS)
    dear = max(goods.products(), key=lambda one: Decimal(one.sales_price))
    pieces = Decimal(APPROVAL_LIMITS["sales_approval_above"]) // Decimal(dear.sales_price) * 2
    lines = [{"product": catalogue.products[dear.code], "quantity": str(pieces)}]
    customer = max(goods.customers(), key=lambda one: Decimal(one.credit_limit))
    buyer = desk.again(Record("customer", catalogue.customers[customer.code], 0))
    # Whatever they owe after a year: it is the amount that somebody has to agree to, not their credit.
    desk.update("admin", buyer, {"credit_limit": str(Decimal(customer.credit_limit) * 2)})
    order = {"customer": buyer.id, "ordered_on": today.isoformat(), "lines": lines}
    desk.create("sales.manager", "sales_order", order, then="approve")
    payment = {
        "supplier": next(iter(catalogue.suppliers.values())),
        "paid_on": today.isoformat(),
        "money_account": catalogue.bank,
        "amount": "26000",
        "note": "预付备货款",
    }
    desk.create("accountant", "payment", payment, then="post")


def _people(application: Application, database: Database, company: Company) -> dict[str, Actor]:
    """Departments and users, and a login for each."""
    desk = Desk(application, company.schema, {})
    departments = {name: desk.create(None, "department", {"name": name}) for name in DEPARTMENTS}
    for person in CAST:
        values = {
            "name": person.name,
            "login": person.login,
            "department": departments[person.department].id,
            "roles": list(person.roles),
        }
        user = desk.create(None, "user", values)
        if person.manages:
            desk.update(None, departments[person.department], {"manager": user.id})
    return {person.login: _admitted(database, company, person.login) for person in CAST}


def _admitted(database: Database, company: Company, login: str) -> Actor:
    with database.transaction(PLATFORM) as transaction:
        with contextlib.suppress(LoginExists):
            create_login(transaction, login, PASSWORD)
        join_company(transaction, login, company.id)
        transaction.commit()
    with database.transaction(company.schema, read_only=True) as transaction:
        return load_actor(transaction, login)


def _masters(desk: Desk, name: str, start: date) -> Catalogue:
    """Units, goods, parties, and what lies in the warehouse and the bank when the year begins."""
    earned = [{"from_on": start.isoformat(), "rate": "0.015"}]
    desk.update("admin", desk.first("company"), {"name": name, "commissions": earned, **LETTERHEAD})
    products, units = _products(desk)
    regions = desk.ids("region", "name")
    suppliers = {
        one.code: desk.create("buyer", "supplier", _party(one, regions) | {"payment_days": one.payment_days}).id
        for one in goods.suppliers()
    }
    sellers = desk.ids("user", "login")
    customers = {
        one.code: desk.create(
            seller_of(one),
            "customer",
            _party(one, regions)
            | {
                "level": one.level.lower(),
                "source": one.source,
                "credit_limit": str(one.credit_limit),
                "payment_days": one.payment_days,
                "pay_first": one.level == PAYS_FIRST,
                "salesperson": sellers[seller_of(one)],
            },
        ).id
        for one in goods.customers()
    }
    lines = [{"product": products[one.code], "quantity": str(one.lower_limit * OPENING)} for one in goods.products()]
    desk.create("accountant", "opening_stock", {"opened_on": start.isoformat(), "lines": lines}, then="post")
    accounts, subjects = desk.ids("money_account", "code"), desk.ids("subject", "code")
    paid_in = [
        {"subject": subjects["1002"], "money_account": accounts["bank"], "debit": CAPITAL},
        {"subject": subjects["3001"], "credit": CAPITAL},
    ]
    capital = {"booked_on": start.isoformat(), "summary": "股东投入", "lines": paid_in}
    desk.create("accountant", "voucher", capital, then="post")
    branch = desk.create("admin", "warehouse", BRANCH).id
    for code in ("A-01", "A-02", "B-01"):
        desk.create("admin", "storage_location", {"code": code, "name": f"{code} 货架"})
    both = desk.create("admin", "party", {"name": BOTH_WAYS, "tax_number": "91320400MA1ABC0001"}).id
    for form, number in (("customer", customers["KH002"]), ("supplier", suppliers["SKU04"])):
        desk.update("admin", desk.again(Record(form, number, 1)), {"party": both})
    return Catalogue(products, customers, suppliers, units, accounts, branch)


def _tell(year: Year, desk: Desk, catalogue: Catalogue, start: date) -> None:
    """Put what plain trade does not tell into the year: each story on its day, and every month its expenses and end."""
    counter = Counter(desk, catalogue.products | _further_products(desk, catalogue))
    told = GoodsStories(counter, catalogue.customers, catalogue.suppliers, catalogue.branch)
    money = MoneyStories(counter, catalogue.customers, catalogue.suppliers, catalogue.accounts)
    office = OfficeStories(counter, catalogue.customers, catalogue.suppliers, catalogue.accounts)
    for before, story in (*told.stories(), *money.stories(), *office.stories()):
        year.later(year.today - timedelta(days=before), story)
    first = (start.replace(day=1) + timedelta(days=31)).replace(day=1)
    while first <= year.today:
        year.later(first, money.month_begins)
        last = (first - timedelta(days=1)).replace(day=1)
        closing = first.replace(day=CLOSING_DAY)
        is_latest = (closing + timedelta(days=31)).replace(day=CLOSING_DAY) > year.today
        year.later(closing, lambda _, last=last, is_latest=is_latest: money.month_closes(last, checks=is_latest))  # type: ignore[misc]
        first = (first + timedelta(days=31)).replace(day=1)


def _further_products(desk: Desk, catalogue: Catalogue) -> dict[str, int]:
    """Goods in lots, with serial numbers, made of others or sold as kits."""
    category = desk.create("admin", "product_category", {"name": "辅料与量具"}).id
    found: dict[str, int] = {}
    for code, name, unit, cost, price, more in FURTHER:
        values = {
            "code": code, "name": name, "category": category, "unit": catalogue.units[unit], "purchase_price": cost,
            "sales_price": price, "tax_rate": str(goods.TAX_RATE), "supplier": catalogue.suppliers["SKU09"], **more,
        }  # fmt: skip
        if code in MADE_OF:
            known = catalogue.products | found
            values["components"] = [
                {"component": known[part], "quantity": quantity, "share": share}
                for part, quantity, share in MADE_OF[code]
            ]
        found[code] = desk.create("admin", "product", values).id
    return found


def _products(desk: Desk) -> tuple[dict[str, int], dict[str, int]]:
    """Ids of products by code, and of units by name."""
    units = desk.ids("unit", "name")
    for one in goods.products():
        for unit in (one.unit, one.pack):
            if unit and unit not in units:
                units[unit] = desk.create("admin", "unit", {"code": f"U{len(units)}", "name": unit}).id
    categories: dict[str, int] = {}
    ids = {}
    for one in goods.products():
        if one.category not in categories:
            categories[one.category] = desk.create("admin", "product_category", {"name": one.category}).id
        packs = [{"alternative": units[one.pack], "numerator": one.per_pack, "denominator": 1}] if one.pack else []
        values = {
            "code": one.code,
            "name": one.name,
            "spec": one.spec,
            "category": categories[one.category],
            "unit": units[one.unit],
            "purchase_price": str(one.purchase_price),
            "sales_price": str(one.sales_price),
            "tax_rate": str(goods.TAX_RATE),
            "lower_limit": str(one.lower_limit),
            "units": packs,
        }
        ids[one.code] = desk.create("admin", "product", values).id
    return ids, units


def _party(one: goods.Supplier | goods.Customer, regions: dict[str, int]) -> dict[str, Any]:
    region = next((number for name, number in regions.items() if name.startswith(one.region)), None)
    return {"code": one.code, "name": one.name, "contact": one.contact, "phone": one.phone, "region": region}
