"""Each chapter's seconds and memory, counted while strict nbval runs it; over the budget is a failure."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

import psutil
import pytest

SECONDS = 45.0
SECONDS_OF = {"05_lstm.ipynb": 80.0, "08_fusion.ipynb": 80.0, "10_lip_reading.ipynb": 80.0}
MEMORY_BYTES = 2e9


class Budgets:
    """A pytest plugin: sums the wall time of each notebook's cells and reads its kernel's peak memory."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.peak_bytes: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        """Times one cell, the kernel's start included, and looks at the kernel while it lives."""
        started = time.perf_counter()
        yield
        if item.path.suffix == ".ipynb":
            self.seconds[item.path.name] += time.perf_counter() - started

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Reads the peak before nbval stops the kernel."""
        if item.path.suffix == ".ipynb":
            peak = kernel_peak_bytes(item)
            self.peak_bytes[item.path.name] = max(self.peak_bytes[item.path.name], peak)

    def over(self) -> list[str]:
        """The notebooks that used more than they may, in words."""
        slow = [
            f"{name} took {seconds:.0f} s of {SECONDS_OF.get(name, SECONDS):.0f}"
            for name, seconds in self.seconds.items()
            if seconds > SECONDS_OF.get(name, SECONDS)
        ]
        large = [
            f"{name} used {peak / 1e9:.2f} GB of {MEMORY_BYTES / 1e9:.0f}"
            for name, peak in self.peak_bytes.items()
            if peak > MEMORY_BYTES
        ]
        return slow + large

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turns a broken budget into a failed run."""
        if self.over() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        """Shows what each notebook used."""
        for name in sorted(self.seconds):
            line = f"{name}: {self.seconds[name]:.1f} s, peak memory {self.peak_bytes[name] / 1e9:.2f} GB"
            terminalreporter.write_line(line)
        for problem in self.over():
            terminalreporter.write_line(f"over its budget: {problem}", red=True)


def kernel_peak_bytes(item: pytest.Item) -> float:
    """Peak resident memory of the kernel behind one nbval cell; the present one where the system keeps no peak."""
    kernel = getattr(item.parent, "kernel", None)
    provisioner = getattr(getattr(kernel, "km", None), "provisioner", None)
    pid = getattr(provisioner, "pid", None)
    if pid is None or not psutil.pid_exists(pid):
        return 0.0
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024
    return float(psutil.Process(pid).memory_info().rss)
