"""Preview is the same road: what it says is what happens, and nothing is written by asking."""

from decimal import Decimal

from onebook.engines.process.command import Create, Reverse, Run
from onebook.values.label import CHINESE, ENGLISH
from onebook.values.reference import RecordRef
from tests.scenarios.world import World


def stored(world: World, account: object) -> tuple[Decimal, Decimal]:
    key = {name: getattr(account, name) for name in ("role", "item", "place", "lot", "party", "document", "spot")}
    rows = world.ask(
        "SELECT quantity, amount FROM ledger_account WHERE role = %(role)s AND item = %(item)s AND place = %(place)s"
        " AND lot = %(lot)s AND party = %(party)s AND document = %(document)s AND spot = %(spot)s",
        **key,
    )
    return rows[0][0], rows[0][1]


def test_what_is_seen_before_is_what_happens(world: World) -> None:
    part = world.product("预览件", price="20")
    world.stock(part, "10", "3.33")
    order = world.order(world.customer("预览客户"), (part, "4"), then="approve")
    delivery = world.delivery_of(order)
    before = world.everything()
    seen = world.preview(Run(delivery, "ship"))
    assert world.everything() == before
    assert seen.is_possible
    outcome = world.run(delivery, "ship")
    assert {shown.account: (shown.quantity[1], shown.amount[1]) for shown in seen.balances} == {
        shown.account: stored(world, shown.account) for shown in seen.balances
    }
    entries = world.ask(
        "SELECT a.role, e.quantity, e.amount FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
        " WHERE e.journal = %(journal)s ORDER BY e.position",
        journal=outcome.journal,
    )
    assert [(entry.account.role, entry.quantity, entry.amount) for entry in seen.entries] == entries


def test_everything_against_it_is_seen_at_once(world: World) -> None:
    part = world.product("拒绝件", price="100", active=False)
    firm = world.customer("拒绝客户", credit_limit="50", active=False)
    order = world.order(firm, (part, "1"))
    seen = world.preview(Run(order, "approve"))
    codes = [refusal.code for refusal in seen.refusals]
    assert codes == ["process.requirements_failed", "ledger.limit_exceeded"]
    assert len(seen.refusals[0].problems) == 2
    assert world.state(order) == "draft"


def test_a_new_record_is_previewed_with_its_transition(world: World) -> None:
    part = world.product("新单件")
    world.stock(part, "1")
    values = {"customer": world.customer("新单客户"), "lines": [{"product": part, "quantity": "3"}]}
    before = world.everything()
    seen = world.preview(Create("sales_order", values, "approve"))
    assert world.everything() == before
    assert [form for form, _ in seen.created] == ["sales_delivery"]
    [reserve] = [hold for hold in seen.holds if hold.name == "reserve"]
    assert (reserve.wanted, reserve.waiting) == (Decimal(3), Decimal(2))
    told = seen.to_json(world.application.ground(world.schema), CHINESE)
    assert told["holds"][0]["places"]["item"]["title"] == "新单件"


def test_a_reversal_is_previewed(world: World) -> None:
    part = world.product("回看件")
    opening = world.stock(part, "5")
    before = world.everything()
    seen = world.preview(Reverse(opening))
    assert world.everything() == before
    moved = {one.account.role: one.quantity for one in seen.entries}
    assert moved == {"opening_balance": Decimal(5), "on_hand": Decimal(-5)}


def test_explained_in_two_languages(world: World) -> None:
    explain = world.application.explain
    chinese = str(explain(world.schema, "sales_order", "approve", CHINESE))
    assert "占用“库存”（商品、发货仓库、配货批次、配货库位）" in chinese
    assert "不足部分排队等待" in chinese
    assert "生成《销售出库单》草稿" in chinese
    english = str(explain(world.schema, "sales_delivery", "ship", ENGLISH))
    assert "Debits “Receivable” (Customer, Order)" in english
    assert "reversed" in english.lower()
    for form in world.application.ground(world.schema).catalog.forms.values():
        for name in form.transitions:
            for language in (CHINESE, ENGLISH):
                assert "process.explain" not in str(explain(world.schema, form.form, name, language))


def test_a_record_is_read_with_its_chain_and_its_steps(world: World) -> None:
    part = world.product("读件", active=False)
    order = world.order(world.customer("读客户"), (part, "1"))
    page = world.application.read(world.schema, world.actor, order, CHINESE)
    approve = next(step for step in page["transitions"] if step["name"] == "approve")
    assert (approve["is_allowed"], approve["reasons"]) == (False, ["有商品已停用"])
    active = world.order(world.customer("另一位买主"), (world.product("读件二"), "1"), then="approve")
    page = world.application.read(world.schema, world.actor, active, CHINESE)
    assert [one["form"] for one in page["related"]["after"]] == ["sales_delivery"]
    assert [one["transition"] for one in page["steps"]] == ["approve"]
    delivery = RecordRef("sales_delivery", page["related"]["after"][0]["id"])
    back = world.application.read(world.schema, world.actor, delivery, CHINESE)
    assert [one["id"] for one in back["related"]["before"]] == [active.id]
