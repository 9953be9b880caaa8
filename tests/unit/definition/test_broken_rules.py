"""Broken rules, one by one: each is refused with its reason, at its place; what may turn in circles is told."""

from pathlib import Path

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.rules import circles
from onebook.definition.texts import BraceLoose, Said, parts
from onebook.locale.texts import problem_text

TEXT = (Path(__file__).parents[2] / "data" / "rules.yaml").read_text("utf-8")
#: One rule behind everything that is right, and what is wrong with it: (the rule, its path, the code).
BROKEN = [
    ("form: nothing\non: {created: true}\ndo: {set: {about: name}}", "form", "unknown_form"),
    ("form: job\non: {}\ndo: {set: {size: 1}}", "on", "one_trigger"),
    ("form: job\non: {created: true, transition: begin}\ndo: {set: {size: 1}}", "on", "one_trigger"),
    ("form: job\non: {changed: nothing}\ndo: {set: {size: 1}}", "on.changed.0", "unknown_field"),
    ("form: job\non: {changed: lines.nothing}\ndo: {set: {size: 1}}", "on.changed.0", "unknown_field"),
    ("form: job\non: {transition: nothing}\ndo: {set: {size: 1}}", "on.transition", "unknown_transition"),
    ("form: job\non: {reversed: nothing}\ndo: {set: {size: 1}}", "on.reversed", "unknown_transition"),
    ("form: part\non: {balance: stock(keeper)}\ndo: {set: {least: 1}}", "on.balance", "balance_of_whom"),
    ("form: part\non: {balance: bought(id)}\ndo: {set: {least: 1}}", "on.balance", "not_kept"),
    ("form: job\non: {date: size}\ndo: {set: {size: 1}}", "on.date", "expression.wrong_type"),
    ("form: job\non: {webhook: x}\ndo: {set: {size: 1}}", "on.takes", "takes_nothing"),
    ("form: wish\non: {webhook: x, takes: [phone]}\ndo: {set: {seen: true}}", "on.takes", "field_forgotten"),
    ("form: wish\non: {webhook: x, takes: [name, nothing]}\ndo: {set: {seen: true}}", "on.takes.1", "unknown_field"),
    ("form: job\non: {submitted: true, takes: [part]}\ndo: {set: {size: 1}}", "on.takes.0", "not_typed"),
    ("form: job\non: {created: true, takes: [size]}\ndo: {set: {size: 1}}", "on.takes", "nothing_comes_in"),
    ("form: job\non: {created: true}\nwhen: nothing > 1\ndo: {set: {size: 1}}", "when", "expression.unknown_name"),
    ("form: job\non: {created: true}\nwhen: size + 1\ndo: {set: {size: 1}}", "when", "expression.wrong_type"),
    ("form: job\non: {changed: size}\nwhen: OLD(size) > 1\ndo: {set: {echo: 1}}", "when", "old_is_gone"),
    (
        'form: job\non: {created: true}\nwhen: PINYIN(about) = "X"\ndo: {set: {size: 1}}',
        "when",
        "expression.not_in_sql",
    ),
    ("form: job\non: {daily: '08:00'}\nphase: before\nrefuse: no", "on", "before_of_what"),
    ("form: job\non: {created: true}\nphase: before", "refuse", "refuses_or_asks"),
    ("form: job\non: {created: true}\nphase: before\nrefuse: no\ndo: {set: {size: 1}}", "do", "before_does_nothing"),
    ("form: job\non: {created: true}\nphase: before\nrefuse: no\nonce: day", "once", "before_every_time"),
    (
        "form: job\non: {created: true}\nphase: before\nask: [{step: a, label: a, by: {role: boss}}]",
        "ask",
        "asks_of_a_step",
    ),
    (
        "form: job\non: {transition: begin}\nphase: before\nask: [{step: a, label: a, by: {role: nothing}}]",
        "ask.0.by.0.role",
        "unknown_role",
    ),
    ('form: job\non: {transition: equip}\nphase: before\nwhen: part.name = "x"\nrefuse: no', "when", "behind_made"),
    (
        "form: job\non: {transition: equip}\nphase: before\nask: [{step: a, label: a, by: {person: part.keeper}}]",
        "ask.0.by",
        "behind_made",
    ),
    ("form: job\non: {created: true}\nrefuse: no\ndo: {set: {size: 1}}", "phase", "too_late_to_refuse"),
    ("form: job\non: {created: true}", "do", "does_nothing"),
    ("form: job\non: {created: true}\nonce: episode\ndo: {set: {size: 1}}", "once", "no_episode"),
    ("form: job\non: {date: due}\nonce: day\ndo: {set: {size: 1}}", "once", "once_for_each_date"),
    ("form: job\non: {created: true}\ndo: {set: {size: 1}, run: begin}", "do.0", "one_consequence"),
    ("form: job\non: {created: true}\ndo: {create: {form: nothing}}", "do.0.create.form", "unknown_form"),
    ("form: job\non: {created: true}\ndo: {create: {form: wish}}", "do.0.create.fields", "field_forgotten"),
    (
        "form: job\non: {created: true}\ndo: {create: {form: job, then: nothing}}",
        "do.0.create.then",
        "unknown_transition",
    ),
    (
        "form: job\non: {created: true}\ndo: {create: {form: job, lines: {lines: {each: rows, fields: {}}}}}",
        "do.0.create.lines.lines.each",
        "unknown_lines",
    ),
    ("form: job\non: {created: true}\ndo: {set: {twice: 1}}", "do.0.set.twice", "not_typed"),
    ("form: job\non: {created: true}\ndo: {set: {nothing: 1}}", "do.0.set.nothing", "unknown_field"),
    ("form: job\non: {created: true}\ndo: {set: {size: about}}", "do.0.set.size", "expression.wrong_type"),
    ("form: job\non: {created: true}\ndo: {set: {part: hand}}", "do.0.set.part", "link_elsewhere"),
    ("form: job\non: {created: true}\ndo: {run: nothing}", "do.0.run", "unknown_transition"),
    ("form: job\non: {created: true}\ndo: {run: begin, of: part}", "do.0.run", "unknown_transition"),
    ("form: job\non: {created: true}\ndo: {tag: {about: about}}", "do.0.tag.about", "not_tags"),
    ("form: job\non: {created: true}\ndo: {assign: {part: {role: boss}}}", "do.0.assign.part", "not_a_person"),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {role: nobody}, text: x}}",
        "do.0.notify.to.0.role",
        "unknown_role",
    ),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {role: boss, superior: 1}, text: x}}",
        "do.0.notify.to.0",
        "one_way_to_people",
    ),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {person: part}, text: x}}",
        "do.0.notify.to.0.person",
        "link_elsewhere",
    ),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {role: boss}, text: '{part}'}}",
        "do.0.notify.text",
        "not_words",
    ),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {role: boss}, text: 'a {number'}}",
        "do.0.notify.text",
        "expression.brace_loose",
    ),
    (
        "form: job\non: {created: true}\ndo: {notify: {to: {role: boss}, text: '{nothing}'}}",
        "do.0.notify.text",
        "expression.unknown_name",
    ),
    ("form: job\non: {created: true}\ndo: {send: {channel: sms, to: about}}", "do.0.send.text", "text_or_template"),
    (
        "form: job\non: {created: true}\ndo: {send: {channel: sms, to: about, template: nothing}}",
        "do.0.send.template",
        "unknown_template",
    ),
    ("form: job\non: {changed: size}\ndo: {set: {size: size + 1}}", "on", "rules_in_a_circle"),
]


@pytest.mark.parametrize(("rule", "path", "code"), BROKEN)
def test_a_broken_rule_is_refused_with_its_reason(rule: str, path: str, code: str) -> None:
    full = code if code.startswith("expression.") else f"definition.{code}"
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(f"{TEXT}---\nrule: broken\nlabel: 坏 | Broken\n{rule}\n")])
    found = [(problem.field, problem.code) for problem in refused.value.problems]
    assert (f"rule broken: {path}", full) in found
    for problem in refused.value.problems:
        for language in ("zh-CN", "en"):
            assert problem_text(problem, language) != problem.code


def test_rules_that_a_condition_ends_may_turn_in_circles_and_are_named() -> None:
    assert circles(Catalog.of([read_text(TEXT)])) == [("ping", "pong"), ("resized", "ping")]


@pytest.mark.parametrize("text", ["<b>now</b>", "see <a href=x>", "</p>", "<!-- a -->", "<script>alert(1)</script>"])
def test_a_template_is_words_and_no_markup(text: str) -> None:
    declared = f"{TEXT}---\ntemplate: t\nlabel: t\nform: job\ntext: '{text}'\n"
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(declared)])
    assert [(one.field, one.code) for one in refused.value.problems] == [("template t: text", "definition.markup")]
    Catalog.of([read_text(declared.replace(text, "2 < 3 <- 4 < b"))])


def test_a_template_says_only_what_its_form_has() -> None:
    with pytest.raises(DefinitionRefusal) as refused:
        Catalog.of([read_text(f"{TEXT}---\ntemplate: t\nlabel: t\nform: job\ntext: 'dear {{nobody}} }}'\n")])
    assert [(one.field, one.code) for one in refused.value.problems] == [("template t: text", "expression.brace_loose")]


def test_texts_are_words_and_formulas() -> None:
    assert parts('a {{b}} {customer.name} {IF(x, "}", "{")}') == (
        "a ", "{", "b", "}", " ", Said("customer.name"), " ", Said('IF(x, "}", "{")'),
    )  # fmt: skip
    for wrong in ("{", "}", "{}", "a { b", "{a{b}}"):
        with pytest.raises(BraceLoose):
            parts(wrong)
