"""A one-to-one school on top of the trader, spoken to in its own words, with a clock that can be turned."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Self

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import load_actor
from onebook.definition.shipped import shipped_app
from onebook.engines.application import Application
from onebook.engines.dashboard.boards import Boards
from onebook.engines.process.command import Update
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.span import Span
from onebook.storage.database import Database
from onebook.storage.schema import companies
from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from tests.scenarios.clocked import Clocked
from tests.scenarios.world import NOW

_numbers = count(1)


def _name() -> str:
    """A name like no other: names that are alike are warned of."""
    number = next(_numbers)
    return "".join(chr(first + number * step) for first, step in ((0x4E00, 7), (0x5E00, 13), (0x6E00, 3)))


def opened_school(database: Database) -> None:
    """On top of the trader's apps in the only company of a database."""
    with database.administration() as connection:
        [company] = companies(connection)
    Application(database).publish(company.schema, [shipped_app("tutoring")], SYSTEM)


@dataclass
class School(Clocked):
    """One company that teaches, and what happens in it."""

    @classmethod
    def of(cls, database: Database) -> Self:
        """The only company of a database in which it was opened."""
        clock = [NOW]
        with database.administration() as connection:
            [company] = companies(connection)
        return cls(Application(database, now=lambda: clock[0]), company.schema, clock=clock)

    def person(self, *roles: str) -> int:
        name = f"user{next(_numbers)}"
        return self.made("user", name=name, login=name, roles=list(roles)).id

    def acting(self, user: int) -> Actor:
        [(login,)] = self.ask('SELECT login FROM "user" WHERE id = %(id)s', id=user)
        with self.application.database.transaction(self.schema, read_only=True) as transaction:
            return load_actor(transaction, str(login))

    def seen_by(self, user: int) -> "School":
        """The same company for somebody else."""
        return School(self.application, self.schema, self.acting(user), clock=self.clock)

    def boards(self) -> Boards:
        return self.application.boards(self.schema, self.actor)

    def student(self, **more: Any) -> int:
        payer = more.pop("customer", None) or self.customer(_name(), phone=f"137{next(_numbers):08}")
        values: dict[str, Any] = {"name": _name(), "customer": payer, **more}
        return self.made("student", **values).id

    def course(self, price: str = "100", **more: Any) -> int:
        number = next(_numbers)
        return self.made("course", code=f"C{number}", name=f"Course {number}", hour_price=price, **more).id

    def enrolled(
        self, student: int, *lines: tuple[int, str, str, str], then: str | None = "approve", **more: Any
    ) -> RecordRef:
        """With rows of course, paid hours, given hours and tuition."""
        of_rows = more.pop("row", {})
        rows = [
            {"course": course, "paid_hours": paid, "gift_hours": gift, "amount": amount} | of_rows
            for course, paid, gift, amount in lines
        ]
        return self.made("enrolment", then, student=student, lines=rows, **more)

    def paid(self, enrolment: RecordRef, amount: str, **more: Any) -> RecordRef:
        """A receipt, and whatever rules make of it."""
        payer = self.value(enrolment, "customer")
        receipt = self.made("receipt", "post", customer=payer, enrolment=enrolment.id, amount=amount, **more)
        self.settle()
        return receipt

    def do_with(self, record: RecordRef, step: str, **values: Any) -> None:
        """A step together with the change that it admits."""
        self.do(Update(record, self.version(record), values, then=step))

    def lesson(self, student: int, course: int, then: str | None = "schedule", **more: Any) -> RecordRef:
        teacher = more.pop("teacher", None) or self.person("teacher")
        return self.made("lesson", then, student=student, course=course, teacher=teacher, **more)

    def taught(self, student: int, course: int, **more: Any) -> RecordRef:
        lesson = self.lesson(student, course, **more)
        self.run(lesson, "confirm")
        return lesson

    def consumption(self, lesson: RecordRef) -> tuple[Any, Any]:
        """Hours and tuition of the record that a lesson made."""
        record = RecordRef("hour_consumption", self.value(lesson, "consumption"))
        return self.value(record, "hours"), self.value(record, "earned")

    def hours(self, student: int) -> tuple[Any, ...]:
        """HB, HS, free and what is deferred."""
        [row] = self.ask(
            "SELECT coalesce(sum(quantity), 0), coalesce(sum(taken_quantity), 0),"
            " coalesce(sum(quantity - taken_quantity), 0), -coalesce(sum(amount), 0)"
            " FROM ledger_account WHERE role = 'class_hours' AND party = %(s)s AND control IS NULL",
            s=student,
        )
        return tuple(row)

    def cards(self, student: int) -> list[tuple[Any, ...]]:
        """Hours and tuition of every card, the oldest first."""
        return [
            tuple(row)
            for row in self.ask(
                "SELECT coalesce(sum(e.quantity), 0), -coalesce(sum(e.amount), 0) FROM hour_card c"
                " LEFT JOIN ledger_account a ON a.role = 'class_hours' AND a.lot = c.id"
                " LEFT JOIN ledger_entry e ON e.account = a.id WHERE c.student = %(s)s GROUP BY c.id ORDER BY c.id",
                s=student,
            )
        ]

    def owed(self, customer: int) -> Any:
        """PLAN: what is promised to come."""
        return self.ask(
            "SELECT coalesce(sum(expected_amount), 0) FROM ledger_account"
            " WHERE role = 'collection_plan' AND party = %(c)s",
            c=customer,
        )[0][0]

    def book(self) -> tuple[Rows, Rows]:
        """Everything that is kept and everything that is only summed: what a reversal must bring back."""
        return self.meters()["accounts"], self.summed()

    def report(self, name: str, **given: Any) -> list[dict[str, Any]]:
        page = self.application.report(self.schema, self.actor, ReportRequest(name, given))
        return [dict(row) for row in page.rows]

    def metric(self, name: str, first: date, last: date) -> Decimal | None:
        """A figure for some days; of one that is asked as of a day, the last."""
        value = self.boards().metric(name, Span(first, last), {}, None, None)["value"]
        return None if value is None else Decimal(value)
