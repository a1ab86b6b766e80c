"""Holding back Python's search for unused memory while much is made that stays in use."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let no garbage be collected inside, only after it: rows by the ten thousand are all still in use, and looking
    through them again and again took a third of the time (docs/reference/benchmarks.md)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
