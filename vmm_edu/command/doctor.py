"""``vmm-edu doctor``: this machine in; what works here, what does not and what to do about it out."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

NEEDED_MEMORY_GB = 2.0
NEEDED_DISK_GB = 1.0
PACKAGES = ("vmm-edu", "jax", "flax", "numpy", "scipy", "scikit-image", "av", "matplotlib")
OPTIONAL = {"jupyterlab": "vmm-edu lab needs it: pip install 'vmm-edu[lab]'"}
RATE_HZ = 16000
FRAMES = 12


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report; ``advice`` is empty where all is well."""

    name: str
    found: str
    advice: str = ""
    broken: bool = False


def add_arguments(subparsers) -> None:
    """Adds ``doctor`` to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="look whether this machine can run the course",
        description="Looks at versions, devices, memory, disk and video support, says what is wrong and what to do. "
        "The exit code is 0 where the course can run, else 1.",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints every finding, then what to do."""
    findings = []
    for finding in examine():
        mark = "✗" if finding.broken else "!" if finding.advice else "✓"
        print(f"{mark} {finding.name:<12} {finding.found}", flush=True)
        findings.append(finding)
    for finding in findings:
        if finding.advice:
            print(f"\n{finding.name}: {finding.advice}")
    broken = sum(finding.broken for finding in findings)
    print(f"\n{broken} of these must be mended first." if broken else "\nThis machine can run the course.")
    return 1 if broken else 0


def examine() -> Iterator[Finding]:
    """Looks at one thing after another."""
    yield python_version()
    yield from packages()
    yield processors()
    yield memory()
    yield disk(Path.cwd())
    yield from devices()
    yield video()


def python_version() -> Finding:
    """The interpreter; pip has seen to it that it is new enough."""
    return Finding("Python", f"{'.'.join(map(str, sys.version_info[:3]))} ({sys.platform})")


def packages() -> Iterator[Finding]:
    """The installed versions."""
    for name in (*PACKAGES, *OPTIONAL):
        try:
            yield Finding(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            if name in OPTIONAL:
                yield Finding(name, "not installed", OPTIONAL[name])
            else:
                yield Finding(name, "not installed", "install the course again: pip install vmm-edu", broken=True)


def processors() -> Finding:
    """Cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", str(usable))


def memory() -> Finding:
    """Memory that a chapter can use; each needs up to 2 GB."""
    free_gb = free_memory_gb()
    if free_gb is None:
        return Finding("memory", "unknown on this system")
    advice = "chapters need up to 2 GB; close other programs and kernels first." if free_gb < NEEDED_MEMORY_GB else ""
    return Finding("memory", f"{free_gb:.1f} GB free", advice)


def free_memory_gb() -> float | None:
    """Free memory, or what a container's limit leaves of it; None where the system does not say."""
    info = Path("/proc/meminfo")
    if not info.exists():
        return None
    sizes = dict(line.split(":") for line in info.read_text().splitlines())
    free = [float(sizes["MemAvailable"].split()[0]) * 1024]
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        if Path(limit).exists() and (most := Path(limit).read_text().strip()) != "max":
            free.append(float(most) - float(Path(used).read_text()))
    return min(free) / 1e9


def disk(folder: Path) -> Finding:
    """Free space where the command was called."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    advice = "" if free_gb >= NEEDED_DISK_GB else f"chapters render clips; make {NEEDED_DISK_GB:.0f} GB free."
    return Finding("disk", f"{free_gb:.1f} GB free", advice, broken=free_gb < 0.1)


def devices() -> Iterator[Finding]:
    """Every device that JAX sees, and whether a compiled function gives the right sum on it."""
    try:
        import jax
        import jax.numpy as jnp

        found = [*jax.devices(), *processor_beside()]
    except (ImportError, RuntimeError) as error:
        yield Finding("JAX", f"does not start: {error}", "install it again: pip install --force-reinstall jax", True)
        return
    for device in found:
        name = f"{device.platform}:{device.id}"
        try:
            with jax.default_device(device):
                total = float(jax.jit(lambda x: (x @ x).sum())(jnp.ones((8, 8), jnp.float32)))
        except RuntimeError as error:  # what XLA raises for a driver that does not fit
            advice = f"JAX sees this {device.device_kind} and cannot use it. Set JAX_PLATFORMS=cpu to work without it."
            yield Finding(name, f"a compiled function fails: {error}", advice, broken=True)
            continue
        if total == 512.0:
            yield Finding(name, f"{device.device_kind}, a compiled function runs")
        else:
            yield Finding(name, f"a compiled sum gives {total}, not 512", "this device computes wrongly.", broken=True)
    if shutil.which("nvidia-smi") and not {device.platform for device in found} & {"gpu", "cuda"}:
        advice = "the course runs without it; to use it: pip install 'vmm-edu[cuda13]'"
        yield Finding("gpu", "an NVIDIA driver is here, but JAX sees no GPU", advice)


def processor_beside() -> list:
    """The CPU where JAX prefers another device, unless JAX_PLATFORMS leaves it out."""
    import jax

    if jax.default_backend() == "cpu" or "cpu" not in (os.environ.get("JAX_PLATFORMS") or "cpu"):
        return []
    return jax.devices("cpu")


def video() -> Finding:
    """Whether a second of H.264 and AAC can be written and read back."""
    try:
        frames, samples = write_and_read()
    except ImportError as error:
        return Finding("video", f"PyAV does not load: {error}", "install it again: pip install av", broken=True)
    except (OSError, ValueError) as error:
        advice = "this build of PyAV lacks H.264 or AAC; install PyAV's own wheel: pip install --force-reinstall av"
        return Finding("video", f"cannot be written and read: {error}", advice, broken=True)
    if frames != FRAMES or samples < RATE_HZ:
        advice = "the file that was read back is not the one written; install PyAV's own wheel again."
        return Finding("video", f"{frames} of {FRAMES} frames, {samples} of {RATE_HZ} samples", advice, broken=True)
    return Finding("video", "H.264 and AAC can be written and read")


def write_and_read() -> tuple[int, int]:
    """Writes one second of video with sound; returns how many frames and samples come back."""
    import av
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "doctor.mp4")
        with av.open(path, "w") as container:
            pictures = container.add_stream("libx264", rate=FRAMES)
            pictures.width = pictures.height = 64
            pictures.pix_fmt = "yuv420p"
            sound = container.add_stream("aac", rate=RATE_HZ, layout="mono")
            for shade in range(FRAMES):
                image = np.full((64, 64, 3), 20 * shade, np.uint8)
                container.mux(pictures.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(pictures.encode(None))
            wave = np.sin(np.arange(RATE_HZ) * 0.2).astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            frame.sample_rate = RATE_HZ
            container.mux(sound.encode(frame))
            container.mux(sound.encode(None))
        with av.open(path) as container:
            frames = sum(1 for _ in container.decode(video=0))
        with av.open(path) as container:
            samples = sum(frame.samples for frame in container.decode(audio=0))
    return frames, samples
