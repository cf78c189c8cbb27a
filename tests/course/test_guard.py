"""Foreign code ends in time, and leaves alarms, handlers and hooks as they were."""

from __future__ import annotations

import signal
import sys
import threading
import time

import pytest

from vmm_edu.course import guard
from vmm_edu.course.guard import TimeUp, bounded

alarm = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no alarm")


def forever():
    while True:
        pass


def swallow():
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


@pytest.mark.parametrize("loop", [forever, swallow])
def test_a_loop_is_ended(loop):
    with pytest.raises(TimeUp):
        bounded(loop, limit_s=0.2)


@alarm
def test_the_alarm_and_its_handler_are_given_back():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 50)
        bounded(lambda: None, limit_s=5.0)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
        with pytest.raises(TimeUp):
            bounded(forever, limit_s=0.1)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50
        signal.raise_signal(signal.SIGALRM)
        assert rang == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_errors_and_threads_come_through(monkeypatch):
    def fail():
        raise KeyError("k")

    with pytest.raises(KeyError):
        bounded(fail, limit_s=5.0)
    monkeypatch.delattr(signal, "SIGALRM", raising=False)  # as on Windows
    with pytest.raises(KeyError):
        bounded(fail, limit_s=5.0)
    with pytest.raises(TimeUp):
        bounded(forever, limit_s=0.2)
    assert sum(thread.is_alive() and thread is not threading.main_thread() for thread in threading.enumerate()) < 8


class Clocks:
    """Two clocks that stand still until a test moves them: that on the wall and the processor's."""

    def __init__(self, monkeypatch):
        self.wall_s = self.processor_s = 0.0
        monkeypatch.setattr(guard, "monotonic", lambda: self.wall_s)
        monkeypatch.setattr(guard, "process_time", lambda: self.processor_s)

    def pass_by(self, wall_s, processor_s):
        self.wall_s += wall_s
        self.processor_s += processor_s
        if hasattr(signal, "SIGALRM"):
            signal.raise_signal(signal.SIGALRM)  # the guard looks now, as it does when its alarm rings
        else:
            time.sleep(0.05)


@pytest.fixture(params=["alarm", "thread"] if hasattr(signal, "SIGALRM") else ["thread"])
def clocks(monkeypatch, request):
    if request.param == "thread":
        monkeypatch.delattr(signal, "SIGALRM", raising=False)  # as on Windows
    return Clocks(monkeypatch)


def test_work_that_a_busy_machine_lets_wait_is_not_ended(clocks):
    """It gets a fifth of one processor: five moments pass for each that it works."""
    done = []

    def work():
        for _ in range(9):
            clocks.pass_by(0.1, 0.02)
            done.append(True)

    bounded(work, limit_s=0.2)  # 0.18 s of work in 0.9 s
    assert len(done) == 9


def test_many_processors_make_nobody_late(clocks):
    """XLA compiles on eight of them: eight seconds of work in each second on the wall."""
    bounded(lambda: [clocks.pass_by(0.02, 0.16) for _ in range(9)], limit_s=0.2)


@pytest.mark.parametrize(
    ("wall_s", "processor_s", "message"),
    [
        (0.1, 0.09, "stopped after 0.2 s of processor time"),
        (0.1, 0.4, "stopped after 0.2 s of processor time"),
        (0.1, 0.001, "stopped after 1.2 s, most of them spent waiting"),
        (10.0, 0.1, "stopped after 1.2 s, most of them spent waiting"),
    ],
)
def test_what_works_or_waits_for_too_long_is_ended_and_told_which(clocks, wall_s, processor_s, message):
    def work():
        while True:
            clocks.pass_by(wall_s, processor_s)
            time.sleep(0.001)

    with pytest.raises(TimeUp) as late:
        bounded(work, limit_s=0.2)
    assert late.value.after == message
    assert ("loop" in late.value.ask) == ("processor" in message)


def test_sleepers_and_waiters_are_ended_by_the_clock():
    lock = threading.Lock()
    lock.acquire()
    for wait in (lambda: time.sleep(60), lock.acquire):
        start = time.monotonic()
        with pytest.raises(TimeUp, match="spent waiting"):
            bounded(wait, limit_s=0.1)
        assert 0.6 <= time.monotonic() - start < 40


def test_what_cannot_be_stopped_is_said(monkeypatch, capsys):
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    monkeypatch.setattr(guard, "PATIENCE_S", 0.1)
    release = threading.Event()
    # One long wait outside Python, as a compiled loop would be.
    with pytest.raises(TimeUp):
        bounded(lambda: release.wait(5), limit_s=0.1)
    release.set()
    assert "Restart the kernel" in capsys.readouterr().out


def test_no_hook_is_left_behind():
    from vmm_edu.course.forbidden import Watch

    before = sys.getprofile()
    with Watch(("numpy.cumsum",), ()):
        assert sys.getprofile() is not before
    assert sys.getprofile() is before
