"""Foreign code in; it runs for so long and no longer.

A learner's loop may never end. In the main thread of a Unix system an alarm breaks into it; elsewhere it runs in a
thread of its own that is told to stop. Both act between two steps of Python only: a loop inside compiled code goes on,
so after a while a line says how to end that by hand.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from collections.abc import Callable, Iterator

STUCK = (
    "The function is still running inside compiled code, which cannot be stopped from here. "
    "Restart the kernel (Kernel → Restart), then look at the loop's condition."
)
PATIENCE_S = 2.0


class TimeUp(BaseException):
    """The time is up. No `Exception`, so that a learner's own `except Exception` does not swallow it."""


def bounded(work: Callable[[], None], *, limit_s: float) -> None:
    """Runs `work`, for `limit_s` seconds at most.

    Args:
        work: Takes nothing, gives nothing; what it raises comes through.
        limit_s: Seconds.

    Raises:
        TimeUp: The time was over before `work` was.
    """
    watchdog = threading.Timer(limit_s + PATIENCE_S, print, [STUCK])
    watchdog.daemon = True
    watchdog.start()
    try:
        if hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread():
            with _alarm(limit_s):
                work()
        else:
            _in_thread(work, limit_s)
    finally:
        watchdog.cancel()


@contextlib.contextmanager
def _alarm(limit_s: float) -> Iterator[None]:
    armed = True

    def ring(signum: int, frame: object) -> None:
        if armed:
            raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    # Rings again and again: an exception raised inside a destructor or a bare `except` is lost.
    timer = signal.setitimer(signal.ITIMER_REAL, limit_s, 0.1)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _in_thread(work: Callable[[], None], limit_s: float) -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # carried to the caller's thread and raised there
            caught.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit_s)
    if thread.is_alive():
        ident = ctypes.c_ulong(thread.ident or 0)
        while thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(TimeUp))
            thread.join(0.1)
            limit_s -= 0.1
            if limit_s < -PATIENCE_S:
                print(STUCK)
                break
        raise TimeUp
    if caught:
        raise caught[0]
