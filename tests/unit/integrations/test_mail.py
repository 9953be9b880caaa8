"""E-mail: a real SMTP conversation with STARTTLS and a login; nothing in a mail is markup; refusals are told apart."""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from onebook.engines.message.provider import File, Outgoing
from onebook.engines.message.refusals import NoAddress, NotPublic, Rejected, TryLater, Unreachable
from onebook.integrations import mail as mails
from onebook.integrations.mail import Mail
from onebook.integrations.network import Outside
from tests.unit.integrations.fakes import Certificate, Mailbox, here, mailbox

MESSAGE = Outgoing(
    "company_1-7", "库存不足 <b>!</b>", "齿轮 仅剩 5\n<script>alert(1)</script> & \"x\"",
    "https://book.example.com/product/7?a=1&b=2", address="keeper@example.com",
)  # fmt: skip


def _settings(box: Mailbox, **more: Any) -> dict[str, Any]:
    return {
        "host": "localhost", "port": box.port, "user": box.user, "sender": "book@example.com", "sender_name": "一本",
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_as_words(tls: Certificate, security: str) -> None:
    with mailbox(tls.server, from_start=security == "tls") as box:
        sent = Mail(here(tls.trust)).send(_settings(box, security=security), {"password": box.password}, MESSAGE)
        [mail] = box.mails
        assert box.in_the_open == ([] if security == "tls" else ["EHLO", "STARTTLS"]), "nothing else in the open"
        assert box.envelopes[0][1] == ["rcpt TO:<keeper@example.com>"]
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (
        "库存不足 <b>!</b>", "keeper@example.com", "<company_1-7@example.com>",
    )  # fmt: skip
    assert sent == "<company_1-7@example.com>"
    assert mail["From"].addresses[0].display_name == "一本"
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().replace("\r\n", "\n") == (
        '齿轮 仅剩 5\n<script>alert(1)</script> & "x"\n\nhttps://book.example.com/product/7?a=1&b=2\n'
    )
    html = page.get_content()
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;" in html


def test_files_go_along(tls: Certificate) -> None:
    with mailbox(tls.server) as box:
        with_file = Outgoing("c-1", "月报", "见附件", address="a@example.com", files=(File("月报.xlsx", b"PK\0\1"),))
        Mail(here(tls.trust)).send(_settings(box), {"password": box.password}, with_file)
        [file] = box.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("月报.xlsx", b"PK\0\1")


def test_a_title_cannot_write_headers(tls: Certificate) -> None:
    evil = Outgoing("c-2", "a\r\nBcc: everybody@example.com", "x", address="a@example.com")
    with mailbox(tls.server) as box:
        Mail(here(tls.trust)).send(_settings(box), {"password": box.password}, evil)
        assert (box.mails[0]["Bcc"], box.mails[0]["Subject"]) == (None, "a Bcc: everybody@example.com")
        for wrong in ("a@example.com\r\nRCPT TO:<b@example.com>", "nobody", "a@example.com, b@example.com"):
            with pytest.raises(Rejected):
                Mail(here(tls.trust)).send(
                    _settings(box), {"password": box.password}, Outgoing("c-3", "x", "x", address=wrong)
                )
        assert len(box.mails) == 1
        with pytest.raises(NoAddress):
            Mail(here(tls.trust)).send(_settings(box), {"password": box.password}, Outgoing("c-4", "x", "x"))


def test_refusals_for_ever_and_for_now_are_told_apart(tls: Certificate) -> None:
    with mailbox(tls.server) as box:
        mail, settings, secrets = Mail(here(tls.trust)), _settings(box), {"password": box.password}
        box.recipient = b"550 5.1.1 no such user"
        with pytest.raises(Rejected) as refused:
            mail.send(settings, secrets, MESSAGE)
        assert refused.value.data["reason"] == "550 5.1.1 no such user"
        box.recipient = b"451 greylisted"
        with pytest.raises(TryLater):
            mail.send(settings, secrets, MESSAGE)
        with pytest.raises(TryLater) as wrong:
            mail.send(settings, {"password": "wrong"}, MESSAGE)
        assert wrong.value.data["wait_s"] == 300
        assert box.mails == []


def test_a_password_that_no_mailbox_knows_is_told(tls: Certificate) -> None:
    with mailbox(tls.server) as box:
        with pytest.raises(Rejected):
            Mail(here(tls.trust)).send(_settings(box), {"password": "密码１２３"}, MESSAGE)
        assert box.mails == []


def test_a_server_that_never_comes_to_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that goes on speaking, line after line, keeps nobody for longer than one that is silent."""
    monkeypatch.setattr(mails, "MOST_S", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def dripping() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            for _ in range(100):
                connection.sendall(b"220-and more\r\n")
                time.sleep(0.1)

    speaker = threading.Thread(target=dripping, daemon=True)
    speaker.start()
    settings = {"host": "localhost", "port": listener.getsockname()[1], "sender": "book@example.com"}
    with listener:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            Mail(here()).send(settings, {}, MESSAGE)
        assert time.monotonic() - begun < 5
    speaker.join()


def test_a_server_that_nobody_vouches_for_gets_nothing(tls: Certificate) -> None:
    with mailbox(tls.server) as box:
        with pytest.raises(Unreachable):
            Mail(here()).send(_settings(box), {"password": box.password}, MESSAGE)
        assert box.in_the_open == ["EHLO", "STARTTLS"]
    with pytest.raises(Unreachable):
        Mail(here()).send(_settings(box), {"password": box.password}, MESSAGE)


def test_servers_inside_and_open_connections_are_refused(tls: Certificate) -> None:
    with mailbox(tls.server) as box:
        with pytest.raises(NotPublic):
            Mail(Outside()).check(_settings(box), {})
        with pytest.raises(NotPublic):
            Mail(Outside()).send(_settings(box), {"password": box.password}, MESSAGE)
    in_the_open = {"host": "93.184.216.34", "port": 25, "security": "none", "sender": "a@example.com"}
    with pytest.raises(NotPublic):
        Mail(Outside()).check(in_the_open, {})
