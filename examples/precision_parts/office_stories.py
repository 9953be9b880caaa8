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

#: A customer, what was agreed with them, for how much, since how many days and for how many more.
AGREED = (
    ("KH001", "年度轴承供货框架合同", "360000", 350, 15),
    ("KH005", "导轨寄售协议", "180000", 320, 45),
    ("KH009", "滑台组件试用合同", "48000", 60, 120),
    ("KH012", "年度框架协议", "520000", 200, 165),
    ("KH018", "紧固件定额供应合同", "76000", 364, 1),
)
#: Business that may come: of whom, what, how far the talks are, how much, and in how many days.
CHANCES = (
    ("KH002", "新产线轴承配套", "offer", "130000", 20),
    ("KH007", "设备维护套装年度采购", "needs", "26000", 35),
    ("KH014", "海外项目导轨", "bargain", "240000", 12),
    ("KH020", "样机联轴器", "contact", "15000", 60),
)


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
        yield 15, self._contracts_and_chances
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

    def _contracts_and_chances(self, day: date) -> None:
        """What was agreed for a year; the contracts that end soon are to be renewed, other business may come or not."""
        for code, name, amount, ago, ahead in AGREED:
            begun = (day - timedelta(days=ago)).isoformat()
            term = {"signed_on": begun, "starts_on": begun, "ends_on": (day + timedelta(days=15 + ahead)).isoformat()}
            values = {"customer": self._customers[code], "name": name, "amount": amount, **term}
            contract = self._desk.create(self._seller(code), "contract", values, then="sign")
            if ahead < 30:
                self._desk.run(self._seller(code), contract, "prepare_renewal")
        for code, name, stage, amount, ahead in CHANCES:
            expected = {"expected_amount": amount, "expected_on": (day + timedelta(days=15 + ahead)).isoformat()}
            values = {"customer": self._customers[code], "name": name, "stage": stage, **expected}
            self._desk.create(self._seller(code), "opportunity", values)
        lost = {
            "customer": self._customers["KH023"],
            "name": "仓储货架",
            "lost_because": "price",
            "expected_amount": "9800",
        }
        self._desk.create(self._seller("KH023"), "opportunity", lost, then="lose")

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
