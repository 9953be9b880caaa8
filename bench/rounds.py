"""Interleaved rounds of two pieces of work, and what their times say: a ratio with its spread."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Something measured: the median over rounds, the extremes, and the most that it may be.

    The bench reports, it does not fail."""

    name: str
    value: float
    lowest: float
    highest: float
    target: float
    unit: str = "x"
    #: Digits behind the point, as the report shows them.
    digits: int = 2
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target

    def __str__(self) -> str:
        """A line of the report."""
        mark = "ok  " if self.is_good else "MISS"
        spread = (
            f"({self.lowest:.{self.digits}f} to {self.highest:.{self.digits}f}; target {self.target:g} {self.unit})"
        )
        return f"{mark} {self.name:<46} {self.value:6.{self.digits}f} {self.unit:<2} {spread}  {self.note}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Ratio(Measured):
    """How many times longer the work took than its yardstick, and how long either took."""

    work_seconds: float
    yardstick_seconds: float

    def __str__(self) -> str:
        """A line of the report, with the times behind it."""
        times = f"{self.work_seconds * 1000:9.2f} ms against {self.yardstick_seconds * 1000:9.2f} ms"
        return f"{super().__str__()}  {times}"


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
        name=name,
        value=median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        work_seconds=median(ours for ours, _ in pairs) / times,
        yardstick_seconds=median(theirs for _, theirs in pairs) / times,
        target=target,
        note=note,
    )
