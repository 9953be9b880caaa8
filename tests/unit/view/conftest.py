"""A small shop whose clerk may not see everything."""

from pathlib import Path

import pytest

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.read import read_app

SHOP = Path(__file__).parents[2] / "contracts" / "api" / "shop"


@pytest.fixture(scope="session")
def shop() -> Catalog:
    return Catalog.of([read_app(SHOP)])


@pytest.fixture
def boss() -> Actor:
    return Actor(1, "boss", frozenset({"boss"}))


@pytest.fixture
def clerk() -> Actor:
    return Actor(2, "clerk", frozenset({"clerk"}))


@pytest.fixture
def stranger() -> Actor:
    return Actor(3, "stranger", frozenset({"no such role"}))
