"""The apps that come with the product, as the YAML files in `onebook/apps`."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from onebook.definition.app import App
from onebook.definition.read import read_app

#: What every company begins with, in the order in which they need each other.
SHIPPED: Final = ("base", "sales", "crm", "purchasing", "stock", "finance", "desks")
#: Apps for companies of one trade, installed where they are wanted.
FURTHER: Final = ("tutoring",)


@cache
def shipped_app(name: str) -> App:
    """One app of the product."""
    with resources.as_file(resources.files("onebook") / "apps" / name) as folder:
        return read_app(Path(folder))


def shipped_apps() -> list[App]:
    """Those that every company begins with."""
    return [shipped_app(name) for name in SHIPPED]


def all_apps() -> list[App]:
    """Those and the ones for companies of one trade."""
    return [shipped_app(name) for name in (*SHIPPED, *FURTHER)]
