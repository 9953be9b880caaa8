"""Who may import whom: the contracts of pyproject.toml, kept."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT


def test_the_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_room_has_its_place() -> None:
    """The layers are exhaustive by contract; this makes sure that nobody takes the word out."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    assert {container for contract in layers for container in contract["containers"]} == {"onebook", "onebook.engines"}
    assert all(
        contract["exhaustive"] and "ignore_imports" not in contract for contract in contracts if "layers" in contract
    )
    assert any(contract["type"] == "acyclic_siblings" and "depth" not in contract for contract in contracts)


def test_apps_are_data() -> None:
    assert list((PACKAGE / "apps").rglob("*.py")) == []
