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
