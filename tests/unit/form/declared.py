"""A small shop of hand-written forms, installed in a fresh company."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import sql

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import App
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.role import Role
from onebook.engines.form.changed import Changed, ChangedRecord
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.rows import Row
from onebook.engines.form.save import inserting, number_day, updating
from onebook.engines.table.context import context_of
from onebook.engines.table.ddl import create_all
from onebook.engines.table.names import table_name
from onebook.expression.python import Context
from onebook.storage.database import Database
from onebook.storage.schema import Company

NOW: Final = datetime(2026, 3, 15, 8, 30, tzinfo=UTC)
ZONE: Final = ZoneInfo("Asia/Shanghai")

FORMS: Final[list[dict[str, Any]]] = [
    {
        "form": "user", "label": "用户", "kind": "master", "title": "name",
        "fields": {"name": {"kind": "text", "label": "姓名"}},
    },
    {
        "form": "company", "label": "公司", "kind": "master", "title": "name", "singleton": True,
        "fields": {
            "name": {"kind": "text", "label": "名称"},
            "main_place": {"kind": "link", "to": "place", "label": "默认仓库"},
        },
    },
    {
        "form": "place", "label": "仓库", "kind": "master", "title": "name",
        "fields": {"name": {"kind": "text", "label": "名称"}, "rate": {"kind": "percent", "label": "费率"}},
    },
    {
        "form": "group", "label": "分类", "kind": "master", "title": "name",
        "fields": {
            "name": {"kind": "text", "label": "名称", "required": True},
            "factor": {"kind": "number", "label": "系数"},
        },
    },
    {
        "form": "thing", "label": "物品 | Thing", "kind": "master", "title": "name", "search": ["code", "name"],
        "fields": {
            "code": {"kind": "text", "label": "编码", "unique": True},
            "name": {"kind": "text", "label": "名称 | Name", "required": True},
            "barcode": {"kind": "barcode", "label": "条码"},
            "group": {"kind": "link", "to": "group", "label": "分类"},
            "price": {"kind": "price", "label": "价格", "must": {"that": "price >= 0", "otherwise": "价格不能为负"},
                      "default": 0},
            "active": {"kind": "flag", "label": "启用", "default": True},
            "tags": {"kind": "tags", "label": "标签"},
            "colour": {"kind": "choice", "label": "颜色", "options": {"red": "红 | Red", "blue": "蓝 | Blue"}},
            "owner": {"kind": "link", "to": "user", "label": "负责人"},
            "phone": {"kind": "phone", "label": "电话", "masked": True},
            "units": {"kind": "lines", "label": "单位", "fields": {
                "unit": {"kind": "text", "label": "单位", "unique": True},
                "factor": {"kind": "number", "label": "换算"},
            }},
        },
        "duplicates": [
            {"fields": ["name"], "how": "normalised", "then": "block"},
            {"fields": ["name"], "how": "alike", "then": "warn"},
        ],
    },
    {
        "form": "paper", "label": "单据", "kind": "document", "number": "P{yyyy}{mm}-{seq:4}", "dated_by": "day",
        "states": {"draft": "草稿", "open": {"label": "已审核", "editable": True}, "done": "完成"},
        "fields": {
            "day": {"kind": "date", "label": "日期", "default": "TODAY()"},
            "partner": {"kind": "text", "label": "对方", "locked_after": "draft"},
            "place": {"kind": "link", "to": "place", "label": "仓库", "default": "company.main_place"},
            "note": {"kind": "long_text", "label": "备注", "locked_after": "done"},
            "discount": {"kind": "percent", "label": "折扣", "editable": "partner <> \"fixed\""},
            "rows": {"kind": "lines", "label": "明细", "at_least": 1, "locked_after": "draft", "fields": {
                "thing": {"kind": "link", "to": "thing", "label": "物品", "required": True},
                "unit": {"kind": "text", "label": "单位"},
                "count": {"kind": "quantity", "label": "数量",
                          "must": {"that": "count > 0", "otherwise": "数量须为正"}},
                "base": {"kind": "quantity", "label": "基本数量",
                         "formula": "count * COALESCE(FIRST(thing.units.factor WHERE unit = ^.unit), 1)"},
                "price": {"kind": "price", "label": "单价", "default": "thing.price"},
                "sum": {"kind": "money", "label": "金额",
                        "formula": "ROUND(count * price * COALESCE(thing.group.factor, 1), 2)"},
                "share": {"kind": "percent", "label": "占比", "formula": "sum / total"},
                "marks": {"kind": "tags", "label": "标记"},
                "given": {"kind": "flag", "label": "赠送"},
            }},
            "total": {"kind": "money", "label": "合计", "formula": "SUM(rows.sum)"},
            "fee": {"kind": "money", "label": "费用", "formula": "total * place.rate"},
            "big": {"kind": "flag", "label": "大额", "formula": "total > 1000"},
        },
    },
]  # fmt: skip

ROLES: Final[list[dict[str, Any]]] = [
    {"role": "owner", "label": "业务员", "grants": {
        "thing": {"read": "owner = ME()", "create": "owner = ME()", "update": "owner = ME()", "hide": ["price"]},
        "paper": {"read": True, "create": True, "update": "created_by = ME()", "delete": True},
        "place": {"read": True}, "group": {"read": True}, "company": {"read": True},
    }},
    {"role": "reader", "label": "查看", "grants": {"thing": {"read": True, "mask": ["code"]}, "paper": {"read": True}}},
]  # fmt: skip

CATALOG: Final = Declarations(
    [App.model_validate({"app": "shop", "label": "店", "version": 1})],
    {form["form"]: Form.model_validate(form) for form in FORMS},
    {}, {}, {role["role"]: Role.model_validate(role) for role in ROLES}, {}, [],
)  # fmt: skip
SHOP: Final = Forms(CATALOG)


@dataclass(frozen=True)
class Shop:
    """An installed company, with commands as a process would run them."""

    database: Database
    schema: str
    forms: Forms = SHOP

    def create(self, form: str, values: Mapping[str, Any], actor: Actor = SYSTEM, **how: Any) -> Row:
        """Make a record and commit it."""
        row, _ = self.create_counted(form, values, actor, **how)
        return row

    def create_counted(
        self, form: str, values: Mapping[str, Any], actor: Actor = SYSTEM, **how: Any
    ) -> tuple[Row, int]:
        """Make a record; it and how many round trips it took."""
        compiled = self.forms.form(form)
        with self.database.transaction(self.schema) as transaction:
            wanted = NewRecord(self.forms, form, values, actor, self.context(actor), **how)
            gather(transaction, wanted)
            row = wanted.finish()
            day = number_day(compiled, row, NOW.date()) if compiled.declaration.number else None
            saved = inserting(self.forms, form, row, actor, NOW, number_on=day)
            results = transaction.commit(*saved.statements)
            if saved.numbered is not None:
                row["number"] = results[saved.numbered][0][0]
            return row, transaction.round_trips

    def change(
        self, form: str, record: int, version: int, values: Mapping[str, Any], actor: Actor = SYSTEM, **how: Any
    ) -> Changed:
        """Change a record and commit it."""
        with self.database.transaction(self.schema) as transaction:
            wanted = ChangedRecord(self.forms, form, record, version, values, actor, self.context(actor), **how)
            gather(transaction, wanted)
            changed = wanted.finish()
            saved = updating(self.forms, form, changed.before, changed.after, actor, NOW)
            transaction.commit(*saved.statements)
            assert transaction.round_trips <= 2
            return changed

    def load(self, form: str, record: int, *keys: str, actor: Actor = SYSTEM, **how: Any) -> Row:
        """Read a record with everything stored and these keys."""
        with self.database.transaction(self.schema, read_only=True) as transaction:
            stored = self.forms.form(form).stored | set(keys)
            wanted = RecordLoad(self.forms, form, [record], stored, actor, self.context(actor), **how)
            gather(transaction, wanted)
            assert transaction.round_trips == 1
            return wanted.row(record)

    def execute(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run SQL as the owner."""
        with self.database.administration(self.schema) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def context(self, actor: Actor = SYSTEM) -> Context:
        """Noon of the test's day, as an actor."""
        return context_of(actor, NOW, ZONE)


def install(database: Database, company: Company) -> Shop:
    """The tables of the shop, and its company record with a main place."""
    with database.administration(company.schema) as connection:
        for statement in create_all(SHOP.tables):
            connection.execute(statement)
        for target in SHOP.tables.all():
            grant = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO onebook_app")
            connection.execute(grant.format(sql.Identifier(table_name(target))))
    shop = Shop(database, company.schema)
    place = shop.create("place", {"name": "总仓", "rate": "0.1"})
    shop.create("company", {"name": "一本", "main_place": place["id"]})
    return shop
