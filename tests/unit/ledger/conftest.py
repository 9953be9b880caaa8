"""The book that the tests of the ledger keep."""

from collections.abc import Iterator

import pytest

from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.unit.ledger.book import Book


@pytest.fixture
def book(database: Database, company: Company) -> Iterator[Book]:
    """A book, clean at the end whatever the test did."""
    book = Book(database, company.schema)
    yield book
    assert book.drifts() == []
