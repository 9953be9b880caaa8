"""Addresses: the one that is listened on belongs to us alone, the public one decides how cookies travel."""

import pytest

from onebook.bootstrap import http_settings
from onebook.entrypoints.cli.address import AddressTaken, PublicAddressWrong, listening, origin_of


def test_an_address_is_ours_alone_and_free_afterwards() -> None:
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        listener.listen()
        with pytest.raises(AddressTaken) as refusal, listening("127.0.0.1", port):
            pass
        assert refusal.value.data["port"] == str(port)
    with listening("127.0.0.1", port):
        pass


def test_a_host_that_nobody_knows_is_refused() -> None:
    with pytest.raises(AddressTaken), listening("no.such.host.invalid", 0):
        pass


@pytest.mark.parametrize(
    ("address", "origin"),
    [("https://Book.Example.com/", "https://book.example.com"), ("http://10.0.0.7:8000", "http://10.0.0.7:8000")],
)
def test_a_public_address_is_an_origin(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize("address", ["book.example.com", "ftp://book", "https://", "https://x/path", "https://[x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PublicAddressWrong):
        origin_of(address)


def test_cookies_of_a_public_https_address_are_never_sent_in_the_clear() -> None:
    assert http_settings("https://book.example.com").secure_cookies
    assert http_settings("https://book.example.com").origins == ("https://book.example.com",)
    assert not http_settings("http://10.0.0.7:8000").secure_cookies
    assert not http_settings(None).secure_cookies
