"""What an installation has to reach out with: providers, the key to its secrets, the address that people know it by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onebook.engines.message.provider import Provider
from onebook.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Outlets:
    """The same for all companies."""

    vault: Vault = field(default_factory=Vault)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    #: `https://book.example.com`, for links in messages; without it they have none.
    origin: str | None = None
