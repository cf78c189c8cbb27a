"""Clips in, their files out, on all cores: worker processes that never see the caller's modules (or JAX)."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from vmm_edu.world.rendering import render
from vmm_edu.world.tables import Clip

Job = tuple[Clip, Path]
# Starting a worker costs half a second: less than this many clips are drawn here.
FEW = 12


def cores() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _start(log: IO[bytes]) -> subprocess.Popen[bytes]:
    # A plain child instead of multiprocessing: it does not import the caller's main module, so a learner's
    # script needs no guard, and when this process is killed the child reads the end of its input and leaves.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "vmm_edu.world.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        bufsize=0,  # Nothing is left to flush into the pipe of a worker that has died.
    )


def _ask(worker: subprocess.Popen[bytes], job: Job, log: IO[bytes]) -> None:
    """Have one clip rendered; an error there is an error here."""
    clip, path = job
    if worker.stdin is None or worker.stdout is None:
        raise ChildProcessError("the worker has no pipes")
    try:
        worker.stdin.write(json.dumps({"clip": asdict(clip), "path": os.fspath(path)}).encode() + b"\n")
        answer = worker.stdout.readline()
    except BrokenPipeError:
        answer = b""
    if answer.strip() == b"done":
        return
    if answer:
        raise ChildProcessError(f"{path}: could not be rendered: {json.loads(answer)['error']}")
    log.seek(0)
    last_words = log.read().decode(errors="replace").strip().splitlines()[-1:]
    raise ChildProcessError(
        f"{path}: the process that rendered it ended with status {worker.wait()} {last_words}; "
        "free some memory or disk and run again: finished clips are kept"
    )


def render_all(
    jobs: Sequence[Job], *, workers: int | None = None, progress: Callable[[int, int], None] | None = None
) -> None:
    """Render every (clip, path).

    Args:
        jobs: Clips and the MP4 files to write.
        workers: Processes; as many as there are cores when ``None``.
        progress: Called with (finished, all) after each clip, from one thread at a time.

    Raises:
        ValueError: If ``workers`` is below 1.
        ChildProcessError: If a clip cannot be rendered; what is finished stays.
    """
    count = cores() if workers is None else workers
    if count < 1:
        raise ValueError(f"expected workers ≥ 1, got {count}")
    if len(jobs) < FEW or count == 1:
        for finished, (clip, path) in enumerate(jobs, start=1):
            render(clip, path)
            if progress:
                progress(finished, len(jobs))
        return
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    lock, stop = threading.Lock(), threading.Event()
    finished, errors = 0, list[ChildProcessError]()

    def drive() -> None:
        nonlocal finished
        with tempfile.TemporaryFile() as log, _start(log) as worker:
            try:
                while not stop.is_set():
                    try:
                        job = waiting.get_nowait()
                    except queue.Empty:
                        return
                    _ask(worker, job, log)
                    with lock:
                        finished += 1
                        if progress:
                            progress(finished, len(jobs))
            except ChildProcessError as error:
                errors.append(error)
                stop.set()

    threads = [threading.Thread(target=drive) for _ in range(min(count, len(jobs)))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        # Reached early on an interrupt: let every worker finish the clip it is at, and no more.
        stop.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
