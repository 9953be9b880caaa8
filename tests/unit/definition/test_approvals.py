"""Approvals that cannot work are refused before anybody waits for them."""

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal

APP = """
app: a
label: a
version: 1
---
form: department
label: d
kind: master
title: name
fields: {name: {kind: text, required: true, label: n}}
---
form: user
label: u
kind: master
title: name
fields:
  name: {kind: text, required: true, label: n}
  department: {kind: link, to: department, label: d}
---
role: director
label: r
---
form: paper
label: p
kind: document
number: "P{seq:4}"
fields:
  amount: {kind: money, label: a}
  owner: {kind: link, to: user, label: o}
states: {draft: d, done: e}
transitions:
  finish:
    label: f
    from: draft
    to: done
    approval:
      when: amount > 10
      meanwhile: finish
      steps:
        - {step: one, label: a, by: {role: director}, within: 4, then: pass}
        - step: two
          label: b
          branches:
            - [{step: three, label: c, by: {person: owner}}]
            - [{step: four, label: d, table: [{when: amount > 20, by: {head_of: owner.department}}]}]
"""

BROKEN = [
    ("when: amount > 10", "when: amount", "expression.wrong_type", "approval.when"),
    ("meanwhile: finish", "meanwhile: other", "definition.unknown_transition", "approval.meanwhile.0"),
    ("role: director}, within", "role: boss}, within", "definition.unknown_role", "approval.steps.0.by.0.role"),
    (
        "by: {role: director}",
        "by: {role: director, superior: 1}",
        "definition.approver_one_way",
        "approval.steps.0.by.0",
    ),
    ("by: {role: director}, ", "", "definition.approval_asks_nobody", "approval.steps.0"),
    ("within: 4, then: pass", "then: pass", "definition.approval_without_limit", "approval.steps.0.then"),
    (
        "label: b\n",
        "label: b\n          by: {role: director}\n",
        "definition.approval_branches_ask",
        "approval.steps.1",
    ),
    ("step: four", "step: one", "definition.declared_twice", "approval.steps.1.branches.1.0"),
    (
        "person: owner}",
        "person: owner.department}",
        "definition.other_link",
        "approval.steps.1.branches.0.0.by.0.person",
    ),
    ("amount > 20", "amont > 20", "expression.unknown_name", "approval.steps.1.branches.1.0.table.0.when"),
    (
        "label: f\n",
        "label: f\n    irreversible: n\n    reopens: TODAY()\n    entries: [{amount: amount, debit: a, credit: b}]\n",
        "definition.approval_draws",
        "approval",
    ),
    (
        "label: f\n",
        "label: f\n    edits: [amount]\n    draws: [{report: r, sets: {amount: total}}]\n",
        "definition.approval_draws",
        "approval",
    ),
]


def test_the_sound_one_passes() -> None:
    assert Catalog.of([read_text(APP)]).forms["paper"].transitions["finish"].approval is not None


@pytest.mark.parametrize(("old", "new", "code", "place"), BROKEN)
def test_what_cannot_work_is_told_where_it_stands(old: str, new: str, code: str, place: str) -> None:
    assert APP.count(old) == 1
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(APP.replace(old, new))])
    assert (code, f"form paper: transitions.finish.{place}") in {
        (one.code, one.field) for one in refused.value.problems
    }  # fmt: skip
