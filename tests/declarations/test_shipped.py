"""What holds for every declaration that we ship."""

import re
from collections.abc import Iterator

import pytest

from onebook.definition.account import AccountRole
from onebook.definition.catalog import Catalog
from onebook.definition.check.fields import fields_of
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.model import Declared
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.definition.shipped import FURTHER, SHIPPED, all_apps
from onebook.definition.transition import Transition
from onebook.values.label import Label

CATALOG = Catalog.of(all_apps())
FORMS = list(CATALOG.forms.values())
TRANSITIONS = [(form, name, step) for form in FORMS for name, step in form.transitions.items()]
#: Everybody but the administrator, who may do everything anyway.
PEOPLE = [role for role in CATALOG.roles.values() if not role.everything]
CHINESE = re.compile(r"[\u4e00-\u9fff]")

forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.form)
transitions = pytest.mark.parametrize(
    ("form", "name", "step"), TRANSITIONS, ids=[f"{form.form}.{name}" for form, name, _ in TRANSITIONS]
)
accounts = pytest.mark.parametrize("account", CATALOG.accounts.values(), ids=lambda account: account.account)
reports = pytest.mark.parametrize("report", CATALOG.reports.values(), ids=lambda report: report.report)
roles = pytest.mark.parametrize("role", CATALOG.roles.values(), ids=lambda role: role.role)


def labels_of(value: object) -> Iterator[Label]:
    """Every label in a declaration."""
    if isinstance(value, Label):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from labels_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from labels_of(part)
    elif isinstance(value, Declared):
        for name in type(value).model_fields:
            yield from labels_of(getattr(value, name))


@pytest.mark.parametrize("app", all_apps(), ids=(*SHIPPED, *FURTHER))
def test_every_label_speaks_both_languages(app: object) -> None:
    for label in labels_of(app):
        assert CHINESE.search(label.chinese), label
        assert label.english != label.chinese, label
        assert not CHINESE.search(label.english), label


@pytest.mark.parametrize("count", range(1, len(SHIPPED) + len(FURTHER) + 1))
def test_apps_stand_with_what_they_need_and_nothing_more(count: int) -> None:
    catalog = Catalog.of(all_apps()[:count])
    assert catalog.forms


def test_the_order_of_apps_does_not_matter() -> None:
    assert Catalog.of(all_apps()[::-1]).version == CATALOG.version


@forms
def test_labels_within_a_form_differ(form: Form) -> None:
    for fields in (form.fields, *(field.fields or {} for field in form.line_fields.values())):
        for language in ("chinese", "english"):
            labels = [getattr(field.label, language) for field in fields.values()]
            assert len(labels) == len(set(labels)), labels


@forms
def test_every_typed_field_stands_on_the_page(form: Form) -> None:
    if form.sections:
        shown = {name for section in form.sections for name in section.fields}
        assert {name for name, field in form.fields.items() if field.is_typed} <= shown


@forms
def test_every_form_is_found_and_listed(form: Form) -> None:
    assert form.search or form.number or form.singleton
    assert form.list.columns or form.singleton
    assert len(form.list.columns) <= 10


@forms
def test_every_form_has_a_place_in_the_menu_and_somebody_who_fills_it(form: Form) -> None:
    assert form.form in {item.form for menu in CATALOG.menus.values() for item in menu.items}
    assert any(form.form in role.grants for role in PEOPLE)


@forms
def test_money_is_never_kept_as_a_plain_number(form: Form) -> None:
    for name, field in fields_of(form).items():
        if field.kind is FieldKind.NUMBER:
            assert field.scale == 0, name


@transitions
def test_every_step_can_be_undone_or_says_why_not(form: Form, name: str, step: Transition) -> None:
    if step.posts:
        assert step.irreversible or (step.reversed_to and not form.is_editable(step.reversed_to)), name


@transitions
def test_every_step_is_somebodys_right(form: Form, name: str, step: Transition) -> None:
    assert step.label
    assert any(name in role.grants_on(form.form).do or role.grants_on(form.form).do == "all" for role in PEOPLE)


@transitions
def test_what_settles_can_be_opened_again_by_its_reversal(form: Form, name: str, step: Transition) -> None:
    """A step that settles holds also posts: a promise comes true by a fact."""
    assert not step.settles or step.posts, f"{form.form}.{name}"


@accounts
def test_accounts_belong_to_the_official_subjects(account: AccountRole) -> None:
    subjects = {str(row["code"]) for data in CATALOG.data if data.data == "subject" for row in data.rows}
    assert len({code[:4] for code in subjects}) == 66
    if account.subject and "." in account.subject:
        # What a dimension points to says it: a text that is a subject's code, its own or one that it looks up.
        dimension, _, name = account.subject.partition(".")
        form = CATALOG.forms[account.dimensions[dimension]]  # type: ignore[index]
        assert form.form == "subject" or form.fields[name].formula == "subject.code"
    else:
        assert account.subject in subjects


@accounts
def test_kept_accounts_with_documents_are_shown_on_them(account: AccountRole) -> None:
    if account.kept and "document" in account.dimensions:
        assert CATALOG.account_meters(account.account)


@forms
def test_holds_are_shown_and_can_be_let_go(form: Form) -> None:
    holds = CATALOG.holds(form.form)
    for name in holds:
        assert CATALOG.hold_meters(form.form, name), name
        assert any(step.releases == "all" or name in step.releases for step in form.transitions.values()), name
        settled = [settle.hold for other in FORMS for step in other.transitions.values() for settle in step.settles]
        assert name in settled


@reports
def test_every_report_shows_something_and_has_readers(report: Report) -> None:
    assert report.columns
    assert report.rows or report.lines or report.source == "entries"
    tiles = [tile for dashboard in CATALOG.dashboards.values() for tile in dashboard.tiles]
    shown = {item.report for menu in CATALOG.menus.values() for item in menu.items} | {tile.report for tile in tiles}
    assert report.report in shown | {metric.report for metric in CATALOG.metrics.values()}
    assert any(report.report in role.reports for role in PEOPLE if role.reports != "all")


@roles
def test_readers_of_a_report_may_read_what_it_is_made_of(role: Role) -> None:
    for name in CATALOG.reports if role.reports == "all" else role.reports:
        report = CATALOG.reports[name]
        if report.source in ("records", "subjects", "metrics"):
            assert role.grants_on(report.of.partition(".")[0]).read != "FALSE", name
        else:
            for form in CATALOG.accounts[report.of].dimensions.values():
                assert role.grants_on(form).read != "FALSE", (name, form)


@roles
def test_roles_that_write_may_read(role: Role) -> None:
    for form, grant in role.grants.items():
        writes = {grant.create, grant.update, grant.delete} != {"FALSE"} or grant.do or grant.reverse
        assert not writes or grant.read != "FALSE", form


@roles
def test_links_that_a_role_types_lead_to_what_it_may_read(role: Role) -> None:
    for form, grant in role.grants.items():
        if grant.create == "FALSE":
            continue
        for name, field in fields_of(CATALOG.forms[form]).items():
            if field.to and field.is_typed and name not in (*grant.hide, *grant.read_only):
                target = field.to.partition(".")[0]
                assert role.grants_on(target).read != "FALSE", f"{form}.{name} → {target}"


def test_salespeople_never_see_cost() -> None:
    for name in ("salesperson", "sales_manager"):
        role = CATALOG.roles[name]
        assert "purchase_price" in role.grants["product"].hide
        for report in role.reports:
            hidden = role.hide_columns.get(report, ())
            texts = [column.shows for key, column in CATALOG.reports[report].columns.items() if key not in hidden]
            cost = CATALOG.reports[report].source != "records" and CATALOG.reports[report].of == "on_hand"
            assert not (cost and any("amount" in text for text in texts)), report


def test_units_are_exact_ratios() -> None:
    fields = CATALOG.fields("product", "units")
    assert {fields[name].scale for name in ("numerator", "denominator")} == {0}
