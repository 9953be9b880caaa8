"""Stories of the desks: customers who are followed up, and papers of all kinds that wait for somebody's agreement."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from examples.precision_parts.cast import SALESPEOPLE
from examples.precision_parts.counter import Counter
from examples.precision_parts.desk import Record
from examples.precision_parts.goods import customers
from examples.precision_parts.goods_stories import Story
from examples.precision_parts.year import PAYS_FIRST, seller_of

BEARING, COUPLING, NUT = "BR-6202", "CP-DM34", "FS-M6N"
#: A customer, how and why they are talked to, what came of it, and in how many days they are talked to again.
TALKS = (
    ("KH001", "visit", "季度回访", "新产线下月投产，轴承用量会增加，请他们给出计划", 14),
    ("KH005", "phone", "催问到货反馈", "到货无异议，已安排付款", None),
    ("KH009", "chat", "新品报价", "对滑台组件有兴趣，要样品", 6),
    ("KH012", "visit", "年度框架协议", "价格基本谈妥，等对方法务", 9),
    ("KH018", "phone", "久未下单回访", "暂无项目，下季度再联系", 30),
    ("KH023", "mail", "技术资料", "已发选型手册", 5),
)
#: Who is to be talked to, and how many days from today.
PLANS = (("KH002", 0), ("KH007", 0), ("KH014", -2), ("KH020", 3), ("KH026", 7))


class OfficeStories:
    """What lies on the desks today."""

    def __init__(
        self, counter: Counter, parties: Mapping[str, int], suppliers: Mapping[str, int], accounts: Mapping[str, int]
    ) -> None:
        """For the demo company's parties and money accounts by code."""
        self._counter = counter
        self._desk = counter.desk
        self._customers = parties
        self._suppliers = suppliers
        self._accounts = accounts

    def stories(self) -> Iterator[Story]:
        """Everything, each with its day."""
        yield 18, self._customers_are_talked_to
        yield 12, self._goods_that_do_not_come
        yield 2, self._more_talks_are_planned
        yield 1, self._papers_wait

    def _customers_are_talked_to(self, day: date) -> None:
        for code, way, purpose, result, again in TALKS:
            values = {
                "customer": self._customers[code], "planned_on": day.isoformat(), "way": way, "purpose": purpose,
                "result": result,
            }  # fmt: skip
            if again is not None:
                values["next_on"] = (day + timedelta(days=again)).isoformat()
            self._desk.create(self._seller(code), "follow_up", values, then="finish")

    def _more_talks_are_planned(self, day: date) -> None:
        for code, ahead in PLANS:
            planned = {"planned_on": (day + timedelta(days=2 + ahead)).isoformat(), "purpose": "回访"}
            self._desk.create(self._seller(code), "follow_up", {"customer": self._customers[code], **planned})

    def _seller(self, code: str) -> str:
        return next(seller_of(one) for one in customers() if one.code == code)

    def _goods_that_do_not_come(self, day: date) -> None:
        """A supplier who was to deliver a week ago."""
        expected = (day + timedelta(days=5)).isoformat()
        self._counter.ordered(self._suppliers["SKU03"], day, self._counter.rows((COUPLING, "30")), expected_on=expected)

    def _papers_wait(self, day: date) -> None:
        """One of each kind for which somebody is asked."""
        desk, on = self._desk, day.isoformat()
        ship_on = (day + timedelta(days=4)).isoformat()
        for seller in SALESPEOPLE:
            code = next(one.code for one in customers() if seller_of(one) == seller and one.level != PAYS_FIRST)
            self._counter.sold_order(self._customers[code], day, self._counter.rows((NUT, "30")), ship_on=ship_on)
        rows = self._counter.rows((NUT, "40"))
        desk.create("keeper", "other_out", {"reason": "use", "issued_on": on, "lines": rows}, then="submit")
        desk.create("keeper", "other_in", {"reason": "gift", "received_on": on, "lines": rows}, then="submit")
        wanted = {"ordered_on": on, "expected_on": (day + timedelta(days=8)).isoformat()}
        lines = self._counter.rows((BEARING, "300"))
        order = {"supplier": self._suppliers["SKU01"], **wanted, "lines": lines}
        desk.create("buyer", "purchase_order", order, then="submit")
        paid = {"money_account": self._accounts["bank"], "amount": "1800.00"}
        payment = {"supplier": self._suppliers["SKU02"], "paid_on": on, **paid}
        desk.create("buyer", "payment", payment, then="submit")
        receipt = {"customer": self._customers["KH004"], "received_on": on, **paid}
        desk.create("sales.manager", "receipt", receipt, then="submit")
        sale = self._counter.sold(self._customers["KH003"], day, self._counter.rows((BEARING, "20")))
        cost = {
            "category": desk.ids("expense_category", "code")["entertainment"],
            "amount": "60",
            "order": sale.order.id,
        }
        bill = {"purpose": "随货赠送样品", "spent_on": on, "lines": [cost]}
        desk.run("boss", desk.create("accountant", "expense", bill, then="submit"), "approve")
        invoice = desk.run("sales.manager", desk.again(sale.delivery), "apply_invoice").created("output_invoice")
        desk.run("sales.manager", invoice, "apply")
        _, received = self._counter.bought(self._suppliers["SKU03"], day, self._counter.rows((COUPLING, "4")))
        self._matched(received, on)

    def _matched(self, received: Record, on: str) -> None:
        line = {"receipt_line": self._counter.line_of(received)}
        supplier = self._desk.read(received)["supplier"]["id"]
        values = {"supplier": supplier, "invoice_number": "25322000000088000001", "received_on": on, "lines": [line]}
        self._desk.create("buyer", "input_invoice", values, then="match")
