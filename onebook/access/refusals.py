"""What access refuses: wrong passwords, sessions that ended, requests of other sites, people who are not members."""

from onebook.values.refusal import Refusal, Status


class WrongPassword(Refusal):
    """No such login, or not its password: which of the two is nobody's business."""

    code = "access.wrong_password"
    status = Status.UNAUTHENTICATED


class TooManyAttempts(Refusal):
    """Too many failures from this name or address; it opens again in `seconds` (`minutes`, rounded up)."""

    code = "access.too_many_attempts"
    status = Status.TOO_MANY


class NotSignedIn(Refusal):
    """No session, or one that ended by idleness, age, log-out or revocation."""

    code = "access.not_signed_in"
    status = Status.UNAUTHENTICATED


class WrongToken(Refusal):
    """An unsafe request without the token of its session."""

    code = "access.wrong_token"
    status = Status.FORBIDDEN


class ForeignOrigin(Refusal):
    """An unsafe request that another site sent (`origin`)."""

    code = "access.foreign_origin"
    status = Status.FORBIDDEN


class NotAMember(Refusal):
    """The login has no active user record in the company."""

    code = "access.not_a_member"
    status = Status.FORBIDDEN


class NoCompany(Refusal):
    """The session has no company: the login is a member of none."""

    code = "access.no_company"
    status = Status.FORBIDDEN


class LoginExists(Refusal):
    """The login name is taken."""

    code = "access.login_exists"
    status = Status.CONFLICT


class NoSuchLogin(Refusal):
    """There is no login of this name."""

    code = "access.no_such_login"
    status = Status.NOT_FOUND


class BadLoginName(Refusal):
    """A login name has 1 to 100 visible characters and no spaces."""

    code = "access.bad_login_name"
    status = Status.INVALID
