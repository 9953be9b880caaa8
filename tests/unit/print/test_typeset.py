"""Setting pages in a child process: limits end endless work, nothing outside can be read, failures are told apart."""

import time
from dataclasses import replace

import pytest

from onebook.engines.print.refusals import Busy, TookTooLong
from onebook.engines.print.typeset import _PLACES, LIMITS, SettingFailed, typeset

ENDLESS = "#let n = 0\n#for a in range(3000000) { for b in range(3000) { n = calc.rem(n + a * b, 7) } }\n#n"
GREEDY = '#let s = "x"\n#for i in range(40) { s = s + s }\n#s.len()'


def test_endless_work_is_cut_off_by_its_time() -> None:
    start = time.monotonic()
    with pytest.raises(TookTooLong):
        typeset({}, replace(LIMITS, cpu_s=2), template=ENDLESS)
    assert time.monotonic() - start < 20


def test_work_that_only_waits_is_cut_off_by_the_clock() -> None:
    with pytest.raises(TookTooLong):
        typeset({}, replace(LIMITS, cpu_s=600, wall_s=1.5), template=ENDLESS)


def test_memory_is_limited() -> None:
    with pytest.raises((TookTooLong, SettingFailed)):
        typeset({}, replace(LIMITS, memory_bytes=600 * 1024**2), template=GREEDY)


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "/../etc/passwd"])
def test_nothing_outside_of_the_folder_is_read(path: str) -> None:
    with pytest.raises(SettingFailed):
        typeset({}, template=f'#read("{path}")')


def test_packages_are_not_fetched() -> None:
    start = time.monotonic()
    with pytest.raises(SettingFailed):
        typeset({}, template='#import "@preview/cetz:0.3.0": *')
    assert time.monotonic() - start < 10


def test_too_many_at_once_are_told_to_come_again() -> None:
    taken = 0
    while _PLACES.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(Busy):
            typeset({}, replace(LIMITS, wait_s=0.05), template="x")
    finally:
        for _ in range(taken):
            _PLACES.release()
    assert typeset({}, template="x").startswith(b"%PDF")
