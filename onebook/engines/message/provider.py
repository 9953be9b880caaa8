"""What delivers messages outside: one provider for each kind of channel, behind the same few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from onebook.values.label import Label

#: Whom a channel reaches: one person at an address or a number, everybody in a group, or another system.
Reach = Literal["mail", "phone", "group", "system"]


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves: finished words, and everything that a provider may need beside them."""

    #: The same however often it is tried: what a receiver knows repetitions by.
    id: str
    title: str
    text: str
    #: The whole address of the page that it leads to.
    link: str | None = None
    #: An e-mail address or a telephone number.
    address: str | None = None
    urgent: bool = False
    #: The declared template, and what its formulas gave, in their order.
    template: str | None = None
    values: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    #: The fields of a webhook.
    data: Mapping[str, Any] | None = None
    #: What it is about and which record, for other systems.
    kind: str = ""
    form: str | None = None
    record: int | None = None


class Provider(Protocol):
    """One kind of channel."""

    @property
    def label(self) -> Label:
        """What people call it."""
        ...

    @property
    def reach(self) -> Reach:
        """Whom it reaches."""
        ...

    @property
    def settings(self) -> type[BaseModel]:
        """What has to be said about a channel, and may be read again."""
        ...

    @property
    def secrets(self) -> type[BaseModel]:
        """What nobody reads again."""
        ...

    @property
    def goes_to(self) -> tuple[str, ...]:
        """The settings that say to whom secrets are told: whoever changes one of them enters the secrets again."""
        ...

    @property
    def per_minute(self) -> int:
        """How many messages it takes in a minute, unless the channel says otherwise."""
        ...

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse a channel that leads to the inside of a network. Raises NotPublic."""
        ...

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Send, and answer with the provider's own id of it. Raises Rejected, TryLater, Unreachable, NotPublic."""
        ...
