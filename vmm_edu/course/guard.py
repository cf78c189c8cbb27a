"""Foreign code in; it runs for so long and no longer.

A learner's loop may never end. In the main thread of a Unix system an alarm breaks into it; elsewhere it runs in a
thread of its own that is told to stop. Both act between two steps of Python only: a loop inside compiled code goes on,
so after a while a line says how to end that by hand.

What counts is the time that the processor worked, so that a right answer is not failed by a slow hub or by what else
runs there; an answer that sleeps or waits is ended by the clock, later. XLA compiles on several threads and their times
add up, so no more than the time on the clock counts: many cores make nobody late. Compiling itself is not left out:
JAX tells how long that took only afterwards, on the clock, and in events whose names it may change.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from time import monotonic, process_time

STUCK = (
    "The function is still running inside compiled code, which cannot be stopped from here. "
    "Restart the kernel (Kernel → Restart), then look at the loop's condition."
)
PATIENCE_S = 2.0
AGAIN_S = 0.1
WAITING = 6
"""By the clock, work may take so many times as long as by the processor."""


class TimeUp(BaseException):
    """The time is up. No `Exception`, so that a learner's own `except Exception` does not swallow it.

    Attributes:
        after: The start of a sentence: how long it took.
        ask: A question for the author of the code.
    """

    def __init__(self, after: str = "stopped", ask: str = ""):
        super().__init__(after, ask)
        self.after, self.ask = after, ask


class Meter:
    """What is left of a limit from now on.

    Args:
        limit_s: Seconds of this process's processor time.
    """

    def __init__(self, limit_s: float):
        self.limit_s = limit_s
        self._clock_s, self._processor_s = monotonic(), process_time()

    def left_s(self) -> float:
        """Seconds that may pass before it is worth looking again; zero or less when the time is up."""
        clock_s = monotonic() - self._clock_s
        busy_s = min(clock_s, process_time() - self._processor_s)
        return min(self.limit_s - busy_s, WAITING * self.limit_s - clock_s)

    def time_up(self) -> TimeUp:
        """What to raise."""
        if process_time() - self._processor_s >= self.limit_s:
            return TimeUp(f"stopped after {self.limit_s:g} s of processor time", "Does its loop end?")
        whole = f"stopped after {WAITING * self.limit_s:g} s, most of them spent waiting"
        return TimeUp(whole, "Does it sleep, or wait for something that never comes?")


def bounded(work: Callable[[], None], *, limit_s: float) -> None:
    """Runs `work`, for `limit_s` seconds of processor time at most, and for `WAITING` times as many on the clock.

    Args:
        work: Takes nothing, gives nothing; what it raises comes through.
        limit_s: Seconds.

    Raises:
        TimeUp: The time was over before `work` was.
    """
    meter = Meter(limit_s)
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        _in_thread(work, meter)
        return
    ended = threading.Event()
    when_over(meter, ended, lambda: ended.wait(PATIENCE_S) or print(STUCK))
    try:
        with _alarm(meter):
            work()
    finally:
        ended.set()


def when_over(meter: Meter, ended: threading.Event, act: Callable[[], object]) -> None:
    """Calls `act` from a thread of its own once the time is up, unless the work ended before.

    Args:
        meter: Of the work.
        ended: Set by the caller when the work has ended.
        act: What to do.
    """

    def watch() -> None:
        while (left_s := meter.left_s()) > 0:
            if ended.wait(left_s):
                return
        act()

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _alarm(meter: Meter) -> Iterator[None]:
    armed = True

    def ring(signum: int, frame: object) -> None:
        if not armed:
            return
        left_s = meter.left_s()
        # Rings again and again: an exception raised inside a destructor or a bare `except` is lost.
        signal.setitimer(signal.ITIMER_REAL, max(left_s, AGAIN_S), AGAIN_S)
        if left_s <= 0:
            raise meter.time_up()

    before = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, meter.limit_s, AGAIN_S)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _in_thread(work: Callable[[], None], meter: Meter) -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # carried to the caller's thread and raised there
            caught.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive() and (left_s := meter.left_s()) > 0:
        thread.join(left_s)
    if thread.is_alive():
        ident, time_up, patience_s = ctypes.c_ulong(thread.ident or 0), meter.time_up(), PATIENCE_S
        while thread.is_alive() and patience_s > 0:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(TimeUp))
            thread.join(AGAIN_S)
            patience_s -= AGAIN_S
        if thread.is_alive():
            print(STUCK)
        raise time_up
    if caught:
        raise caught[0]
