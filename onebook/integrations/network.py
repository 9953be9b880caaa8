"""The way to the network: to public addresses only, resolved once and kept, without redirects, in bounded time."""

import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore2

from onebook.engines.message.refusals import NotPublic, Rejected, TryLater, Unreachable
from onebook.values.refusal import Refusal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

REACHABLE_VARIABLE: Final = "ONEBOOK_REACHABLE"
#: How long one message may take, and how much an answer may say.
TIME_S: Final = 10.0
MOST_BYTES: Final = 64 * 1024
LONGEST_REASON: Final = 300
LEAST_FREE_PORT: Final = 1024
HTTPS_PORT: Final = 443
#: For special purposes, or for nobody, and not known as such to every version of Python.
_SPECIAL: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "3fff::/20",
                "5f00::/16", "fec0::/10")
)  # fmt: skip
#: A gateway writes IPv4 addresses into IPv6 ones of this network.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_BUSY: Final = frozenset({408, 425, 429})
_LONGEST_WAIT_S: Final = 3600


class ReachableWrong(Refusal):
    """The setting that lists networks of one's own cannot be understood. Data: name, value."""

    code = "message.reachable_wrong"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def reason(self) -> str:
        """Its words, as far as they can be shown."""
        return told(f"HTTP {self.status} {self.content.decode('utf-8', 'replace')}")


class Outside:
    """The network outside of the house. Addresses inside of it are refused, unless whoever runs the installation has
    listed their networks: companies cannot."""

    def __init__(
        self,
        reachable: Sequence[Network] = (),
        clock: Callable[[], float] = time.time,
        trust: SSLContext | None = None,
    ) -> None:
        """With networks of one's own that may be reached too, and without TLS; `clock` gives seconds since 1970;
        `trust`: certificates that are trusted instead of those of this machine."""
        self._reachable = tuple(reachable)
        self.clock = clock
        #: Whom TLS trusts; made when it is first needed.
        self._trust = trust

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Outside":
        """With the networks of ONEBOOK_REACHABLE (`10.1.0.0/16,127.0.0.1`). Refuses with ReachableWrong."""
        text = environment.get(REACHABLE_VARIABLE, "")
        try:
            return cls([ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip()])
        except ValueError:
            raise ReachableWrong(name=REACHABLE_VARIABLE, value=text) from None

    @property
    def trust(self) -> SSLContext:
        """The certificates that this machine trusts."""
        if self._trust is None:
            self._trust = httpcore2.default_ssl_context()
        return self._trust

    def addresses(self, host: str, port: int) -> list[Address]:
        """Where a host is. Refuses with NotPublic if any of it is inside, with Unreachable if it is nowhere."""
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(host=host, reason=told(error)) from None
        # A zone (`%eth0`) is behind the address of a link, which is no public one.
        every = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not every or not all(self.is_ours(one) or is_public(one) for one in every):
            raise NotPublic(host=host)
        return list(dict.fromkeys(every))

    def is_ours(self, address: Address) -> bool:
        """Whether whoever runs the installation has listed it."""
        return any(address in network for network in self._reachable if network.version == address.version)

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection to the first address that answers. Refuses with NotPublic, Unreachable."""
        reason: object = ""
        for address in self.addresses(host, port):
            try:
                return socket.create_connection((str(address), port), timeout)
            except OSError as error:
                reason = error
        raise Unreachable(host=host, reason=told(reason))

    def check(self, host: str, port: int) -> None:
        """Refuse an address inside. Whether anybody is there is not asked: names may not resolve for a moment."""
        with suppress(Unreachable):
            self.addresses(host, port)

    def check_web(self, address: str) -> None:
        """Refuse a web address inside, or one that nothing may be sent to."""
        with suppress(Unreachable):
            self._found(address)

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body to a web address.

        Refuses with NotPublic, Unreachable, TryLater (busy), Rejected (anything else but success)."""
        host, addresses = self._found(address)
        answer = self._posted(address, host, addresses, body, headers)
        if answer.status in _BUSY or answer.status >= 500:
            raise TryLater(reason=answer.reason, wait_s=_wait(answer.headers.get("retry-after", "")))
        if not 200 <= answer.status < 300:
            # A redirect would lead past the guard: whoever moves enters the new address.
            raise Rejected(reason=answer.reason)
        return answer

    def _found(self, address: str) -> tuple[str, list[Address]]:
        """The host of a web address and where it is. Without TLS, and at ports of other services, only our own."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise NotPublic(host=told(address)) from None
        is_plain = parts.scheme == "http"
        port = port or (80 if is_plain else HTTPS_PORT)
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise NotPublic(host=host)
        addresses = self.addresses(host, port)
        if not all(self.is_ours(one) for one in addresses) and (
            is_plain or (port != HTTPS_PORT and port < LEAST_FREE_PORT)
        ):
            raise NotPublic(host=host)
        return host, addresses

    def _posted(
        self, address: str, host: str, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        every = {"Host": urlsplit(address).netloc, "User-Agent": "Onebook", "Connection": "close", **headers}
        backend = _Pinned(addresses, time.monotonic() + TIME_S)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self.trust, network_backend=backend) as pool,
                pool.stream("POST", address, headers=list(every.items()), content=body) as answer,
            ):
                content = b""
                for piece in answer.iter_stream():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise Rejected(reason=f"> {MOST_BYTES} B")
                named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status, named, content)
        except (
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.UnsupportedProtocol,
        ) as error:
            raise Unreachable(host=host, reason=told(error)) from None


def is_public(address: Address) -> bool:
    """Whether an address is for everybody: neither of a machine, a house, a link nor of a cloud's own services."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def told(reason: object) -> str:
    """Words of others in one short line, of signs that can be kept and shown."""
    said = str(reason or type(reason).__name__)
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"


def _wait(text: str) -> int:
    return min(int(text), _LONGEST_WAIT_S) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class _Pinned(httpcore2.NetworkBackend):
    """Connects to addresses that were looked at before, whatever the name means meanwhile, until a deadline."""

    def __init__(self, addresses: Sequence[Address], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._real = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        del host, timeout
        last: Exception | None = None
        for address in self._addresses:
            try:
                stream = self._real.connect_tcp(
                    str(address), port, _left(self._deadline), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
            else:
                return _Timed(stream, self._deadline)
        raise last or httpcore2.ConnectError("no address")


class _Timed(httpcore2.NetworkStream):
    """A connection on which everything together ends at a deadline, however slowly the other side speaks."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        del timeout
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout(f"> {TIME_S:g} s")
    return left
