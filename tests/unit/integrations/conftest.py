"""A certificate that the fake providers share."""

import pytest

from tests.unit.integrations.fakes import Certificate, certificate


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))
