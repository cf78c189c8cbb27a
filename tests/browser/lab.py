"""A learner's copy served by ``vmm-edu lab``, and a headless Chromium that opens it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

BROWSERS = ("chromium", "google-chrome", "chromium-browser", "chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_LIMIT_S = 180
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+\S*token=\w+")


def executable() -> str:
    """The browser's program; skips the test where there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser of this machine."""
    path = executable()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        try:
            yield started
        finally:
            started.close()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def serving(folder: Path, private: Path) -> Iterator[str]:
    """Runs ``vmm-edu lab folder`` with Jupyter's own files in ``private``; yields the address it prints."""
    environ = {**os.environ, "IPYTHONDIR": str(private / "ipython"), "VMM_EDU_STATE": str(private / "state")}
    environ |= {f"JUPYTER_{kind}_DIR": str(private / kind.lower()) for kind in ("DATA", "CONFIG", "RUNTIME")}
    words = [sys.executable, "-c", "from vmm_edu.command import main; raise SystemExit(main())"]
    words += ["lab", str(folder), "--no-browser", "--port", str(free_port())]
    private.mkdir(parents=True, exist_ok=True)
    log = private / "log.txt"
    with log.open("wb") as stream:
        process = subprocess.Popen(words, stdout=stream, stderr=stream, cwd=private, env=environ)
        try:
            yield address_in(log, process)
        finally:
            process.send_signal(signal.SIGTERM)  # the server ends its kernels
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def address_in(log: Path, process: subprocess.Popen) -> str:
    """Waits until the server has printed its address and answers there."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and process.poll() is None:
        found = ADDRESS.search(log.read_text())
        if found:
            with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(found.group(), timeout=60):
                return found.group()
        time.sleep(0.2)
    raise AssertionError(f"vmm-edu lab printed no address that answers:\n{log.read_text()}")


def open_notebook(browser: Browser, address: str, name: str) -> Page:
    """Opens one notebook of the copy and waits until it is shown."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(120_000)
    page.goto(re.sub(r"/lab/tree/[^?]*", f"/lab/tree/{name}", address) + "&reset")  # without the tabs of last time
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    return page


def choose(page: Page, menu: str, entry: str) -> None:
    """Picks an entry of the main menu."""
    page.click(f'.lm-MenuBar-itemLabel:text-is("{menu}")')
    page.click(f'.lm-Menu-itemLabel:text-is("{entry}")')


def wait_until(page: Page, script: str, wanted: object, *, limit_s: float = 60.0) -> None:
    """Waits until a JavaScript expression has the wanted value."""
    same = f"wanted => JSON.stringify({script}) === JSON.stringify(wanted)"
    try:
        page.wait_for_function(same, arg=wanted, timeout=1000 * limit_s)
    except TimeoutError:
        raise AssertionError(f"{script} is {page.evaluate(script)!r} after {limit_s:.0f} s, not {wanted!r}") from None


class Played(NamedTuple):
    """What a video element did when it was played."""

    duration_s: float
    reached_s: float
    width: int
    sound_bytes: int
    rendering: str


PLAY = """async video => {
    video.muted = true;  // the only kind that a page may start by itself
    await video.play();
    const started = performance.now();
    while (!video.ended && performance.now() - started < 20000) await new Promise(done => setTimeout(done, 50));
    return [video.duration, video.currentTime, video.videoWidth, video.webkitAudioDecodedByteCount,
            getComputedStyle(video).imageRendering];
}"""


def play(page: Page, selector: str = ".jp-OutputArea video") -> Played:
    """Plays the first video that matches, muted, to its end."""
    page.wait_for_selector(selector, state="attached")
    return Played(*page.locator(selector).first.evaluate(PLAY))
