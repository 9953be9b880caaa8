"""A trader with everything that documents need and do not make, for whoever types any of them."""

import random
from typing import Final

from onebook.definition.form import Form
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Create
from onebook.engines.process.outcome import Outcome
from onebook.storage.database import Database
from onebook.values.refusal import Refusal, Status
from tests.invariants import books
from tests.invariants.typist import Typist
from tests.scenarios.world import NOW, World

#: All documents that the product brings.
DOCUMENTS: Final = sorted(form.form for app in shipped_apps() for form in app.forms if form.kind == "document")
#: What documents make on their way.
MADE: Final = {
    made.form
    for app in shipped_apps()
    for form in app.forms
    for step in form.transitions.values()
    for made in step.makes
}


class Office:
    """A trader with goods of every costing, two warehouses, customers and suppliers; and one who types."""

    def __init__(self, database: Database, schema: str) -> None:
        """Everything that documents need and do not make."""
        self.database, self.schema = database, schema
        self.application = Application(database, now=lambda: NOW)
        self.world = World(self.application, self.schema)
        self.catalog = self.application.ground(self.schema).catalog
        costings = [("average", {}), ("average", {"allows_negative": True}), ("fifo", {}), ("fefo", {}), ("chosen", {})]
        self.products = [
            self.world.product(f"商品{n}", price=price, cost="6.78", costing=costing, lower_limit="5", **more)
            for n, ((costing, more), price) in enumerate(
                zip(costings, ("11.30", "20", "3.333333", "10", "99.99"), strict=True)
            )
        ]
        for name, more in (
            ("普通客户", {}),
            ("有额度客户", {"credit_limit": "300"}),
            ("先款客户", {"pay_first": True}),
        ):
            self.world.customer(name, **more)
        for name in ("供应商", "另一家"):
            self.world.supplier(name)
        self.world.made("warehouse", code="02", name="分仓")
        self.warehouses = [row[0] for row in self.world.ask("SELECT id FROM warehouse ORDER BY id")]

    def typist(self, seed: int, *, may_all: bool = True) -> Typist:
        """Somebody at work, who makes the same of the same seed."""
        return Typist(self.world.ask, self.done, self.form, random.Random(seed), may_all)

    def empty(self) -> None:
        """No document, nothing in the book."""
        books.emptied(self.database, self.schema, {*DOCUMENTS, *MADE})

    def stock(self, quantity: str, code: str = "L") -> None:
        """Goods of all kinds in all places."""
        for place in self.warehouses:
            rows = [
                {"product": one, "quantity": quantity, "price": "3.333333", "expires_on": "2026-12-31",
                 "lot_code": f"{code}{place}-{one}"}
                for one in self.products
            ]  # fmt: skip
            answer = self.done(
                Create("opening_stock", {"warehouse": place, "opened_on": "2026-01-02", "lines": rows}, "post")
            )
            assert isinstance(answer, Outcome), answer

    def done(self, action: Action) -> Outcome | Refusal:
        """What a command answers. A refusal is of a kind that a user can do something about."""
        try:
            return self.world.do(action)
        except Refusal as refusal:
            if refusal.status is Status.UNAVAILABLE:
                raise
            return refusal

    def assert_all_is_well(self) -> None:
        broken = books.generally_broken(self.database, self.schema, self.catalog)
        assert broken == {}, broken
        self.world.assert_clean()

    def form(self, name: str) -> Form:
        """A form by its name."""
        return self.catalog.forms[name]
