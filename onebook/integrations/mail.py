"""E-mail by SMTP: with TLS from the first byte or from STARTTLS on, as text and as HTML in which nothing is markup."""

import smtplib
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from mimetypes import guess_type
from typing import Annotated, Any, Final, Literal

from pydantic import Field as Key
from pydantic import StringConstraints

from onebook.engines.message.provider import Outgoing, Reach
from onebook.engines.message.refusals import NoAddress, NotPublic, Rejected, TryLater, Unreachable
from onebook.integrations.network import TIME_S, Outside, told
from onebook.integrations.shape import Host, Line, Secret, Secrets, Settings
from onebook.values.label import Label

MailAddress = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s<>,;\"\\]+@[^@\s<>,;\"\\]+$")]
#: What a mailbox that wants to be asked less often is left alone for.
_WAIT_S: Final = 300
#: How long a whole conversation may take, files and all, however steadily the server speaks.
MOST_S: Final = 60.0


class MailSettings(Settings):
    """The server, how it is spoken to, and who writes."""

    host: Host
    port: Annotated[int, Key(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Line | None = None
    sender: MailAddress
    sender_name: Line | None = None


class MailSecrets(Secrets):
    """The password, or the code that mailboxes give to programs."""

    password: Secret | None = None


class Mail:
    """One message, one connection."""

    label = Label("邮件（SMTP）", "E-mail (SMTP)")
    reach: Reach = "mail"
    settings = MailSettings
    secrets = MailSecrets
    goes_to = ("host", "port", "security")
    per_minute = 60

    def __init__(self, outside: Outside) -> None:
        """On a way to the network."""
        self._outside = outside

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse a server inside; and a password, or anything at all, that would travel in the open."""
        del secrets
        chosen = MailSettings.model_validate(settings)
        self._outside.check(chosen.host, chosen.port)
        self._require_closed(chosen)

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Hand it to the server."""
        chosen = MailSettings.model_validate(settings)
        self._require_closed(chosen)
        written = written_mail(chosen, message, datetime.fromtimestamp(self._outside.clock(), UTC))
        try:
            with self._opened(chosen) as server:
                if chosen.user is not None:
                    server.login(chosen.user, secrets.get("password") or "")
                server.send_message(written, chosen.sender, [str(message.address)])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refusal(code, words) from None
        except smtplib.SMTPAuthenticationError as error:
            # The mailbox is wrong, not the message: everything waits until somebody has looked at it.
            raise TryLater(reason=_said(error.smtp_code, error.smtp_error), wait_s=_WAIT_S) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(host=chosen.host, reason=told(error)) from None
        except UnicodeError as error:
            # A name or a password in signs that mailboxes do not know.
            raise Rejected(reason=told(error)) from None
        return str(written["Message-ID"])

    def _opened(self, chosen: MailSettings) -> smtplib.SMTP:
        """A connection that speaks TLS already, or is of our own."""
        if chosen.security == "tls":
            return _TlsServer(self._outside, chosen.host, chosen.port)
        server = _Server(self._outside, chosen.host, chosen.port)
        if chosen.security == "starttls":
            try:
                server.starttls(context=self._outside.trust)
            except BaseException:
                server.close()
                raise
        return server

    def _require_closed(self, chosen: MailSettings) -> None:
        if chosen.security == "none" and not all(
            self._outside.is_ours(one) for one in self._outside.addresses(chosen.host, chosen.port)
        ):
            raise NotPublic(host=chosen.host)


class _Server(smtplib.SMTP):
    """SMTP over a connection to an address that was looked at, which ends in time."""

    def __init__(self, outside: Outside, host: str, port: int) -> None:
        self._outside = outside
        self._end = threading.Timer(MOST_S, self._hang_up)
        self._line: socket.socket | None = None
        try:
            super().__init__(host, port, timeout=TIME_S)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up, whoever is speaking."""
        self._end.cancel()
        super().close()
        if self._line is not None:
            self._line.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._outside.connect(host, port, timeout)
        # The same line under a name of our own: TLS takes the connection away from whoever has opened it.
        self._line = connection.dup()
        self._end.daemon = True
        self._end.start()
        return connection

    def _hang_up(self) -> None:
        with suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)


class _TlsServer(_Server):
    """The same with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._outside.trust.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=host)


def written_mail(settings: MailSettings, message: Outgoing, now: datetime) -> EmailMessage:
    """The mail as it travels. Its id stays when it is sent again. Refuses with NoAddress, Rejected."""
    if not message.address:
        raise NoAddress
    mail = EmailMessage()
    try:
        mail["From"] = Address(settings.sender_name or "", addr_spec=settings.sender)
        mail["To"] = Address(addr_spec=message.address)
    except (MessageError, ValueError, IndexError) as error:
        raise Rejected(reason=told(error)) from None
    mail["Subject"] = " ".join((message.title or message.text).split())[:200]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{settings.sender.rpartition('@')[2]}>"
    # Answering machines do not answer to it.
    mail["Auto-Submitted"] = "auto-generated"
    if message.urgent:
        mail["Importance"] = "high"
    end = f"\n\n{message.link}" if message.link else ""
    mail.set_content(f"{message.text or message.title}{end}\n")
    mail.add_alternative(page(message), subtype="html")
    for file in message.files:
        kind, _, subkind = (guess_type(file.name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=subkind, filename=file.name)
    return mail


def page(message: Outgoing) -> str:
    """The message as HTML: its words are words, whatever signs are in them."""
    lines = "<br>\n".join(escape(line) for line in (message.text or message.title).splitlines())
    link = f'<p><a href="{escape(message.link)}">{escape(message.link)}</a></p>' if message.link else ""
    title = f"<h3>{escape(message.title)}</h3>" if message.title and message.text else ""
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{title}<p>{lines}</p>{link}</body></html>\n'


def _refusal(code: int, words: bytes | str) -> Rejected | TryLater:
    reason = _said(code, words)
    return TryLater(reason=reason, wait_s=0) if 400 <= code < 500 else Rejected(reason=reason)


def _said(code: int, words: bytes | str) -> str:
    return told(f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}")
