"""The doctor finds this machine well, and says so where it is not."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import jax
import pytest

from vmm_edu.command import doctor, main


def named(name: str, findings) -> doctor.Finding:
    (found,) = [finding for finding in findings if finding.name == name]
    return found


def test_this_machine_can_run_the_course(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"✓ jax          {metadata.version('jax')}" in said
    assert "a compiled function runs" in said
    assert "✓ video        H.264 and AAC can be written and read" in said
    assert said.endswith("This machine can run the course.\n")


def test_what_is_broken_is_said_with_advice_and_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "devices", lambda: iter(()))
    monkeypatch.setattr(doctor, "video", lambda: doctor.Finding("video", "no AAC", "install PyAV.", broken=True))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ video        no AAC" in said
    assert "\nvideo: install PyAV.\n" in said
    assert said.endswith("1 of these must be mended first.\n")


def test_a_video_that_comes_back_short_is_seen(monkeypatch):
    monkeypatch.setattr(doctor, "write_and_read", lambda: (11, 16384))
    assert "11 of 12 frames" in doctor.video().found
    assert doctor.video().broken


def test_a_library_without_the_codec_is_said(monkeypatch):
    import av

    class Container:
        def add_stream(self, name: str, **options: object) -> None:
            raise av.codec.codec.UnknownCodecError(name)

        def __enter__(self):
            return self

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(av, "open", lambda *given: Container())
    found = doctor.video()
    assert found.broken
    assert "libx264" in found.found
    assert "PyAV" in found.advice


def test_every_device_is_tried():
    findings = [finding for finding in doctor.devices() if finding.name != "gpu"]
    assert len(findings) == len({*jax.devices(), *jax.devices("cpu")})
    assert not any(finding.broken for finding in findings)


def test_a_driver_that_jax_does_not_use_is_said(monkeypatch):
    monkeypatch.setattr(jax, "devices", lambda *platform: [])
    monkeypatch.setattr(doctor.shutil, "which", lambda name: name)
    (found,) = doctor.devices()
    assert "JAX sees no GPU" in found.found
    assert "vmm-edu[cuda13]" in found.advice
    assert not found.broken
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert list(doctor.devices()) == []


@pytest.mark.parametrize(
    ("backend", "chosen", "tried"), [("cpu", "", 0), ("gpu", "", 1), ("gpu", "cuda", 0), ("gpu", "cuda,cpu", 1)]
)
def test_the_processor_is_tried_beside_a_gpu(monkeypatch, backend: str, chosen: str, tried: int):
    monkeypatch.setenv("JAX_PLATFORMS", chosen)
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    assert len(doctor.processor_beside()) == tried


def test_a_device_that_fails_or_computes_wrongly_is_said(monkeypatch):
    def fails(function):
        raise RuntimeError("no kernel image")

    monkeypatch.setattr(jax, "jit", fails)
    (found,) = doctor.devices()
    assert found.broken
    assert "no kernel image" in found.found
    assert "JAX_PLATFORMS=cpu" in found.advice
    monkeypatch.setattr(jax, "jit", lambda function: lambda x: 511.0)
    (found,) = doctor.devices()
    assert found.broken
    assert "511.0, not 512" in found.found


@pytest.mark.parametrize(("free_gb", "advised"), [(None, False), (1.0, True), (8.0, False)])
def test_little_memory_is_said(monkeypatch, free_gb: float | None, advised: bool):
    monkeypatch.setattr(doctor, "free_memory_gb", lambda: free_gb)
    assert bool(doctor.memory().advice) == advised


def test_a_missing_package_is_said(monkeypatch):
    def version(name: str) -> str:
        if name in {"jax", "jupyterlab"}:
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    found = list(doctor.packages())
    assert named("jax", found).broken
    assert not named("jupyterlab", found).broken
    assert "vmm-edu[lab]" in named("jupyterlab", found).advice


def test_a_full_disk_is_said(monkeypatch, tmp_path: Path):
    usage = doctor.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage._replace(free=5e7))
    assert doctor.disk(tmp_path).broken
    assert "make 1 GB free" in doctor.disk(tmp_path).advice
