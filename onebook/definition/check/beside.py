"""Checks of figures beside a form: accounts that keep a balance, and latest values that the database can look up."""

from onebook.definition.beside import Beside
from onebook.definition.check.calls import check_account
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.expression.tree import Expression
from onebook.expression.types import CELLS, Kind, joined


def check_beside(declared: Declarations, form: Form, subject: Subject) -> None:
    """Every figure of a form."""
    for name, figure in form.beside.items():
        at = subject.at("beside", name)
        if figure.each is not None and figure.each not in form.line_fields:
            at.at("each").wrong("unknown_lines", figure.each)
        elif (figure.balance is None) == (figure.latest is None):
            at.wrong("one_figure", name)
        elif figure.balance is not None:
            _check_balance(declared, form, figure, figure.balance, at)
        elif figure.latest is not None:
            _check_latest(declared, form, figure, figure.latest, at)


def _check_balance(declared: Declarations, form: Form, figure: Beside, text: str, at: Subject) -> None:
    for name in ("of", "where", "same"):
        if getattr(figure, name):
            at.at(name).wrong("not_with_balance", name)
    if figure.shows is None:
        at.at("shows").wrong("shows_missing", text)
    call = check_account(declared, form, text, figure.each, at.at("balance"))
    if call is None:
        return
    if not call.role.kept:
        at.at("balance").wrong("beside_summed", call.role.account)
    if figure.shows == "quantity" and call.role.measures == "amount":
        at.at("shows").wrong("no_quantity", call.role.account)
    if figure.shows == "headroom" and not any(limit.at_most for limit in call.role.limits):
        at.at("shows").wrong("no_upper_limit", call.role.account)


def _check_latest(declared: Declarations, form: Form, figure: Beside, latest: str, at: Subject) -> None:
    if figure.shows is not None:
        at.at("shows").wrong("not_with_latest", figure.shows)
    target, _, lines = (figure.of or "").partition(".")
    if target not in declared.forms:
        at.at("of").wrong("unknown_form", figure.of or "")
        return
    if lines and lines not in declared.forms[target].line_fields:
        at.at("of").wrong("unknown_lines", lines)
        return
    if not figure.same:
        at.at("same").wrong("same_missing", figure.of)

    def theirs(text: str, place: Subject, kind: Kind | None = None) -> Expression | None:
        found = place.attempt(declared.formula, text, target, lines or None, kind)
        return found and place.attempt(lower_dry, found)

    value = theirs(latest, at.at("latest"))
    if value is not None and value.type.kind not in CELLS:
        at.at("latest").wrong("not_a_value", latest)
    if figure.where is not None:
        theirs(figure.where, at.at("where"), Kind.FLAG)
    for key, text in figure.same.items():
        place = at.at("same", key)
        one = theirs(key, place)
        other = place.attempt(declared.formula, text, form.form, figure.each)
        if one is not None and other is not None and joined(one.type, other.type) is None:
            place.wrong("same_differs", f"{one.type} ≠ {other.type}")
