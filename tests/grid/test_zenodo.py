"""What Zenodo does and a plain server does not: a record with MD5, rate limits, redirects, neighbours' folders."""

from __future__ import annotations

import hashlib
import json
import time
from email.message import Message
from email.utils import formatdate
from pathlib import Path

import pytest
from grid.archive_server import Served, serve, zipped

from vmm_edu import grid
from vmm_edu.grid.record import Listed, read_record
from vmm_edu.grid.waiting import asked_to_wait

RECORD = "api/records/3625687"
MINE, THEIRS, NOBODYS = ("bbaf2n", "lgik1a", "swwz9s", "pgby7n"), ("lrae1n", "swih2p", "bbaf2n"), ("pbio7a",)
LINE = b"0 1000 sil\n"


def archives(*, folder: str = "s5") -> dict[str, bytes]:
    """Talker 5's clips; the alignments of talker 5 lie in `folder`, as several do in the public archive."""
    other = "s6" if folder == "s5" else "s5"
    aligned = {folder: MINE, other: THEIRS, "s7": NOBODYS}
    lines = {f"alignments/{talker}/{name}.align": LINE for talker, names in aligned.items() for name in names}
    clips = {f"s5/{name}.mpg": name.encode() * 9 for name in MINE}
    rubbish = {f"__MACOSX/s5/._{name}.mpg": b"x" for name in MINE}
    return {"files/s5.zip": zipped(clips | rubbish), "files/alignments.zip": zipped(lines)}


@pytest.fixture
def served():
    with serve(archives()) as running:
        yield running


def describe(served: Served, *, entries: bool = False, wrong: str = "") -> None:
    """Let the server answer as the record's interface does; its links lead to other addresses than the pages'."""
    listed = []
    for path in ("s5.zip", "alignments.zip"):
        body = served.files[f"files/{path}"]
        served.files[f"{RECORD}/files/{path}/content"] = body
        digest = "0" * 32 if path == wrong else hashlib.md5(body).hexdigest()
        link = {"content" if entries else "self": f"/{RECORD}/files/{path}/content"}
        listed.append({"key": path, "size": len(body), "checksum": f"md5:{digest}", "links": link})
    told = {"id": 3625687, "files": {"entries": {one["key"]: one for one in listed}} if entries else listed}
    served.files[RECORD] = json.dumps(told).encode()


def fetch(served: Served, to: Path, said: list[str] | None = None) -> grid.Fetched:
    say = (lambda line: None) if said is None else said.append
    return grid.fetch(5, to, say=say, source=f"{served.url}/files", description=f"{served.url}/{RECORD}")


@pytest.mark.parametrize("entries", [False, True])
def test_the_record_names_the_addresses_and_the_md5(tmp_path: Path, served: Served, entries: bool):
    describe(served, entries=entries)
    assert fetch(served, tmp_path)[1:3] == (4, 4)
    assert [path for path, _ in served.asked] == [
        RECORD,
        f"{RECORD}/files/s5.zip/content",
        f"{RECORD}/files/alignments.zip/content",
    ]


def test_an_archive_unlike_its_md5_is_deleted_and_told(tmp_path: Path, served: Served):
    describe(served, wrong="s5.zip")
    with pytest.raises(grid.DownloadError, match=r"expected a file of MD5 0{32}, got .*run this again"):
        fetch(served, tmp_path)
    assert not list(tmp_path.rglob("*.zip*"))
    describe(served)
    assert fetch(served, tmp_path).clips == 4


def test_a_part_that_went_wrong_is_found_by_the_md5(tmp_path: Path, served: Served):
    describe(served)
    body = served.files["files/s5.zip"]
    (tmp_path / "s5.zip.part").write_bytes(b"?" + body[1:50])
    version = served.tag(f"{RECORD}/files/s5.zip/content")
    (tmp_path / "s5.zip.part.json").write_text(json.dumps({"size": len(body), "version": version}))
    with pytest.raises(grid.DownloadError, match="damaged on its way"):
        fetch(served, tmp_path)
    assert fetch(served, tmp_path).clips == 4


def test_the_md5_in_the_etag_is_compared_where_the_record_does_not_answer(tmp_path: Path, served: Served):
    served.plain_tags, said = False, []
    body = served.files["files/s5.zip"]
    (tmp_path / "s5.zip.part").write_bytes(b"?" + body[1:50])
    about = {"size": len(body), "version": served.tag("files/s5.zip")}
    (tmp_path / "s5.zip.part.json").write_text(json.dumps(about))
    with pytest.raises(grid.DownloadError, match="damaged on its way"):
        fetch(served, tmp_path, said)
    assert any("no MD5 to compare with" in line for line in said)
    assert fetch(served, tmp_path).clips == 4


@pytest.mark.parametrize("told", [b"<html>", b"[]", b'{"files": 3}', b'{"files": [{"key": 1}, 2, {"links": {}}]}'])
def test_a_record_that_cannot_be_read_is_done_without(tmp_path: Path, served: Served, told: bytes):
    served.files[RECORD] = told
    assert read_record(f"{served.url}/{RECORD}") == {}
    assert fetch(served, tmp_path).clips == 4


def test_what_a_record_says_of_a_file_may_be_incomplete(served: Served):
    entries = [
        {"key": "a", "links": {"self": "https://elsewhere/a"}, "checksum": "sha256:0"},
        {"key": "b", "links": {}},
    ]
    served.files[RECORD] = json.dumps({"files": entries}).encode()
    assert read_record(f"{served.url}/{RECORD}") == {"a": Listed("https://elsewhere/a", None, None)}


def test_a_busy_server_is_asked_again_when_it_says(tmp_path: Path, served: Served, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    served.busy = [{"Retry-After": "7"}, {"X-RateLimit-Reset": str(int(time.time()) + 30)}, {}]
    said: list[str] = []
    path = grid.download(f"{served.url}/files/s5.zip", tmp_path / "s5.zip", say=said.append)
    assert path.read_bytes() == served.files["files/s5.zip"]
    assert waited == [7, pytest.approx(30, abs=3), 4]
    assert "is busy (429); waiting 7 s" in said[0]


@pytest.mark.parametrize(("busy", "asked"), [([{"Retry-After": "3600"}], 1), ([{}] * 9, 4)])
def test_a_server_that_stays_busy_is_left_alone(tmp_path: Path, served: Served, monkeypatch, busy, asked):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    served.busy = list(busy)
    with pytest.raises(grid.DownloadError, match="wait some minutes and run this again"):
        grid.download(f"{served.url}/files/s5.zip", tmp_path / "s5.zip")
    assert len(served.asked) == asked


def test_dates_are_understood_and_nonsense_is_not():
    def headers(**given: str) -> Message:
        message = Message()
        for name, value in given.items():
            message[name.replace("_", "-")] = value
        return message

    assert asked_to_wait(headers(Retry_After=formatdate(time.time() + 60, usegmt=True))) == pytest.approx(60, abs=3)
    assert asked_to_wait(headers(Retry_After=formatdate(0, usegmt=True))) == 0
    assert asked_to_wait(headers(Retry_After="soon")) is None
    assert asked_to_wait(headers(X_RateLimit_Reset="never")) is None
    assert asked_to_wait(headers()) is None


def test_a_redirect_is_followed_and_gone_on_with(tmp_path: Path, served: Served):
    served.moved["old/s5.zip"] = f"{served.url}/files/s5.zip"
    served.break_after = [100]
    grid.download(f"{served.url}/old/s5.zip?download=1", tmp_path / "s5.zip", pause_s=0)
    assert (tmp_path / "s5.zip").read_bytes() == served.files["files/s5.zip"]
    assert ("files/s5.zip", "bytes=100-") in served.asked


def test_a_page_in_the_place_of_the_file_is_not_taken_for_it(tmp_path: Path, served: Served):
    served.kind = "text/html; charset=utf-8"
    with pytest.raises(grid.DownloadError, match="a web page in its place"):
        grid.download(f"{served.url}/files/s5.zip", tmp_path / "s5.zip")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", ["s5", "s6"])
def test_alignments_are_found_by_the_names_of_the_clips(tmp_path: Path, folder: str):
    said: list[str] = []
    with serve(archives(folder=folder)) as served:
        assert fetch(served, tmp_path, said).alignments == len(MINE)
    assert {path.stem for path in (tmp_path / "alignments" / "s5").iterdir()} == set(MINE)
    assert any("are in its folder s6" in line for line in said) == (folder == "s6")


def test_a_folder_that_lacks_a_few_alignments_is_still_the_talkers_own(tmp_path: Path):
    files = archives()
    lines = {f"s5/{name}.align": LINE for name in MINE[:3]} | {f"s6/{name}.align": LINE for name in MINE}
    files["files/alignments.zip"] = zipped(lines)
    with serve(files) as served:
        assert fetch(served, tmp_path).alignments == 3


@pytest.mark.parametrize("prefix", ["", "s5/", "video/mpg/s5/", "S5/"])
def test_clips_are_found_with_and_without_folders_around_them(tmp_path: Path, prefix: str):
    files = archives()
    files["files/s5.zip"] = zipped({f"{prefix}{name}.MPG": b"x" for name in MINE})
    with serve(files) as served:
        assert fetch(served, tmp_path).clips == len(MINE)
    assert sorted(path.name for path in (tmp_path / "s5").iterdir()) == sorted(f"{name}.mpg" for name in MINE)
