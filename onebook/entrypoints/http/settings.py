"""What an installation may choose about its HTTP door: cookies, lifetimes, sizes, hosts."""

from dataclasses import dataclass
from datetime import timedelta

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Sizes are bytes. `hosts` and `origins` empty: the host that the request names is ours (a server of its own)."""

    #: Over HTTPS the cookie must never travel in the clear; a laptop has no certificate.
    secure_cookies: bool = False
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    body_limit: int = 2 * MEGABYTE
    upload_limit: int = 64 * MEGABYTE
    #: One file beside a record, with what an upload wraps around it.
    attachment_limit: int = 20 * MEGABYTE + 64 * 1024
    #: What somebody sends without a login.
    outside_limit: int = 256 * 1024
    depth_limit: int = 64
    #: How often a live stream says that it is there, and looks whether its session still is.
    heartbeat: timedelta = timedelta(seconds=20)
    #: Host names that we answer to, and further origins that may send unsafe requests.
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
