"""Tests that need data have a shop of their own."""

import pytest

from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.unit.form.declared import Shop, install


@pytest.fixture
def shop(database: Database, company: Company) -> Shop:
    """A fresh company with the shop's forms."""
    return install(database, company)
