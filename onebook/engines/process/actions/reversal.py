"""Reversal: the exact inverse of a step, or of a whole chain of documents, the newest first, in one transaction."""

from dataclasses import dataclass, field

from onebook.engines.process.actions.seen import require_seen
from onebook.engines.process.actions.undoing import Undoing
from onebook.engines.process.command import Reverse
from onebook.engines.process.keeping.steps import Step
from onebook.engines.process.keeping.wanted import Sent
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import Busy, HasFollowers, LaterStep
from onebook.engines.process.road import Road
from onebook.ledger.lock import taken
from onebook.ledger.post import totals
from onebook.ledger.posting import Posting
from onebook.storage.transaction import Statement
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem

#: Longer chains than this are not one mistake but many; they are taken back piece by piece.
LONGEST_CHAIN = 500


def reverse(road: Road, action: Reverse) -> Outcome:
    """Take a step back, and with `followers` everything that stands on it. Refuses with what stands on it otherwise."""
    undoing = Undoing(road, action.record, action.step)
    earlier = road.begin(*undoing.wanted())
    if earlier is not None:
        return earlier
    undoing.read()
    require_seen(road, action.record, action.version, undoing.version)
    chain = _Chain(road)
    if undoing.blockers:
        if not action.followers:
            _refuse(road, undoing)
        chain.lock(undoing)
        undoing = chain.freed(undoing)
    return chain.end(undoing)


@dataclass(slots=True)
class _Chain:
    """Reversals of one command, in the order in which they happen."""

    road: Road
    undone: list[tuple[RecordRef, str]] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)

    def lock(self, undoing: Undoing) -> None:
        """Lock the accounts of everything that is to be taken back, before any record is: each of its reversals locks
        records, and others that want those may hold accounts of the next."""
        requests = [one.request for one in self._all(undoing) if one.request is not None]
        self.road.gather(Sent(taken(requests, self.road.ground.roles)))

    def _all(self, undoing: Undoing) -> list[Undoing]:
        """A step and everything that stands on it, as it is now."""
        known = {undoing.target.id: undoing}
        found = [undoing]
        for one in found:
            if len(found) > LONGEST_CHAIN:
                raise Busy
            for blocker in one.blockers:
                if blocker.id not in known:
                    known[blocker.id] = below = Undoing(self.road, RecordRef(blocker.form, blocker.record), blocker.id)
                    self.road.gather(*below.wanted())
                    below.read()
                    found.append(below)
        return found

    def freed(self, undoing: Undoing) -> Undoing:
        """Take back whatever stands on a step; the step itself, read anew, is next."""
        if len(self.undone) > LONGEST_CHAIN:
            raise Busy
        for blocker in undoing.blockers:
            if (RecordRef(blocker.form, blocker.record), blocker.transition) not in self.undone:
                self._undo(blocker)
        again = Undoing(self.road, undoing.record, undoing.target.id)
        self.road.gather(*again.wanted())
        again.read()
        return again

    def end(self, undoing: Undoing) -> Outcome:
        """The step that was asked for: the last one, written with the commit."""
        statements = [*self._statements(undoing), *totals(*self.postings)]
        if self.road.is_preview and (tried := undoing.tried()):
            self.road.transaction.run(*tried)
        self.undone.append((undoing.record, undoing.target.transition))
        outcome = Outcome(
            record=undoing.record,
            version=undoing.version,
            state=undoing.state,
            number=undoing.number,
            journal=undoing.journal,
            undone=tuple(self.undone),
        )
        return self.road.end(outcome, statements)

    def _undo(self, step: Step) -> None:
        undoing = Undoing(self.road, RecordRef(step.form, step.record), step.id)
        self.road.gather(*undoing.wanted())
        if not undoing.read():
            return
        if undoing.blockers:
            undoing = self.freed(undoing)
        statements = self._statements(undoing)
        self.road.transaction.run(*statements)
        self.undone.append((undoing.record, undoing.target.transition))

    def _statements(self, undoing: Undoing) -> list[Statement]:
        self.road.gather(*undoing.locks())
        undoing.decide()
        if undoing.posting is not None:
            self.postings.append(undoing.posting)
        return undoing.statements()


def _refuse(road: Road, undoing: Undoing) -> None:
    """Name what stands on the step."""
    forms = road.ground.catalog.forms
    own = [step for step in undoing.blockers if step.record == undoing.record.id]
    if own:
        later = forms[own[0].form].transitions[own[0].transition].label
        raise LaterStep(later=later, record=undoing.label)
    followers = [RecordRef(step.form, step.record) for step in undoing.blockers]
    titles = road.ground.reader(road.actor, road.now).titles(road.transaction, followers)
    problems = [
        Problem(
            "process.follower",
            data={
                "form": step.form,
                "id": step.record,
                "label": forms[step.form].label,
                "number": titles.get(record) or record.id,
                "transition": forms[step.form].transitions[step.transition].label,
            },
        )
        for record, step in zip(followers, undoing.blockers, strict=True)
    ]
    raise HasFollowers(problems, record=undoing.label, followers=[problem.data["number"] for problem in problems])
