"""Providers on this machine: servers that speak the real protocols, and refuse what the real ones refuse."""

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onebook.integrations.network import Outside

#: What only tests allow: this machine itself.
HERE = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))
#: 2026-11-22 01:20:00 UTC.
AT_S = 1_795_310_400


def here(trust: ssl.SSLContext | None = None) -> Outside:
    return Outside(HERE, clock=lambda: AT_S, trust=trust)


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Web:
    """A web server: what it was asked, and what it answers."""

    address: str
    port: int
    requests: list[Request] = field(default_factory=list)


@contextmanager
def web(answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, self.rfile.read(size))
            found.requests.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    found = Web(f"{'https' if tls else 'http'}://127.0.0.1:{port}", port)
    with _running(server):
        yield found


@dataclass
class Mailbox:
    """An SMTP server: mails that it took, and how it is spoken to."""

    port: int
    user: str
    password: str
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    #: What it answers to RCPT, instead of taking everybody.
    recipient: bytes = b"250 ok"
    #: Commands that came before the connection was closed to others.
    in_the_open: list[str] = field(default_factory=list)


@contextmanager
def mailbox(tls: ssl.SSLContext, *, from_start: bool = False) -> Iterator[Mailbox]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if from_start:
                self._close()
            self._say(b"220 fake")
            closed, logged_in, sender, to = from_start, False, "", list[str]()
            while line := self.rfile.readline(4096).strip().decode():
                command = line.split(" ")[0].upper()
                if not closed:
                    box.in_the_open.append(command)
                if command == "EHLO":
                    self._say(b"250-fake\r\n" + (b"" if closed else b"250-STARTTLS\r\n") + b"250 AUTH PLAIN")
                elif command == "STARTTLS":
                    self._say(b"220 go")
                    self._close()
                    closed = True
                elif command == "AUTH":
                    given = base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:]
                    logged_in = closed and given == [box.user, box.password]
                    self._say(b"235 ok" if logged_in else b"535 5.7.8 wrong user or password")
                elif command == "MAIL":
                    sender, to = line, []
                    self._say(b"250 ok" if logged_in else b"530 log in first")
                elif command == "RCPT":
                    to.append(line)
                    self._say(box.recipient)
                elif command == "DATA":
                    self._say(b"354 go")
                    self._take()
                    box.envelopes.append((sender, to))
                elif command == "QUIT":
                    self._say(b"221 bye")
                    return
                else:
                    self._say(b"250 ok")

        def _take(self) -> None:
            content = b""
            while (line := self.rfile.readline(100_000)) != b".\r\n":
                content += line[1:] if line.startswith(b"..") else line
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)
            self._say(b"250 taken")

        def _say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def _close(self) -> None:
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)

        def finish(self) -> None:
            super().finish()
            self.connection.close()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients that do not trust us hang up; that is theirs to do."""

    server = Server(("127.0.0.1", 0), Handler)
    box = Mailbox(server.server_address[1], "book@example.com", "an app password")
    with _running(server):
        yield box


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Certificate:
    """A certificate of this machine: for its servers, and for those who trust them."""

    server: ssl.SSLContext
    trust: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """Made for one test run, valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(server, ssl.create_default_context(cafile=str(file)))
