"""The whole product as a process: it starts from nothing, answers, runs jobs, and stops cleanly when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from onebook.bootstrap import EMBEDDED_FOLDER
from onebook.storage.embedded import EmbeddedServer


@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_from_nothing_and_stops_when_asked(tmp_path: Path, request_to_stop: signal.Signals) -> None:
    port = _free_port()
    environment = {**os.environ, "ONEBOOK_HOME": str(tmp_path), "ONEBOOK_PORT": str(port)}
    environment.pop("ONEBOOK_DATABASE_URL", None)
    command = [sys.executable, "-c", "from onebook.bootstrap import main; main()", "serve"]
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:
        try:
            assert _answer(port, process) == 200
        finally:
            began = time.monotonic()
            os.killpg(process.pid, request_to_stop)
            code = process.wait(20)
    assert code == 0
    assert time.monotonic() - began < 10
    assert EmbeddedServer(tmp_path / EMBEDDED_FOLDER).running_pid() is None


def _answer(port: int, process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return int(answer.status)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
