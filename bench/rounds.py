"""Interleaved rounds of two pieces of work, and what their times say: a ratio with its spread."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Ratio:
    """How many times longer the work took than its yardstick: the median over rounds, and the extremes.

    `target` is the largest ratio that is good enough; the bench reports, it does not fail."""

    name: str
    value: float
    lowest: float
    highest: float
    work_seconds: float
    yardstick_seconds: float
    target: float
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target

    def __str__(self) -> str:
        """A line of the report."""
        mark = "ok  " if self.is_good else "MISS"
        spread = f"({self.lowest:.2f} to {self.highest:.2f}; target {self.target:g} x)"
        times = f"{self.work_seconds * 1000:9.2f} ms against {self.yardstick_seconds * 1000:9.2f} ms"
        return f"{mark} {self.name:<46} {self.value:6.2f} x  {spread}  {times}  {self.note}".rstrip()


def seconds(work: Callable[[], object]) -> float:
    """How long one go takes; the collector of garbage waits."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def compare(
    name: str,
    work: Callable[[], object],
    yardstick: Callable[[], object],
    *,
    target: float,
    rounds: int = 7,
    times: int = 1,
    note: str = "",
) -> Ratio:
    """Run both in turns, once to warm up and then `rounds` times; a noisy machine is noisy for both.

    `times`: how many single goes one call of each makes (only for printing the time of one)."""
    work(), yardstick()
    pairs = [(seconds(work), seconds(yardstick)) for _ in range(rounds)]
    ratios = [ours / theirs for ours, theirs in pairs]
    return Ratio(
        name,
        median(ratios),
        min(ratios),
        max(ratios),
        median(ours for ours, _ in pairs) / times,
        median(theirs for _, theirs in pairs) / times,
        target,
        note,
    )
