"""Sets on disk: interrupted, shared, damaged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from vmm_edu import world
from vmm_edu.world import cache, clip_sets

ROOT = Path(__file__).resolve().parents[2]
MAKE = (
    "import sys; from vmm_edu import world; "
    "world.pool('direction', clips=48, seed=3, directory=sys.argv[1], workers=int(sys.argv[2])); "
    "assert 'jax' not in sys.modules"
)


def start(folder, *, workers: int) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", MAKE, str(folder), str(workers)], cwd=ROOT)


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_killed_half_way_and_started_again_it_finishes_the_same_files(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    world.pool("direction", clips=48, seed=3, directory=whole, workers=2)
    process = start(killed, workers=2)
    deadline = time.monotonic() + 60
    while len(list(killed.glob("*.json"))) < 8 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / clip_sets.MANIFEST).exists()
    assert 8 <= len(list(killed.glob("*.json"))) < 48
    (killed / ".000040.mp4.1-aa.tmp").write_bytes(b"half")
    rendered = []
    world.pool("direction", clips=48, seed=3, directory=killed, progress=lambda *done: rendered.append(done))
    assert 0 < rendered[-1][1] <= 40, "finished clips are kept"
    assert contents(killed) == contents(whole)


def test_two_processes_may_make_the_same_set(tmp_path):
    processes = [start(tmp_path / "set", workers=1) for _ in range(2)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    assert len(world.load_set(tmp_path / "set")) == 48


def test_a_finished_set_is_not_rendered_again(clips_of, monkeypatch):
    done = clips_of("direction")
    monkeypatch.setattr(clip_sets, "render_all", lambda *_args, **_more: pytest.fail("rendered"))
    assert world.make_set(done.clips, done.directory) == done


def test_damage_is_told_and_mended(tmp_path):
    made = world.pool("order", clips=4, seed=1, directory=tmp_path)
    assert world.load_set(tmp_path) == made
    before = contents(tmp_path)
    made.paths[2].write_bytes(b"")
    made.paths[1].unlink()
    with pytest.raises(ValueError, match=r"2 files are missing or not what the manifest says"):
        world.load_set(tmp_path)
    world.pool("order", clips=4, seed=1, directory=tmp_path)
    assert contents(tmp_path) == before


def test_bad_input(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        world.load_set(tmp_path)
    with pytest.raises(ValueError, match="no pictures"):
        world.make_set([replace(world.sample("order", clips=1, seed=0)[0], task="nothing")], tmp_path)
    with pytest.raises(ValueError, match="at least one clip"):
        world.make_set((), tmp_path)
    world.pool("order", clips=2, seed=1, directory=tmp_path)
    with pytest.raises(ValueError, match="holds another set"):
        world.pool("order", clips=2, seed=2, directory=tmp_path)
    (tmp_path / clip_sets.MANIFEST).write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        world.load_set(tmp_path)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clip_that_cannot_be_rendered_stops_the_run_with_its_name(tmp_path, workers):
    clips = [replace(clip, split="nowhere") for clip in world.sample("order", clips=14, seed=0)]
    with pytest.raises((ValueError, ChildProcessError), match="nowhere"):
        world.make_set(clips, tmp_path, workers=workers)
    assert not (tmp_path / clip_sets.MANIFEST).exists()


def test_a_worker_that_dies_is_reported(tmp_path, monkeypatch):
    from vmm_edu.world import crew

    begin = crew._start

    def begin_and_kill(log):
        worker = begin(log)
        worker.kill()
        worker.wait()
        return worker

    monkeypatch.setattr(crew, "_start", begin_and_kill)
    with pytest.raises(ChildProcessError, match="ended with status"):
        world.pool("order", clips=14, seed=0, directory=tmp_path, workers=2)


def test_labels_symbols_and_texts(clips_of):
    clips = clips_of("main")
    assert clips.labels.tolist() == [clip.label for clip in clips.clips]
    assert clips.symbols("audio", "size").tolist() == [clip.symbols["audio"]["size"] for clip in clips.clips]
    sidecar = json.loads(clips.paths[5].with_suffix(".json").read_text(encoding="utf-8"))
    assert clips.texts("zh")[5] == sidecar["text"]["zh"]
    assert clips.label_names[clips.labels[5]] == sidecar["label_name"]
    with pytest.raises(ValueError, match="no symbol 'colour'"):
        clips.symbols("video", "colour")
    with pytest.raises(ValueError, match="no text in 'fr'"):
        clips.texts("fr")


def test_the_cache_can_be_put_elsewhere_and_follows_the_code(tmp_path, monkeypatch):
    monkeypatch.setenv("VMM_EDU_CACHE", str(tmp_path))
    made = world.pool("order", clips=2, seed=1)
    assert made.directory.parent == tmp_path / cache.fingerprint()
    assert set(cache.RENDERING) <= {path.stem for path in Path(cache.__file__).parent.glob("*.py")}
    monkeypatch.setattr(cache.av, "__version__", "999.0")
    cache.fingerprint.cache_clear()
    changed = cache.fingerprint()
    cache.fingerprint.cache_clear()
    assert changed != made.directory.parent.name
