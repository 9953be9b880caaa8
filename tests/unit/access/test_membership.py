"""Who an actor is: departments below for those who manage them, colleagues, language."""

import pytest

from onebook.access.actor import Actor
from onebook.access.membership import load_actor
from onebook.access.refusals import NotAMember
from onebook.values.label import CHINESE, ENGLISH
from tests.unit.access.conftest import Office


def _actor(office: Office, login: str) -> Actor:
    with office.database.transaction(office.company.schema, read_only=True) as transaction:
        return load_actor(transaction, login)


def test_a_clerk_has_their_own_department_and_its_people(office: Office) -> None:
    sales = office.department("sales")
    south = office.department("south", parent=sales)
    li, wang, zhao = (office.user(name, department=sales) for name in ("li", "wang", "zhao"))
    office.user("south clerk", department=south)
    actor = _actor(office, "li")
    assert (actor.id, actor.department, actor.departments) == (li, sales, frozenset({sales}))
    assert actor.colleagues == {li, wang, zhao}


def test_a_manager_has_everything_below_even_in_a_circle(office: Office) -> None:
    boss = office.user("boss")
    top = office.department("top", manager=boss)
    middle = office.department("middle", parent=top)
    low = office.department("low", parent=middle)
    office.administer("UPDATE department SET parent_department = %s WHERE id = %s", low, top)
    office.administer('UPDATE "user" SET department = %s WHERE id = %s', top, boss)
    clerk = office.user("clerk", department=low)
    other = office.user("other", department=office.department("elsewhere"))
    actor = _actor(office, "boss")
    assert actor.departments == {top, middle, low}
    assert actor.colleagues == {boss, clerk}
    assert other not in actor.colleagues


def test_somebody_without_department_is_their_own_colleague(office: Office) -> None:
    number = office.user("freelancer")
    actor = _actor(office, "freelancer")
    assert (actor.department, len(actor.departments), set(actor.colleagues)) == (None, 0, {number})


@pytest.mark.parametrize(
    ("stored", "language"), [("en", ENGLISH), ("en-GB", ENGLISH), ("zh-CN", CHINESE), ("", CHINESE)]
)
def test_the_language_is_one_of_ours(office: Office, stored: str, language: str) -> None:
    office.user("reader", language=stored)
    assert _actor(office, "reader").language == language


def test_strangers_disabled_and_binned_users_are_no_members(office: Office) -> None:
    office.user("gone")
    office.user("off", active=False)
    office.administer("""UPDATE "user" SET deleted_at = now() WHERE login = 'gone'""")
    for login in ("gone", "off", "never", "' OR 1=1 --"):
        with pytest.raises(NotAMember):
            _actor(office, login)


def test_binned_departments_and_colleagues_do_not_count(office: Office) -> None:
    boss = office.user("boss")
    top = office.department("top", manager=boss)
    gone = office.department("gone", parent=top)
    office.user("left", department=top)
    office.administer("UPDATE department SET deleted_at = now() WHERE id = %s", gone)
    office.administer("""UPDATE "user" SET deleted_at = now() WHERE login = 'left'""")
    actor = _actor(office, "boss")
    assert (set(actor.departments), set(actor.colleagues)) == ({top}, {boss})
