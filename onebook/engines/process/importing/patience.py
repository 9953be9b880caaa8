"""Rarer garbage collection while a large file is in memory: nothing of it is garbage, and looking at it takes long."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: New objects between two looks at the young ones, instead of the interpreter's 700.
_RARE: Final = 100_000

_lock = threading.Lock()
_waiting: list[tuple[int, int, int]] = []


@contextmanager
def rare_collections() -> Iterator[None]:
    """Until the last one who asked for it is done, as it was before."""
    with _lock:
        _waiting.append(gc.get_threshold())
        gc.set_threshold(_RARE, *_waiting[0][1:])
    try:
        yield
    finally:
        with _lock:
            # Whoever came first knows how it was before.
            usual = _waiting[0]
            _waiting.pop()
            if not _waiting:
                gc.set_threshold(*usual)
