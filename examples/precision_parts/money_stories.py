"""Stories of money that plain trade does not tell: plans, invoices, discounts, refunds, expenses, closings."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from examples.precision_parts.counter import Counter, Sale
from examples.precision_parts.desk import Record
from examples.precision_parts.goods_stories import Story

BEARING, COUPLING, NUT = "BR-6202", "CP-DM34", "FS-M6N"
#: Numbers of digital invoices have twenty digits; these begin like those of Jiangsu.
INVOICE = "25322000000077{:06d}"
#: A month is closed on this day of the next.
CLOSING_DAY = 25


class MoneyStories:
    """What happens to money in the last weeks before today, and at the end of every month."""

    def __init__(
        self, counter: Counter, customers: Mapping[str, int], suppliers: Mapping[str, int], accounts: Mapping[str, int]
    ) -> None:
        """For the demo company's parties and money accounts by code."""
        self._counter = counter
        self._desk = counter.desk
        self._customers = customers
        self._suppliers = suppliers
        self._accounts = accounts
        self._expenses = counter.desk.ids("expense_category", "code")
        self._incomes = counter.desk.ids("income_category", "code")
        self._sales: dict[str, Sale] = {}
        self._bought: dict[str, tuple[Record, Record]] = {}
        self._numbers = iter(range(1, 1000))

    def stories(self) -> Iterator[Story]:
        """Everything of the last weeks, each with its day."""
        yield 72, self._an_order_is_paid_by_plan
        yield 64, self._let_off_and_recovered
        yield 56, self._refunds
        yield 54, self._between_parties
        yield 47, self._invoices_go_out
        yield 43, self._invoices_come_in
        yield 36, self._cash
        yield 16, self._expenses_of_people
        yield 5, self._reconciled
        yield 3, self._to_be_approved

    def month_begins(self, day: date) -> None:
        """Rent and wages of the month, paid at once."""
        lines = [
            {"category": self._expenses["rent"], "amount": "8720", "tax": "720"},
            {"category": self._expenses["wages"], "amount": "46000"},
        ]
        values = {"purpose": f"{day.month} 月房租与工资", "spent_on": day.isoformat(), "lines": lines}
        bill = self._desk.run("boss", self._desk.create("accountant", "expense", values, then="submit"), "approve")
        self._desk.run("accountant", bill, "pay")

    def month_closes(self, first: date, *, checks: bool) -> None:
        """The month that begins on a day is carried forward and closed."""
        values = {"month": first.isoformat(), "leaves_drafts": True, "checks_book": checks}
        self._desk.create("accountant", "period_close", values, then="close")

    def _an_order_is_paid_by_plan(self, day: date) -> None:
        plan = [
            {"due_on": day.isoformat(), "percent": "0.3", "note": "定金"},
            {"due_on": (day + timedelta(days=30)).isoformat(), "percent": "0.6"},
            {"due_on": (day + timedelta(days=90)).isoformat(), "percent": "0.1", "note": "质保金"},
        ]
        order = self._counter.sold_order(
            self._customers["KH001"], day, self._counter.rows((COUPLING, "10")), first_instalment=True, instalments=plan
        )
        delivery = order.created("sales_delivery")
        self._receipt(day, "KH001", self._counter.figure(order, "total") * 3 / 10, order=order.id)
        self._counter.shipped(delivery, day)
        receipt = self._receipt(day + timedelta(days=1), "KH001", 300)
        self._allocated(day + timedelta(days=1), "KH001", receipt, order, "300")
        self._sales["plan"] = Sale(order, delivery)

    def _let_off_and_recovered(self, day: date) -> None:
        sale = self._counter.sold(self._customers["KH004"], day, self._counter.rows((BEARING, "60")))
        owed = self._counter.figure(sale.order, "open_amount")
        whole = int(owed)
        receipt = self._receipt(day, "KH004", whole)
        self._allocated(day, "KH004", receipt, sale.order, str(whole - 100))
        self._adjusted(day, "KH004", "discount", sale.order, "80")
        self._adjusted(day, "KH004", "bad_debt", sale.order, "20")
        self._adjusted(day, "KH004", "recovery", sale.order, "20")
        bought = self._counter.bought(self._suppliers["SKU04"], day, self._counter.rows((NUT, "2000")))
        line = {"order": bought[0].id, "amount": "1.5"}
        values = {"supplier": self._suppliers["SKU04"], "adjusted_on": day.isoformat(), "lines": [line]}
        self._desk.create("accountant", "payable_adjustment", values, then="post")
        self._bought["nuts"] = bought

    def _refunds(self, day: date) -> None:
        receipt = self._receipt(day, "KH003", 2000)
        values = {"customer": self._customers["KH003"], "receipt": receipt.id, "amount": "500", "reason": "多付货款"}
        refund = self._desk.create("accountant", "refund", values | {"refunded_on": day.isoformat()}, then="apply")
        self._desk.run("accountant", self._desk.run("boss", refund, "approve"), "pay")
        paid = {
            "supplier": self._suppliers["SKU04"],
            "money_account": self._accounts["bank"],
            "paid_on": day.isoformat(),
        }
        payment = self._desk.create("accountant", "payment", paid | {"amount": "600"}, then="post")
        values = {"supplier": self._suppliers["SKU04"], "payment": payment.id, "amount": "100", "reason": "多付"}
        agreed = self._desk.create(
            "accountant", "supplier_refund", values | {"refunded_on": day.isoformat()}, then="agree"
        )
        self._desk.run("accountant", agreed, "receive")
        line = {"payment": payment.id, "order": self._bought["nuts"][0].id, "amount": "60"}
        values = {"supplier": self._suppliers["SKU04"], "allocated_on": day.isoformat(), "lines": [line]}
        self._desk.create("accountant", "payable_allocation", values, then="allocate")

    def _between_parties(self, day: date) -> None:
        sale = self._counter.sold(self._customers["KH002"], day, self._counter.rows((BEARING, "50")))
        line = {"order": sale.order.id, "amount": "120"}
        values = {
            "customer": self._customers["KH002"],
            "target_customer": self._customers["KH003"],
            "transferred_on": day.isoformat(),
        }
        self._desk.create("accountant", "receivable_transfer", values | {"lines": [line]}, then="post")
        values = {
            "supplier": self._suppliers["SKU04"],
            "target_supplier": self._suppliers["SKU03"],
            "transferred_on": day.isoformat(),
        }
        line = {"order": self._bought["nuts"][0].id, "amount": "10"}
        self._desk.create("accountant", "payable_transfer", values | {"lines": [line]}, then="post")
        line = {"order": sale.order.id, "purchase_order": self._bought["nuts"][0].id, "amount": "5"}
        values = {
            "customer": self._customers["KH002"],
            "supplier": self._suppliers["SKU04"],
            "offset_on": day.isoformat(),
        }
        self._desk.create("accountant", "debt_offset", values | {"lines": [line]}, then="post")
        self._sales["bearings"] = sale

    def _invoices_go_out(self, day: date) -> None:
        invoices = [self._invoiced(day, self._sales[name].delivery) for name in ("plan", "bearings")]
        line = {"invoice_line": self._counter.line_of(invoices[1]), "quantity": "10"}
        red = {"invoice": invoices[1].id, "reason": "error", "red_number": self._number(), "issued_on": day.isoformat()}
        self._desk.create("accountant", "red_invoice", red | {"lines": [line]}, then="issue")
        other = self._counter.sold(self._customers["KH003"], day, self._counter.rows((COUPLING, "3")))
        self._desk.run("sales.manager", self._desk.again(other.delivery), "apply_invoice")

    def _invoices_come_in(self, day: date) -> None:
        """One as it was estimated, and one that says a little more than was thought."""
        more = self._counter.bought(self._suppliers["SKU03"], day, self._counter.rows((COUPLING, "6")))
        for (_, receipt), amount in ((self._bought["nuts"], None), (more, "290")):
            line: dict[str, Any] = {"receipt_line": self._counter.line_of(receipt)}
            if amount is not None:
                line["amount"] = amount
            supplier = self._desk.read(receipt)["supplier"]["id"]
            values = {"supplier": supplier, "invoice_number": self._number(), "received_on": day.isoformat()}
            self._desk.create("accountant", "input_invoice", values | {"lines": [line]}, then="receive")

    def _cash(self, day: date) -> None:
        bank, cash = self._accounts["bank"], self._accounts["cash"]
        moved = {
            "source_account": bank,
            "target_account": cash,
            "amount": "3000",
            "fee": "2",
            "transferred_on": day.isoformat(),
        }
        self._desk.create("accountant", "cash_transfer", moved, then="post")
        income = {"purpose": "废料变卖", "received_on": day.isoformat(), "money_account": cash}
        lines = [{"category": self._incomes["scrap"], "amount": "452", "tax": "52"}]
        self._desk.create("accountant", "income", income | {"lines": lines}, then="post")
        subjects = self._desk.ids("subject", "code")
        lines = [
            {"subject": subjects["5602"], "debit": "2500", "note": "办公设备折旧"},
            {"subject": subjects["1602"], "credit": "2500"},
        ]
        voucher = {"booked_on": day.isoformat(), "summary": "计提折旧", "lines": lines}
        self._desk.create("accountant", "voucher", voucher, then="post")

    def _expenses_of_people(self, day: date) -> None:
        lines = [{"category": self._expenses["travel"], "amount": "1280", "note": "苏州—常州 两天"}]
        values = {"purpose": "拜访客户差旅", "spent_on": day.isoformat(), "lines": lines}
        bill = self._desk.create("sales1", "expense", values, then="submit")
        bill = self._desk.run("boss", bill, "approve")
        self._desk.run("accountant", bill, "pay")

    def _reconciled(self, day: date) -> None:
        last = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        for code, ends in (("KH001", "confirm"), ("KH002", "dispute"), ("KH003", "send"), ("KH004", None)):
            values = {"customer": self._customers[code], "from_on": last.isoformat()}
            made = self._desk.create("accountant", "customer_reconciliation", values, then="draw")
            if ends is not None:
                made = self._desk.run("accountant", made, "send")
            if ends in ("confirm", "dispute"):
                answer = {"answer": "金额相符" if ends == "confirm" else "有一笔退货未见冲减，请核对"}
                self._desk.update("accountant", made, answer, then=ends)
        values = {"supplier": self._suppliers["SKU04"], "from_on": last.isoformat()}
        made = self._desk.create("accountant", "supplier_reconciliation", values, then="draw")
        self._desk.run("accountant", self._desk.run("accountant", made, "send"), "confirm")

    def _to_be_approved(self, day: date) -> None:
        lines = [{"category": self._expenses["entertainment"], "amount": "860"}]
        bill = {"purpose": "客户来访招待", "spent_on": day.isoformat(), "lines": lines}
        self._desk.create("sales2", "expense", bill, then="submit")
        receipt = self._receipt(day, "KH003", 300)
        values = {"customer": self._customers["KH003"], "receipt": receipt.id, "amount": "300", "reason": "重复付款"}
        self._desk.create("accountant", "refund", values | {"refunded_on": day.isoformat()}, then="apply")
        plan = [
            {"due_on": day.isoformat(), "percent": "0.5", "note": "预付"},
            {"due_on": (day + timedelta(days=30)).isoformat(), "percent": "0.5"},
        ]
        self._counter.ordered(self._suppliers["SKU02"], day, self._counter.rows((COUPLING, "20")), instalments=plan)

    def _receipt(self, day: date, customer: str, amount: object, **more: Any) -> Record:
        values = {"customer": self._customers[customer], "money_account": self._accounts["bank"], **more}
        return self._desk.create(
            "accountant", "receipt", values | {"received_on": day.isoformat(), "amount": f"{amount:.2f}"}, then="post"
        )

    def _allocated(self, day: date, customer: str, receipt: Record, order: Record, amount: str) -> None:
        line = {"receipt": receipt.id, "order": order.id, "amount": amount}
        values = {"customer": self._customers[customer], "allocated_on": day.isoformat(), "lines": [line]}
        self._desk.create("accountant", "allocation", values, then="allocate")

    def _adjusted(self, day: date, customer: str, reason: str, order: Record, amount: str) -> None:
        line = {"order": order.id, "amount": amount}
        values = {
            "customer": self._customers[customer],
            "reason": reason,
            "adjusted_on": day.isoformat(),
            "lines": [line],
        }
        self._desk.create("accountant", "receivable_adjustment", values, then="post")

    def _invoiced(self, day: date, delivery: Record) -> Record:
        asked = self._desk.run("sales.manager", self._desk.again(delivery), "apply_invoice").created("output_invoice")
        values = {"kind": "digital_ordinary", "invoice_number": self._number(), "issued_on": day.isoformat()}
        return self._desk.run("accountant", self._desk.update("accountant", asked, values), "issue")

    def _number(self) -> str:
        return INVOICE.format(next(self._numbers))
