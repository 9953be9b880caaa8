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
    depth_limit: int = 64
    #: Host names that we answer to, and further origins that may send unsafe requests.
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
