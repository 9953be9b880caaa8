"""The apps that come with the product, as the YAML files in `onebook/apps`."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from onebook.definition.app import App
from onebook.definition.read import read_app

#: In the order in which they need each other.
SHIPPED: Final = ("base", "sales", "purchasing", "stock", "finance", "desks")


@cache
def shipped_app(name: str) -> App:
    """One app of the product."""
    with resources.as_file(resources.files("onebook") / "apps" / name) as folder:
        return read_app(Path(folder))


def shipped_apps() -> list[App]:
    """All of them."""
    return [shipped_app(name) for name in SHIPPED]
