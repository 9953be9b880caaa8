"""Sessions: opened by a password, ended by idleness, age, log-out and revocation; guessing is slowed down."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from onebook.access.attempts import PER_ADDRESS, PER_NAME
from onebook.access.logins import create_login, disable_login, join_company, leave_company, set_password
from onebook.access.passwords import PasswordTooWeak
from onebook.access.refusals import (
    BadLoginName,
    LoginExists,
    NoCompany,
    NoSuchLogin,
    NotAMember,
    NotSignedIn,
    TooManyAttempts,
    WrongPassword,
)
from onebook.storage.schema import PLATFORM
from tests.unit.access.conftest import PASSWORD, Office


def test_the_right_password_opens_a_session(office: Office) -> None:
    name = office.login()
    user = office.user(name, roles=("clerk",))
    token, session = office.sessions.open(name, PASSWORD, "10.0.0.1")
    found, actor = office.sessions.enter(token)
    assert found == session
    assert (session.name, session.company and session.company.schema) == (name, office.company.schema)
    assert (actor.id, set(actor.roles)) == (user, {"clerk"})


def test_the_token_is_not_stored(office: Office) -> None:
    token, session = office.sessions.open(office.login(), PASSWORD, "10.0.0.1")
    with office.database.administration() as connection:
        stored = connection.execute(
            "SELECT s::text FROM onebook.session s WHERE token_hash = %s", (session.token_hash,)
        )
        row = stored.fetchone()
    assert row is not None
    assert token not in row[0]


@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 5000, "\ud800", "a\0b"])
def test_other_tokens_open_nothing(office: Office, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        office.sessions.find(token)


@pytest.mark.parametrize("ending", [
    "UPDATE onebook.session SET expires_at = now()",
    "UPDATE onebook.session SET seen_at = now() - interval '31 minutes'",
    "UPDATE onebook.login SET disabled_at = now()",
])  # fmt: skip
def test_age_idleness_and_disabling_end_a_session(office: Office, ending: str) -> None:
    token, _ = office.sessions.open(office.login(), PASSWORD, "10.0.0.1")
    office.administer(ending)
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            office.sessions.find(token)


def test_using_a_session_keeps_it_awake(office: Office) -> None:
    token, _ = office.sessions.open(office.login(), PASSWORD, "10.0.0.1")
    for _ in range(3):
        office.administer("UPDATE onebook.session SET seen_at = seen_at - interval '20 minutes'")
        office.sessions.find(token)
    office.administer("UPDATE onebook.session SET expires_at = now()")
    with pytest.raises(NotSignedIn):
        office.sessions.find(token)


def test_log_out_ends_this_session_and_no_other(office: Office) -> None:
    name = office.login()
    first, session = office.sessions.open(name, PASSWORD, "10.0.0.1")
    second, _ = office.sessions.open(name, PASSWORD, "10.0.0.1")
    assert first != second
    office.sessions.close(session)
    with pytest.raises(NotSignedIn):
        office.sessions.find(first)
    assert office.sessions.find(second).name == name


def test_a_new_password_ends_the_other_sessions(office: Office) -> None:
    name = office.login()
    first, _ = office.sessions.open(name, PASSWORD, "10.0.0.1")
    second, session = office.sessions.open(name, PASSWORD, "10.0.0.1")
    with pytest.raises(WrongPassword):
        office.sessions.change_password(session, "wrong", "another password", "10.0.0.1")
    with pytest.raises(PasswordTooWeak):
        office.sessions.change_password(session, PASSWORD, "12345678", "10.0.0.1")
    office.sessions.change_password(session, PASSWORD, "another password", "10.0.0.1")
    with pytest.raises(NotSignedIn):
        office.sessions.find(first)
    assert office.sessions.find(second).name == name
    with pytest.raises(WrongPassword):
        office.sessions.open(name, PASSWORD, "10.0.0.1")
    office.sessions.open(name, "another password", "10.0.0.1")


def test_guessing_locks_the_name_known_or_not(office: Office) -> None:
    known, unknown = office.login(), "nobody at all"
    for name in (known, unknown):
        answers: list[type[Exception]] = []
        for _ in range(PER_NAME + 2):
            with pytest.raises((WrongPassword, TooManyAttempts)) as refused:
                office.sessions.open(name, "a wrong guess", f"10.9.0.{len(answers)}")
            answers.append(type(refused.value))
        assert answers == [WrongPassword] * PER_NAME + [TooManyAttempts] * 2
    with pytest.raises(TooManyAttempts) as refused:
        office.sessions.open(known, PASSWORD, "10.9.1.1")
    assert 0 < int(str(refused.value.data["seconds"])) <= 15 * 60
    office.administer("UPDATE onebook.login_attempt SET at = at - interval '15 minutes'")
    office.sessions.open(known, PASSWORD, "10.9.1.1")


def test_parallel_guesses_are_all_counted(office: Office) -> None:
    name = office.login()

    def guess(number: int) -> type[Exception]:
        try:
            office.sessions.open(name, f"guess number {number}", "10.8.0.1")
        except (WrongPassword, TooManyAttempts) as refused:
            return type(refused)
        raise AssertionError("a guess was right")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(WrongPassword) == PER_NAME


def test_an_address_that_tries_many_names_is_locked(office: Office) -> None:
    with office.database.administration() as connection:
        connection.execute(
            "INSERT INTO onebook.login_attempt (name, address) "
            "SELECT 'name' || n, '10.7.0.1' FROM generate_series(1, %s) n",
            (PER_ADDRESS,),
        )
    name = office.login()
    with pytest.raises(TooManyAttempts):
        office.sessions.open(name, PASSWORD, "10.7.0.1")
    office.sessions.open(name, PASSWORD, "10.7.0.2")


def test_a_login_works_in_the_companies_it_is_a_member_of(office: Office, branch: Office) -> None:
    name = office.login()
    here = office.user(name)
    token, session = office.sessions.open(name, PASSWORD, "10.0.0.1")
    with pytest.raises(NotAMember):
        office.sessions.choose(session, branch.company.id)
    with pytest.raises(NotAMember):
        office.sessions.choose(session, 2**62)
    with office.database.transaction(PLATFORM) as transaction:
        join_company(transaction, name, branch.company.id)
        transaction.commit()
    office.sessions.choose(session, branch.company.id)
    with pytest.raises(NotAMember):
        office.sessions.enter(token)
    there = branch.user(name, roles=("boss",))
    _, actor = office.sessions.enter(token)
    assert (actor.id, set(actor.roles)) == (there, {"boss"})
    assert [company.id for company in office.sessions.companies(session)] == [branch.company.id, office.company.id]
    office.sessions.choose(session, office.company.id)
    assert office.sessions.enter(token)[1].id == here


def test_leaving_a_company_counts_at_once(office: Office) -> None:
    name = office.login()
    office.user(name)
    token, _ = office.sessions.open(name, PASSWORD, "10.0.0.1")
    with office.database.transaction(PLATFORM) as transaction:
        leave_company(transaction, name, office.company.id)
        transaction.commit()
    with pytest.raises(NoCompany):
        office.sessions.enter(token)


def test_a_disabled_login_or_user_is_out_at_once(office: Office) -> None:
    name = office.login()
    office.user(name)
    token, _ = office.sessions.open(name, PASSWORD, "10.0.0.1")
    office.administer('UPDATE "user" SET active = false WHERE login = %s', name)
    with pytest.raises(NotAMember):
        office.sessions.enter(token)
    with office.database.transaction(PLATFORM) as transaction:
        disable_login(transaction, name)
        transaction.commit()
    with pytest.raises(NotSignedIn):
        office.sessions.enter(token)
    with pytest.raises(WrongPassword):
        office.sessions.open(name, PASSWORD, "10.0.0.1")


def test_logins_are_unique_and_named_sensibly(office: Office) -> None:
    name = office.login()
    with office.database.transaction(PLATFORM) as transaction:
        with pytest.raises(LoginExists):
            create_login(transaction, name, PASSWORD)
        for bad in ("", "two words", "a\nb", "x" * 101):
            with pytest.raises(BadLoginName):
                create_login(transaction, bad, PASSWORD)
        with pytest.raises(NoSuchLogin):
            set_password(transaction, "nobody", PASSWORD)


def test_an_administrators_new_password_ends_all_sessions(office: Office) -> None:
    name = office.login()
    token, _ = office.sessions.open(name, PASSWORD, "10.0.0.1")
    with office.database.transaction(PLATFORM) as transaction:
        set_password(transaction, name, "another password")
        transaction.commit()
    with pytest.raises(NotSignedIn):
        office.sessions.find(token)
    office.sessions.open(name, "another password", "10.0.0.1")


def test_the_csrf_token_belongs_to_the_session(office: Office) -> None:
    name = office.login()
    _, first = office.sessions.open(name, PASSWORD, "10.0.0.1")
    _, second = office.sessions.open(name, PASSWORD, "10.0.0.1")
    assert first.has_token(first.csrf)
    for other in (second.csrf, "", "\ud800", first.csrf[:-1]):
        assert not first.has_token(other)
