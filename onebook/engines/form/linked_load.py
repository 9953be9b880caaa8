"""Records that links of unsaved values point at: one query per form, whoever points there."""

from collections.abc import Mapping, Sequence

from onebook.access.actor import Actor
from onebook.definition.scope import COMPANY
from onebook.engines.form.forms import Forms
from onebook.engines.form.linked import Linked, Pointed
from onebook.engines.form.query import Query, Question
from onebook.engines.form.rows import Row
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Statement


class LinkedLoad:
    """Wants records by target and id, and teaches them to a `Linked`."""

    def __init__(
        self,
        forms: Forms,
        linked: Linked,
        ids: Mapping[str, frozenset[int]],
        keys: Mapping[str, frozenset[str]],
        context: Context,
        *,
        reader: Actor | None = None,
        company: frozenset[str] = frozenset(),
    ) -> None:
        """Want these records.

        Args:
            forms: the compiled forms.
            linked: who learns them.
            ids: which records of each target.
            keys: what is read of each target.
            context: the clock and the user.
            reader: whose reading scope is asked about (`unreadable`); None: links that nobody typed.
            company: keys of the company's own record, if any are read.
        """
        self._linked = linked
        self._parameters = context_parameters(context)
        self._open: list[tuple[Query, Question, Sequence[int]]] = []
        self.unreadable: set[Pointed] = set()
        #: The id of the company's own record, once it was read.
        self.company: int | None = None
        for target, wanted in ids.items():
            scope = rights(forms.catalog, reader, target.partition(".")[0]) if reader is not None else None
            question = Question(target, keys.get(target, frozenset()), scope, tells_readable=scope is not None)
            self._open.append((forms.query(question), question, sorted(wanted)))
        if company:
            question = Question(COMPANY, company, is_singleton=True)
            self._open.append((forms.query(question), question, ()))

    def statements(self) -> Sequence[Statement]:
        """One statement per target, and one for each kind of rows behind it."""
        return [one for query, _, ids in self._open for one in query.statements(ids, self._parameters)]

    def take(self, results: Sequence[Rows]) -> None:
        """Learn them; what is not there is known to be blank."""
        start = 0
        for query, question, ids in self._open:
            answer = query.answer(results[start : start + query.count])
            start += query.count
            self._linked.learn(question.target, answer.rows, question.keys)
            if question.is_singleton:
                self.company = next(iter(answer.rows), None)
            if question.rights is not None:
                told = answer.flags
                self.unreadable |= {(question.target, one) for one in ids if "read" not in told.get(one, ())}
            gone: dict[int, Row] = {number: {} for number in ids if number not in answer.rows}
            self._linked.learn(question.target, gone, question.keys)
        self._open = []
