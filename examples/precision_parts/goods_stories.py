"""Stories of goods that a year of plain trade does not tell: lots, returns, counts, transfers, assembly, late costs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from examples.precision_parts.counter import Counter, Sale
from examples.precision_parts.desk import Record

#: So many days before today, and what happens then.
Story = tuple[int, Callable[[date], object]]

GREASE, OIL, BUSH, CALIPER, SLIDE, KIT = "LB-GREASE", "LB-OIL", "BU-0810", "ME-CAL150", "AS-SLIDE", "KT-TOOL"
RAIL, SCREW = "LG-HGR20", "FS-M4X10"


class GoodsStories:
    """What happens to goods in the last weeks before today."""

    def __init__(
        self, counter: Counter, customers: Mapping[str, int], suppliers: Mapping[str, int], branch: int
    ) -> None:
        """For the demo company's parties by code; `branch` is its second warehouse."""
        self._counter = counter
        self._desk = counter.desk
        self._customers = customers
        self._suppliers = suppliers
        self._branch = branch
        self._sales: dict[str, Sale] = {}
        self._receipts: dict[str, Record] = {}
        self._orders: dict[str, Record] = {}

    def stories(self) -> Iterator[Story]:
        """Everything, each with its day."""
        yield 73, self._lots_arrive
        yield 66, self._lots_leave
        yield 60, self._bushes_again
        yield 58, self._a_return_is_inspected
        yield 55, self._an_exchange
        yield 52, self._a_claim
        yield 50, self._an_arrival_is_inspected
        yield 48, self._too_many_came
        yield 46, self._goods_go_back
        yield 44, self._late_costs
        yield 40, self._a_transfer_arrives_short
        yield 30, self._a_count_is_posted
        yield 27, self._assembling
        yield 20, self._a_lot_is_frozen
        yield 14, self._an_order_is_amended
        yield 9, self._a_shortage_is_bought
        yield 2, self._still_under_way

    def _lots_arrive(self, day: date) -> None:
        made, soon = (day - timedelta(days=10)).isoformat(), (day + timedelta(days=85)).isoformat()
        rows = [
            *self._counter.rows((GREASE, "40"), (GREASE, "60"), (OIL, "30"), (BUSH, "100")),
            *self._counter.rows(*[(CALIPER, "1")] * 4),
        ]
        told = [
            {"lot_code": "G2401", "made_on": made, "expires_on": soon},
            {"lot_code": "G2402", "made_on": made},
            {"lot_code": "OIL-A", "expires_on": (day + timedelta(days=71)).isoformat()},
            {},
            *({"lot_code": f"SN-{2400 + number}"} for number in range(1, 5)),
        ]
        order, receipt = self._counter.bought(self._suppliers["SKU09"], day, rows, *told)
        self._orders["lots"], self._receipts["lots"] = order, receipt

    def _lots_leave(self, day: date) -> None:
        rows = self._counter.rows((GREASE, "25"), (BUSH, "30"), (OIL, "8"))
        # By today the oil has expired, and what has expired leaves only if it is named.
        oil = {"lot": self._desk.ids("lot", "code")["OIL-A"]}
        self._sales["lots"] = self._counter.sold(self._customers["KH001"], day, rows, {}, {}, oil)
        order = self._counter.sold_order(self._customers["KH002"], day, self._counter.rows((CALIPER, "1")))
        delivery, lots = order.created("sales_delivery"), self._desk.ids("lot", "code")
        self._sales["caliper"] = Sale(order, self._counter.shipped(delivery, day, {"lot": lots["SN-2401"]}))
        self._sales["kit"] = self._counter.sold(self._customers["KH003"], day, self._counter.rows((KIT, "3")))

    def _bushes_again(self, day: date) -> None:
        rows = [row | {"price": "5.2"} for row in self._counter.rows((BUSH, "80"))]
        order, receipt = self._counter.bought(self._suppliers["SKU09"], day, rows)
        self._orders["bushes"], self._receipts["bushes"] = order, receipt
        self._sales["bushes"] = self._counter.sold(self._customers["KH004"], day, self._counter.rows((BUSH, "90")))

    def _a_return_is_inspected(self, day: date) -> None:
        back = self._counter.returned(self._sales["bushes"], day, "12", reason="quality")
        back = self._desk.run("keeper", back, "receive")
        parts = self._desk.run("keeper", back, "inspect_parts").created("return_inspection")
        lines = [{"id": self._counter.line_of(parts), "good": "8", "bad": "3", "note": "3 件表面划伤"}]
        values = {"inspected_on": day.isoformat(), "lines": lines}
        self._desk.run("keeper", self._desk.update("keeper", parts, values), "finish")

    def _an_exchange(self, day: date) -> None:
        sale = self._sales["lots"]
        back = self._counter.returned(sale, day, "5", reason="wrong", exchange=True, inspect=False)
        self._desk.run("keeper", back, "receive")
        again = self._desk.run("sales.manager", self._again(sale.order), "deliver")
        self._counter.shipped(again.created("sales_delivery"), day)

    def _a_claim(self, day: date) -> None:
        sale = self._sales["kit"]
        self._desk.run("sales.manager", self._again(sale.delivery), "sign")
        lines = [{"delivery_line": self._counter.line_of(sale.delivery), "problem": "damaged", "quantity": "1"}]
        values = {"delivery": sale.delivery.id, "claimed_on": day.isoformat(), "signed_by": "吴海", "lines": lines}
        self._desk.create("sales.manager", "delivery_claim", values, then="accept")

    def _an_arrival_is_inspected(self, day: date) -> None:
        order = self._counter.ordered(self._suppliers["SKU09"], day, self._counter.rows((BUSH, "50")), inspect=True)
        arrival = order.created("purchase_arrival")
        arrival = self._desk.update("keeper", arrival, {"arrived_on": day.isoformat(), "again": False})
        arrival = self._desk.run("keeper", arrival, "arrive")
        self._counter.received(arrival.created("purchase_receipt"), day, {"quantity": "46"})
        self._desk.run("keeper", self._again(arrival), "finish")

    def _too_many_came(self, day: date) -> None:
        rows, told = self._counter.rows((RAIL, "10")), {"surplus": "2"}
        _, self._receipts["rails"] = self._counter.bought(self._suppliers["SKU02"], day, rows, told)

    def _goods_go_back(self, day: date) -> None:
        line = {"receipt_line": self._counter.line_of(self._receipts["bushes"]), "quantity": "6", "credited": "25"}
        values = {"order": self._orders["bushes"].id, "returned_on": day.isoformat(), "lines": [line]}
        back = self._desk.create("buyer", "purchase_return", values | {"reason": "quality"}, then="submit")
        self._desk.run("keeper", back, "return_goods")

    def _late_costs(self, day: date) -> None:
        lines = [{"receipt_line": self._counter.line_of(self._receipts[name])} for name in ("bushes", "rails")]
        values = {"supplier": self._suppliers["SKU03"], "booked_on": day.isoformat(), "kind": "freight"}
        money = {"amount": "160", "tax": "14.4", "by": "amount", "lines": lines}
        self._desk.create("accountant", "landed_cost", values | money, then="book")
        line = {"receipt_line": self._counter.line_of(self._receipts["bushes"]), "price": "5"}
        values = {"order": self._orders["bushes"].id, "corrected_on": day.isoformat(), "lines": [line]}
        self._desk.create("accountant", "price_correction", values, then="book")

    def _a_transfer_arrives_short(self, day: date) -> None:
        sent = self._transfer(day, (BUSH, "20"), (GREASE, "10"))
        receipt = sent.created("transfer_receipt")
        first, second = self._desk.read(receipt)["lines"]
        lines = [{"id": first["id"], "quantity": "19", "missing": "1"}, {"id": second["id"]}]
        values = {"received_on": day.isoformat(), "missing_as": "claim", "lines": lines}
        self._desk.run("keeper", self._desk.update("keeper", receipt, values), "receive")

    def _a_count_is_posted(self, day: date) -> None:
        count = self._counting(day)
        lines = self._desk.read(count)["lines"]
        counted = [
            {"id": line["id"], "counted": "18" if line["product"]["id"] == self._code(BUSH) else "10"} for line in lines
        ]
        count = self._desk.run("keeper", self._desk.update("keeper", count, {"lines": counted}), "finish")
        self._desk.run("accountant", count, "post")

    def _assembling(self, day: date) -> None:
        values = {"product": self._code(SLIDE), "quantity": "4", "made_on": day.isoformat()}
        taken = self._desk.create("keeper", "assembly", values, then="take_components")
        self._desk.run("keeper", self._desk.update("accountant", taken, {"fee": "80"}), "assemble")
        apart = {"direction": "disassemble", "quantity": "1"}
        taken = self._desk.create("keeper", "assembly", values | apart, then="take_components")
        self._desk.run("keeper", taken, "disassemble")

    def _a_lot_is_frozen(self, day: date) -> None:
        line = {"product": self._code(GREASE), "lot": self._desk.ids("lot", "code")["G2402"], "quantity": "5"}
        values = {"frozen_on": day.isoformat(), "reason": "damaged", "lines": [line | {"note": "包装破损"}]}
        self._desk.create("keeper", "stock_freeze", values, then="freeze")

    def _an_order_is_amended(self, day: date) -> None:
        order = self._counter.sold_order(self._customers["KH002"], day, self._counter.rows((BUSH, "10")))
        lines = [{"id": self._counter.line_of(order), "quantity": "14"}, *self._counter.rows((GREASE, "2"))]
        self._desk.update("sales.manager", self._again(order), {"lines": lines}, then="amend")

    def _a_shortage_is_bought(self, day: date) -> None:
        order = self._counter.sold_order(self._customers["KH001"], day, self._counter.rows((CALIPER, "6")))
        need = self._desk.run("sales.manager", order, "request_goods").created("purchase_need")
        need = self._desk.update("buyer", need, {"asked_on": day.isoformat()})
        self._desk.run("buyer", self._desk.run("buyer", need, "approve"), "order")

    def _still_under_way(self, day: date) -> None:
        self._transfer(day, (BUSH, "8"))
        self._counting(day)
        self._counter.returned(self._sales["lots"], day, "2", reason="unwanted")
        lines = self._counter.rows((GREASE, "6"), (BUSH, "15"))
        self._desk.create(
            "keeper", "transfer", {"moved_on": day.isoformat(), "target_warehouse": self._branch, "lines": lines}
        )

    def _transfer(self, day: date, *goods: tuple[str, str]) -> Record:
        values = {"moved_on": day.isoformat(), "target_warehouse": self._branch, "lines": self._counter.rows(*goods)}
        return self._desk.create("keeper", "transfer", values, then="send")

    def _counting(self, day: date) -> Record:
        """A count of the lots in the branch that has begun."""
        category = self._desk.ids("product_category", "name")["辅料与量具"]
        values = {"warehouse": self._branch, "counted_on": day.isoformat(), "category": category}
        return self._desk.run("keeper", self._desk.create("keeper", "stocktake", values, then="take_list"), "start")

    def _again(self, record: Record) -> Record:
        return self._desk.again(record)

    def _code(self, code: str) -> int:
        return self._counter.products[code]
