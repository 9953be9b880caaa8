"""No business in the engines: neither forms nor accounts of any app, nor the trade's words, in either language."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import yaml

from tests.architecture.sources import PACKAGE, ROOT, of_rooms

ROOMS = ("engines", "ledger", "access", "storage", "expression", "entrypoints", "values", "locale", "definition")
#: The trade's words, whether or not a form bears them.
ENGLISH = {
    "sale", "sales", "purchase", "purchases", "purchasing", "customer", "customers", "supplier", "suppliers", "vendor",
    "invoice", "invoices", "delivery", "deliveries", "shipment", "warehouse", "warehouses", "inventory", "salesperson",
    "sku", "pupil", "lesson", "credit_limit",
}  # fmt: skip
CHINESE = re.compile("客户|顾客|供应商|销售|采购|商品|产品|仓库|订单|发票|出库|入库|收款|付款|库存|应收|应付|学员|课时")
#: Words that an app uses as names and that have a meaning of their own here: who logs in and where, the dimensions,
#: and words of bookkeeping and of programming.
PLAIN = {
    "company", "user", "department", "party", "item", "place", "lot", "document", "unit", "transfer", "subject",
    "allocation", "receipt", "payment", "product", "region", "course",
}  # fmt: skip
#: What the pages are written in.
PAGES = frozenset({".ts", ".tsx", ".json", ".css"})
#: The cases that all backends of the formula language share: they tell of a trade, as formulas do.
VECTORS = frozenset({"cases.json"})
#: What the product says it is.
MOTTOES = (
    "One book for customers, goods and money",
    "one book for customers, goods and money",
    "客户、货物、资金，一本账",
)


def test_no_business_word() -> None:
    found = {
        f"{source.name}:{line}: {text}"
        for source in of_rooms(*ROOMS)
        if source.path.name != "shipped.py"
        for line, text in _names_and_texts(source.tree)
        if _is_business(text)
    }
    assert found == set()


def test_no_business_word_in_the_pages() -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line}: {text.strip()}"
        for file in sorted((ROOT / "web" / "src").rglob("*"))
        if file.suffix in PAGES and file.name not in VECTORS
        for line, text in enumerate(_without_comments(file.read_text(encoding="utf-8")).splitlines(), 1)
        if _is_business(text)
    }
    assert found == set()


def test_the_search_finds_business() -> None:
    found = [
        text for text in ("SalesOrder", "the customer's", "on_hand", "销售", "record", "in order") if _is_business(text)
    ]
    assert found == ["SalesOrder", "the customer's", "on_hand", "销售"]


def test_the_words_come_from_the_apps() -> None:
    assert {"sales_order", "purchase_receipt", "on_hand", "receivable"} <= _words()


def _is_business(text: str) -> bool:
    for motto in MOTTOES:
        text = text.replace(motto, "")
    spelled = f"_{_snake(text)}_"
    return bool(CHINESE.search(text)) or any(f"_{word}_" in spelled for word in _words())


def _without_comments(text: str) -> str:
    """The code of the pages, line by line; comments may give examples, as docstrings may."""
    blanked = re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//.*$", "", blanked)


@cache
def _words() -> frozenset[str]:
    declared = set()
    for file in (PACKAGE / "apps").rglob("*.yaml"):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            kind = next(iter(document or {}), None)
            if kind in ("form", "account"):
                declared.add(str(document[kind]))
    return frozenset((declared | ENGLISH) - PLAIN)


def _names_and_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and texts of the code; docstrings and comments may give examples."""
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    spoken |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in spoken:
                yield node.lineno, text
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name


def _snake(text: str) -> str:
    """Words in lower case with one underscore between them: `SalesOrder`, `sales-order` and `sales order` alike."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[^0-9a-z]+", "_", parted.lower())
