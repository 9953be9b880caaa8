"""Which of many records of many forms an actor may read, and what they are called: one statement per form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, func, literal, select
from sqlalchemy.types import Text

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import condition, permitted
from onebook.engines.table.rights import rights
from onebook.engines.table.tables import tables_of
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

#: Keeps what is made once from a company's declarations, by a key.
Kept = Callable[[object, Callable[[], Any]], Any]

_IDS: Final = "ids"


@dataclass(frozen=True, slots=True)
class Reader:
    """One actor looking at the records of one company, at one moment."""

    catalog: Catalog
    kept: Kept
    actor: Actor
    context: Context

    @property
    def forms(self) -> list[str]:
        """The forms of which the actor may read anything."""
        return [form for form in self.catalog.forms if self.reads(form)]

    def reads(self, form: str) -> bool:
        """Whether the actor may read any record of a form; unknown forms have none."""
        return form in self.catalog.forms and rights(self.catalog, self.actor, form).read is not None

    def reads_all(self, form: str) -> bool:
        """Whether the actor may read every record of a form."""
        return form in self.catalog.forms and rights(self.catalog, self.actor, form).read == "all"

    def statement(self, form: str, ids: Sequence[int], *, binned: bool = False) -> Statement:
        """Asks for (id, title) of those records that the actor may read; `binned`: of those in the bin too."""
        key = ("readable", form, self.actor.id == SYSTEM.id, self.actor.roles, binned)
        text: CompiledText = self.kept(key, lambda: self._text(form, binned))
        return text.bound({**context_parameters(self.context), _IDS: list(ids)})

    def titles(
        self, transaction: Transaction, records: Iterable[RecordRef], *, binned: bool = False
    ) -> Mapping[RecordRef, str | None]:
        """The records that the actor may read with their titles, in one round trip; none where the title is not
        theirs to see."""
        wanted: dict[str, set[int]] = {}
        for record in records:
            if self.reads(record.form):
                wanted.setdefault(record.form, set()).add(record.id)
        if not wanted:
            return {}
        asked = [self.statement(form, sorted(ids), binned=binned) for form, ids in wanted.items()]
        answers = transaction.run(*asked)
        return {
            RecordRef(form, number): title for form, rows in zip(wanted, answers, strict=True) for number, title in rows
        }

    def _text(self, form: str, binned: bool) -> CompiledText:
        granted = rights(self.catalog, self.actor, form)
        columns = Joins(tables_of(self.catalog), form)
        admitted = condition(granted.read, columns) if binned else permitted(granted, columns)
        declared = self.catalog.forms[form]
        title = declared.title or ("number" if declared.number else None)
        shown = title is not None and title not in granted.hidden and title not in granted.masked
        name = columns.root.c[title].cast(Text) if title and shown else literal(None).cast(Text)
        among = columns.root.c.id == func.any(bindparam(_IDS, type_=ARRAY(BigInteger)))
        return compiled(select(columns.root.c.id, name).select_from(columns.from_clause()).where(among, admitted))
