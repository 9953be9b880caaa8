"""Where the product is reached: the address it listens on, taken before anything else is done, and the public one."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from onebook.values.refusal import Refusal


class AddressTaken(Refusal):
    """Nobody can listen on this address; the data says why."""

    code = "cli.address_taken"


class PublicAddressWrong(Refusal):
    """What is said to be the public address is not one."""

    code = "cli.public_address"


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that has the address for itself; it answers once somebody listens on it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressTaken(host=host, port=str(port), reason=error.strerror or str(error)) from error
    with listener:
        try:
            # Connections of a server that has just stopped do not keep its address.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise AddressTaken(host=host, port=str(port), reason=error.strerror or str(error)) from error
        yield listener


def origin_of(address: str) -> str:
    """The origin (`https://book.example.com`) of an address as people type it. Refuses what is none."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise PublicAddressWrong(address=address) from error
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
        raise PublicAddressWrong(address=address)
    return f"{parts.scheme}://{parts.netloc.lower()}"
