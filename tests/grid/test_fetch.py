"""What is fetched is whole, an interruption costs nothing, and each failure is one sentence that says what to do."""

from __future__ import annotations

import hashlib
import io
import shutil
import socket
import zipfile
from pathlib import Path

import numpy as np
import pytest
from grid.archive_server import Served, serve, zipped

from vmm_edu import command, grid
from vmm_edu.grid import archive as archive_module
from vmm_edu.grid import download as download_function

NAMES = ("bbaf2n", "lgik1a", "swwz9s")
QUIET = {"say": lambda line: None}


def content(name: str) -> bytes:
    """Bytes that do not compress, other ones for each name."""
    return np.random.default_rng(sum(name.encode())).bytes(100_000)


def archives() -> dict[str, bytes]:
    clips = {f"s1/{name}.mpg": content(name) for name in NAMES}
    lines = {f"alignments/{t}/{name}.align": b"0 1 sil\n" for t in ("s1", "s2") for name in NAMES}
    return {"s1.zip": zipped(clips), "alignments.zip": zipped(lines)}


@pytest.fixture
def served():
    with serve(archives()) as running:
        yield running


def hashes() -> dict[str, str]:
    return {f"s1/{name}.mpg": hashlib.sha256(content(name)).hexdigest() for name in NAMES}


def test_a_talker_is_fetched_unpacked_and_checked(tmp_path: Path, served: Served):
    lines: list[str] = []
    fetched = grid.fetch(1, tmp_path, say=lines.append, manifest=hashes(), source=served.url)
    assert fetched == grid.Fetched(tmp_path, 3, 3, (), 3)
    assert {path.name: path.read_bytes() for path in (tmp_path / "s1").iterdir()} == {
        f"{name}.mpg": content(name) for name in NAMES
    }
    assert sorted(path.stem for path in (tmp_path / "alignments/s1").iterdir()) == list(NAMES)
    assert not (tmp_path / "alignments/s2").exists()
    assert "CC BY 4.0" in lines[0]
    assert "Read the record's terms yourself" in lines[0]
    assert not (tmp_path / "s1.zip").exists(), "the clips are not kept twice"


def test_what_is_there_is_not_fetched_again(tmp_path: Path, served: Served):
    grid.fetch(1, tmp_path, **QUIET, source=served.url)
    served.asked.clear()
    assert grid.fetch(1, tmp_path, **QUIET, source=served.url).clips == 3
    assert served.asked == []
    (tmp_path / "s1/bbaf2n.mpg").unlink()
    assert grid.fetch(1, tmp_path, **QUIET, source=served.url).clips == 3
    assert [name for name, _ in served.asked] == ["s1.zip"]


def test_a_broken_connection_is_gone_on_with_at_once(tmp_path: Path, served: Served):
    served.break_after = [70_000, 120_000, None]
    seen: list[tuple[int, int | None]] = []
    path = grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", progress=lambda *p: seen.append(p), pause_s=0)
    assert path.read_bytes() == served.files["s1.zip"]
    assert [wanted for _, wanted in served.asked] == [None, "bytes=70000-", "bytes=190000-"]
    assert seen[-1] == (len(served.files["s1.zip"]),) * 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert list(tmp_path.iterdir()) == [path], "no part is left"


def test_an_interrupted_run_goes_on_in_the_next(tmp_path: Path, served: Served):
    def stop(what: str, done: int, total: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grid.fetch(1, tmp_path, **QUIET, source=served.url, progress=stop)
    have = (tmp_path / "s1.zip.part").stat().st_size
    assert 0 < have < len(served.files["s1.zip"])
    assert grid.fetch(1, tmp_path, **QUIET, manifest=hashes(), source=served.url).unlike == ()
    assert served.asked[:2] == [("s1.zip", None), ("s1.zip", f"bytes={have}-")]


def test_unpacking_goes_on_where_it_was_interrupted(tmp_path: Path, served: Served, monkeypatch):
    real, copied = archive_module.shutil.copyfileobj, []

    def copy(source, target):
        if len(copied) == 2:
            raise KeyboardInterrupt
        copied.append(target.name)
        real(source, target)

    monkeypatch.setattr(archive_module.shutil, "copyfileobj", copy)
    with pytest.raises(KeyboardInterrupt):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)
    served.asked.clear()
    copied[:] = []
    (tmp_path / "s1/bbaf2n.mpg").write_bytes(b"x" * 100_000)
    monkeypatch.setattr(archive_module.shutil, "copyfileobj", lambda s, t: copied.append(t.name) or real(s, t))
    grid.fetch(1, tmp_path, **QUIET, source=served.url)
    assert [Path(name).name for name in copied[:2]] == ["bbaf2n.mpg.part", "swwz9s.mpg.part"]
    assert ("s1.zip", None) not in served.asked
    assert (tmp_path / "s1/bbaf2n.mpg").read_bytes() == content("bbaf2n")


@pytest.mark.parametrize("other", [lambda old: old[::-1], lambda old: old[1000:], lambda old: old + b"more"])
def test_another_version_on_the_server_is_fetched_from_its_start(tmp_path: Path, served: Served, other):
    served.break_after = [70_000, 0, 0, 0, 0]
    with pytest.raises(grid.DownloadError):
        grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    served.files["s1.zip"] = other(served.files["s1.zip"])
    grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    assert (tmp_path / "s1.zip").read_bytes() == served.files["s1.zip"]


@pytest.mark.parametrize("lacking", ["ranges", "tags", "lengths"])
def test_a_simpler_server_will_do(tmp_path: Path, served: Served, lacking: str):
    setattr(served, lacking, False)
    if lacking != "lengths":
        served.break_after = [70_000]
    grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    assert (tmp_path / "s1.zip").read_bytes() == served.files["s1.zip"]


def test_a_part_longer_than_the_file_is_thrown_away(tmp_path: Path, served: Served):
    served.tags = False
    (tmp_path / "s1.zip.part").write_bytes(b"x" * (len(served.files["s1.zip"]) + 5))
    (tmp_path / "s1.zip.part.json").write_text('{"size": 9999999, "version": null}')
    grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    assert (tmp_path / "s1.zip").read_bytes() == served.files["s1.zip"]


def test_a_part_without_its_description_is_not_trusted(tmp_path: Path, served: Served):
    (tmp_path / "s1.zip.part").write_bytes(b"x" * 50)
    (tmp_path / "s1.zip.part.json").write_text("{broken")
    grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    assert (tmp_path / "s1.zip").read_bytes() == served.files["s1.zip"]


def test_a_connection_that_breaks_again_and_again_is_given_up_with_what_there_is(tmp_path: Path, served: Served):
    served.break_after = [200_000] + [0] * 9
    with pytest.raises(grid.DownloadError, match="run this again, it goes on after 0 MB"):
        grid.download(f"{served.url}/s1.zip", tmp_path / "s1.zip", pause_s=0)
    assert (tmp_path / "s1.zip.part").stat().st_size == 200_000


def test_clips_unlike_the_manifest_are_warned_of_and_kept(tmp_path: Path, served: Served):
    manifest = {**hashes(), "s1/lgik1a.mpg": "0" * 64, "s1/prbo9p.mpg": "1" * 64, "s2/bbaf2n.mpg": "2" * 64}
    with pytest.warns(UserWarning, match="2 of 4 clips are not those"):
        fetched = grid.fetch(1, tmp_path, **QUIET, manifest=manifest, source=served.url)
    assert fetched.unlike == ("s1/lgik1a.mpg", "s1/prbo9p.mpg")
    assert fetched.clips == 3


def test_a_truncated_archive_is_told_and_can_be_fetched_again(tmp_path: Path, served: Served):
    whole = served.files["s1.zip"]
    served.files["s1.zip"] = whole[:-100]
    with pytest.raises(grid.DownloadError, match=r"got a damaged one .* run this again"):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)
    served.files["s1.zip"] = whole
    assert grid.fetch(1, tmp_path, **QUIET, source=served.url).clips == 3


def test_a_flipped_byte_in_an_archive_is_found(tmp_path: Path, served: Served):
    damaged = bytearray(served.files["s1.zip"])
    damaged[50_000] ^= 1
    served.files["s1.zip"] = bytes(damaged)
    with pytest.raises(grid.DownloadError, match="damaged"):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)
    assert not (tmp_path / "s1/bbaf2n.mpg").exists(), "half a clip never bears its name"


def test_nothing_is_written_outside_the_folder(tmp_path: Path, served: Served):
    link = zipfile.ZipInfo("s1/swwz9s.mpg")
    link.external_attr = 0o120777 << 16  # a symbolic link
    evil = {
        "../../s1/../escape.mpg": b"1",
        "../s1/bbaf2n.mpg": b"2",
        "/etc/s1/lgik1a.mpg": b"3",
        "s1/../../../prbo9p.mpg": b"4",
        "s1/run.sh": b"5",
        "__MACOSX/s1/prbo8p.mpg": b"6",
    }
    buffer = io.BytesIO(zipped(evil))
    with zipfile.ZipFile(buffer, "a") as opened:
        opened.writestr(link, "/etc/passwd")
    served.files["s1.zip"] = buffer.getvalue()
    inside = tmp_path / "a" / "b"
    grid.fetch(1, inside, **QUIET, source=served.url)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.mpg")}
    assert written == {"a/b/s1/bbaf2n.mpg", "a/b/s1/lgik1a.mpg", "a/b/s1/swwz9s.mpg"}
    assert not (inside / "s1/swwz9s.mpg").is_symlink()
    assert not list(tmp_path.rglob("run.sh"))


def test_a_file_too_large_to_be_a_clip_is_refused(tmp_path: Path, served: Served):
    served.files["s1.zip"] = zipped({"s1/bbaf2n.mpg": b"0" * 21_000_000})
    with pytest.raises(grid.DownloadError, match="this is not the corpus"):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)


def test_an_archive_of_others_is_told(tmp_path: Path, served: Served):
    served.files["s1.zip"] = zipped({"s2/bbaf2n.mpg": b"0"})
    with pytest.raises(grid.DownloadError, match="expected files of s1, found none"):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)


@pytest.mark.parametrize(("status", "words"), [(404, "not there"), (503, "wait some minutes"), (403, "in a browser")])
def test_a_refusal_is_one_sentence(tmp_path: Path, served: Served, monkeypatch, status: int, words: str):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    served.status = status
    with pytest.raises(grid.DownloadError, match=words):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)


def test_a_full_disk_is_told_before_the_download(tmp_path: Path, served: Served, monkeypatch):
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10, 10, 500_000))
    with pytest.raises(grid.DownloadError, match="make room"):
        grid.fetch(1, tmp_path, **QUIET, source=served.url)
    assert not (tmp_path / "s1.zip.part").exists()


@pytest.mark.parametrize("talker", [0, 21, 35, -1])
def test_a_talker_that_is_not_there_is_refused(tmp_path: Path, talker: int):
    with pytest.raises(ValueError, match="expected a talker from 1 to 34"):
        grid.fetch(talker, tmp_path, **QUIET)


def test_an_address_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="begins with https"):
        download_function("file:///etc/passwd", tmp_path / "x")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_command_without_a_network_says_so_in_one_sentence(tmp_path: Path, capsys):
    words = ["grid", "fetch", "--talker", "1", "--to", str(tmp_path), "--source", f"http://127.0.0.1:{closed_port()}"]
    assert command.main(words) == 30
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert "connect to the network and run this again" in shown.err
    assert "CC BY 4.0" in shown.out


def test_the_command_fetches_and_says_what_comes_next(tmp_path: Path, served: Served, capsys):
    words = ["grid", "fetch", "--talker", "1", "--to", str(tmp_path), "--source", served.url]
    assert command.main(words) == 0
    shown = capsys.readouterr()
    assert f"3 clips and 3 alignments in {tmp_path}" in shown.out
    assert f"Next: vmm-edu grid prepare {tmp_path}" in shown.out
    assert "0 of 1000 clips are those that this course was tried on" in shown.out
    assert "vmm-edu: note: 1000 of 1000 clips are not those" in shown.err


def test_the_manifest_is_read_and_a_wrong_line_named(tmp_path: Path):
    root = Path(__file__).resolve().parents[2]
    manifest = grid.read_manifest(root / "data" / "grid_s1.sha256")
    assert len(manifest) == 1000
    assert all(grid.read_sentence(name) and name.startswith("s1/") for name in manifest)
    path = tmp_path / "wrong.sha256"
    path.write_text("0" * 64 + "  s1/a.mpg\n" + "0" * 63 + "  s1/b.mpg\n")
    with pytest.raises(ValueError, match="line 2"):
        grid.read_manifest(path)
