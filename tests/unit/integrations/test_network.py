"""The way to the network: nothing inside is reached by whatever name, nobody is followed, everything ends in time."""

import ipaddress
import socket
import time
from typing import Any

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebook.engines.message.refusals import NotPublic, Rejected, TryLater, Unreachable
from onebook.integrations import network
from onebook.integrations.network import Outside, ReachableWrong, is_public
from tests.unit.integrations.fakes import Certificate, Reply, here, web

INSIDE = [
    "127.0.0.1", "127.1", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]",
    "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[ff02::1]", "localhost",
]  # fmt: skip


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the guard lets through goes nowhere all the same."""

    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("the guard let it through")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr(socket, "create_connection", connect)


@pytest.mark.usefixtures("unplugged")
@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_reached(host: str) -> None:
    for address in (f"https://{host}/hook", f"https://{host}:8443/hook"):
        with pytest.raises(NotPublic):
            Outside().post(address, b"{}", {})
        with pytest.raises(NotPublic):
            Outside().check_web(address)
    with pytest.raises(NotPublic):
        Outside().check(host, 587)


@pytest.mark.parametrize(
    "address",
    ["http://93.184.216.34/", "https://93.184.216.34:22/", "ftp://93.184.216.34/", "https://a:b@93.184.216.34/",
     "https:///hook", "https://[::1", "file:///etc/passwd"],
)  # fmt: skip
def test_only_https_at_ports_of_nobody_else(address: str) -> None:
    with pytest.raises(NotPublic):
        Outside().check_web(address)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:0:0", "64:ff9b::", "2002::"]))
def test_an_address_in_disguise_is_what_it_is(inner: ipaddress.IPv4Address, disguise: str) -> None:
    shift = 80 if disguise == "2002::" else 0
    outer = ipaddress.IPv6Address(int(ipaddress.IPv6Address(disguise)) | int(inner) << shift)
    assert is_public(outer) == is_public(inner)


def test_a_name_that_means_something_else_the_second_time_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: looked at, it is public; connected to, it would be this machine."""
    answers = [("93.184.216.34", 443), ("127.0.0.1", 443)]
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answers[min(len(asked), 2) - 1])]

    def connect(_: Any, host: str, *__: Any) -> Any:
        connected.append(host)
        raise httpcore2.ConnectError("stop here")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    with pytest.raises(Unreachable):
        Outside().post("https://rebinding.example/", b"", {})
    assert (asked, connected) == (["rebinding.example"], ["93.184.216.34"])


def test_a_name_of_which_one_address_is_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443)), (socket.AF_INET, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(NotPublic):
        Outside().addresses("mixed.example", 443)


def test_nobody_is_followed() -> None:
    with web(lambda _: Reply(status=302, headers={"Location": "http://127.0.0.1:1/"})) as server:
        with pytest.raises(Rejected) as refused:
            here().post(f"{server.address}/a", b"{}", {})
        assert "302" in str(refused.value.data["reason"])
        assert len(server.requests) == 1


def test_long_answers_are_cut_off() -> None:
    with web(lambda _: Reply(b"x" * 100_000)) as server, pytest.raises(Rejected):
        here().post(server.address, b"{}", {})


@pytest.mark.parametrize("status", [429, 408, 500, 503])
def test_busy_servers_are_asked_again(status: int) -> None:
    busy = Reply(status=status, headers={"Retry-After": "120"})
    with web(lambda _: busy) as server, pytest.raises(TryLater) as later:
        here().post(server.address, b"{}", {})
    assert later.value.data["wait_s"] == 120


def test_everything_together_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says one sign after the other is waited for as long as one that says nothing."""
    monkeypatch.setattr(network, "TIME_S", 0.4)
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            here().post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {})
        assert time.monotonic() - begun < 3


def test_tls_is_checked_against_the_name(tls: Certificate) -> None:
    with web(lambda _: Reply(b"{}"), tls.server) as server:
        assert here(tls.trust).post(server.address, b"{}", {}).status == 200
        with pytest.raises(Unreachable):
            here().post(server.address, b"{}", {})


def test_networks_of_ones_own_are_listed_by_who_runs_the_installation() -> None:
    outside = Outside.from_environment({"ONEBOOK_REACHABLE": "10.1.0.0/16, 127.0.0.1"})
    assert outside.addresses("10.1.2.3", 443)
    with pytest.raises(NotPublic):
        outside.addresses("10.2.2.3", 443)
    with pytest.raises(ReachableWrong):
        Outside.from_environment({"ONEBOOK_REACHABLE": "everything"})
