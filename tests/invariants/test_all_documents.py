"""Random histories over all documents that the product brings, typed from their declarations alone: new documents are
in them as soon as they are declared, and one that never comes to its effects fails."""

import os
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from onebook.engines.process.command import Action, Reverse
from onebook.engines.process.outcome import Outcome
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.invariants import books
from tests.invariants.office import DOCUMENTS, Office
from tests.invariants.typist import Typist

#: A night may look further than a run at the desk.
ASKED = os.environ.get("ONEBOOK_TEST_ALL_DOCUMENTS")
EXAMPLES = int(ASKED or 4)
STEPS = int(os.environ.get("ONEBOOK_TEST_DOCUMENT_STEPS", "10"))
#: How often somebody tries to bring a document about.
TRIES, ROUNDS = 12, 4

FORM = st.sampled_from(DOCUMENTS)
SEED = st.integers(0, 2**32 - 1)


class AllDocuments(RuleBasedStateMachine):
    """People who do everything in any order, on any day, including what they may not do."""

    office: Office
    done: Counter[tuple[str, str]]

    @initialize(has_goods=st.booleans(), may_all=st.booleans())
    def begin(self, has_goods: bool, may_all: bool) -> None:
        """With goods or without. Where all steps have a way back, everything is taken back in the end."""
        self.office.empty()
        self.may_all = may_all
        if has_goods:
            self.office.stock("200")

    @rule(form=FORM, seed=SEED)
    def make(self, form: str, seed: int) -> None:
        self._typist(seed).make(form)
        self.office.assert_all_is_well()

    @rule(form=FORM, seed=SEED)
    def bring_about(self, form: str, seed: int) -> None:
        self._typist(seed).bring_about(form)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def move_on(self, seed: int) -> None:
        self._typist(seed).move_on(DOCUMENTS)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def there_and_back(self, seed: int) -> None:
        """A step taken back at once leaves every meter where it was."""
        typist = self._typist(seed, may_all=False)
        record = typist.any_record(DOCUMENTS)
        if record is None:
            return
        before = self._meters()
        answer = typist.step(record)
        if isinstance(answer, Outcome):
            undone = self.office.done(Reverse(record))
            # What lies in a month that was closed meanwhile can be done no more and undone no more.
            assert isinstance(undone, Outcome), (record, undone)
            assert self._meters() == before
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def try_anything(self, seed: int) -> None:
        self._typist(seed).try_anything(DOCUMENTS)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def change(self, seed: int) -> None:
        self._typist(seed).change(DOCUMENTS)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def undo(self, seed: int) -> None:
        self._typist(seed).undo(DOCUMENTS)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def throw_away(self, seed: int) -> None:
        self._typist(seed).throw_away(DOCUMENTS)
        self.office.assert_all_is_well()

    @rule(seed=SEED)
    def is_refused_without_a_trace(self, seed: int) -> None:
        """What is refused writes nothing, and its preview said so; what is done was possible."""
        typist = self._typist(seed)
        typist.do = self._previewed
        typist.change(DOCUMENTS)
        typist.try_anything(DOCUMENTS)
        typist.make(typist.chance.choice(DOCUMENTS))
        self.office.assert_all_is_well()

    def teardown(self) -> None:
        """Everything taken back, the newest steps first, leaves an empty book."""
        if getattr(self, "may_all", True):
            return
        standing, has_help = self._standing(), False
        while standing:
            answers = [self.office.done(Reverse(RecordRef(form, record), step)) for form, record, step in standing]
            left = self._standing()
            if len(left) == len(standing):
                # What was let go is promised again only where there are goods, and others may have had them since.
                assert not has_help, [answer for answer in answers if isinstance(answer, Refusal)]
                self.office.stock("5000", "M")
                has_help, left = True, self._standing()
            standing = left
        self.office.assert_all_is_well()
        assert {name: rows for name, rows in self._meters().items() if rows} == {}

    def _typist(self, seed: int, *, may_all: bool = True) -> Typist:
        typist = self.office.typist(seed, may_all=may_all and self.may_all)
        typist.done = self.done
        return typist

    def _meters(self) -> dict[str, Rows]:
        return books.shown_by_meters(self.office.database, self.office.schema, self.office.catalog)

    def _previewed(self, action: Action) -> Outcome | Refusal:
        before = books.contents(self.office.database, self.office.schema)
        seen = self.office.world.preview(action)
        answer = self.office.done(action)
        if isinstance(answer, Refusal):
            assert books.contents(self.office.database, self.office.schema) == before, (action, answer)
            assert answer.code in {told.code for told in seen.refusals}, (action, answer, seen.refusals)
        else:
            assert seen.is_possible, (action, seen.refusals)
        return answer

    def _standing(self) -> Sequence[tuple[str, int, int]]:
        return [
            (form, record, step)
            for form, record, step in self.office.world.ask(
                "SELECT form, record, id FROM onebook_step WHERE reverses IS NULL AND reversed_by IS NULL"
                " ORDER BY id DESC"
            )
        ]


@pytest.fixture(scope="module")
def office(published: tuple[Database, Company]) -> Office:
    database, company = published
    return Office(database, company.schema)


@pytest.mark.timeout(0)
def test_every_document_comes_to_its_effects(office: Office) -> None:
    """Whoever types from the declaration alone gets every document with effects into the book; all is well there."""
    office.empty()
    office.stock("500")
    typist = office.typist(1)
    missing = {name for name in DOCUMENTS if typist.effective(office.catalog.forms[name])}
    # Some need what others do: later rounds find it there.
    for _ in range(ROUNDS):
        for name in sorted(missing):
            for _ in range(TRIES):
                typist.bring_about(name)
                if any(typist.done[name, step] for step in typist.effective(office.catalog.forms[name])):
                    missing.remove(name)
                    break
            office.assert_all_is_well()
    assert missing == set(), [told for told in typist.told if told[0] in missing]


@pytest.mark.timeout(0)
def test_histories_of_all_documents(office: Office) -> None:
    class Here(AllDocuments):
        """In this office."""

    Here.office, Here.done = office, Counter()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=ASKED is None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
    print("steps taken:", dict(sorted(Counter(form for form, _ in Here.done.elements()).items())))
