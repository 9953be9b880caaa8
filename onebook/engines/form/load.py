"""Stored records with everything a command reads of them: in one round trip, in the actor's reading scope."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from onebook.access.actor import Actor
from onebook.engines.form.forms import Forms
from onebook.engines.form.query import Answer, Question
from onebook.engines.form.refusals import Forbidden, NotFound
from onebook.engines.form.rows import Row
from onebook.engines.table.rights import Rights, Scope, rights
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Statement

#: Scopes that can be asked about each record, besides reading it.
_SCOPES: Final = ("update", "delete")


class RecordLoad:
    """Records of one form by their ids, with keys of theirs, of their rows and of what they point at.

    With `lock` they are locked until the end of the transaction, in the order of their ids. Records that the actor may
    not read are not there."""

    def __init__(
        self,
        forms: Forms,
        form: str,
        ids: Sequence[int],
        keys: Iterable[str],
        actor: Actor,
        context: Context,
        *,
        lock: bool = False,
        alone: bool = False,
        asks: Sequence[str] = (),
        binned: bool = False,
    ) -> None:
        """Want these records.

        Args:
            forms: the compiled forms.
            form: whose records.
            ids: which records.
            keys: what is read of them: `customer.level`, `lines.product.code`, `lines.product.units.numerator`.
            actor: whose reading scope applies.
            context: the clock and the user, for scopes.
            lock: whether they are going to be changed.
            alone: locked so that meanwhile nobody may make anything that points at them.
            asks: `update`, `delete`: scopes to ask about for `require`.
            binned: read the recycle bin instead of what is in use.
        """
        self.form = form
        self.rights: Rights = rights(forms.catalog, actor, form)
        self._label = forms.catalog.forms[form].label
        self._ids = ids
        self._context = context
        self._answer: Answer | None = None
        flags = tuple((name, self._scope(name)) for name in _SCOPES if name in asks)
        question = Question(form, frozenset(keys), self.rights, flags=flags, binned=binned, lock=lock, alone=alone)
        self._query = forms.query(question)

    @property
    def rows(self) -> Mapping[int, Row]:
        """The records found, by id."""
        assert self._answer is not None, "not gathered yet"
        return self._answer.rows

    def row(self, number: int) -> Row:
        """One record. Refuses with form.not_found."""
        found = self.rows.get(number)
        if found is None:
            raise NotFound(form=self._label, id=number)
        return found

    def require(self, action: str, number: int) -> None:
        """Refuse with form.forbidden where the actor may read the record but not `update` or `delete` it."""
        self.row(number)
        assert self._answer is not None
        if action not in self._answer.flags[number]:
            raise Forbidden(form=self._label, action=action)

    def statements(self) -> Sequence[Statement]:
        """One statement for the records, one for each kind of rows, once."""
        if self._answer is not None:
            return ()
        return self._query.statements(self._ids, context_parameters(self._context))

    def take(self, results: Sequence[Rows]) -> None:
        """Put the rows together."""
        self._answer = self._query.answer(results)

    def _scope(self, name: str) -> Scope:
        return self.rights.update if name == "update" else self.rights.delete
