"""The server stops although somebody listens: streams, which never end by themselves, end first and in order."""

import threading
import time
from pathlib import Path

import httpx2

from onebook.bootstrap import GRACE_S
from tests.faults.product import LOGIN, PASSWORD, installed


def test_open_streams_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with installed(tmp_path) as product, httpx2.Client(base_url=product.address, timeout=30) as client:
        session = client.post("/api/session", json={"login": LOGIN, "password": PASSWORD}).json()
        lines: list[str] = []
        ended: list[float] = []

        def hear() -> None:
            # A stream that is cut off instead of ended raises here, and the list of ends stays empty.
            with client.stream("GET", "/api/live", timeout=60) as answer:
                lines.extend(answer.iter_lines())
            ended.append(time.monotonic())

        listener = threading.Thread(target=hear)
        listener.start()
        time.sleep(1)
        unit = {"values": {"code": "L1", "name": "件"}}
        made = client.post("/api/unit", json=unit, headers={"X-CSRF-Token": session["csrf"]})
        assert made.status_code == 201, made.text
        time.sleep(1)
        began = time.monotonic()
        assert product.process is not None
        product.process.terminate()
        code = product.process.wait(30)
        listener.join(30)
    assert code == 0
    assert [stop - began < GRACE_S - 1 for stop in ended] == [True]
    assert [line for line in lines if line.startswith("event:")] == ["event: notification", "event: change"]
