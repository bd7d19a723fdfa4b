"""Doing things at the same moment, for the concurrency tests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def together(*acts: Callable[[], object], seconds: float = 20) -> list[object]:
    """Run every act in its own thread, started at the same moment; return results or exceptions.

    Each thread has its own database connection, closed at the end. An exception is returned in
    place of the result, so that a test can say "one won, the other was refused".
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait(timeout=seconds)
        try:
            return act()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(run, acts, timeout=seconds))
