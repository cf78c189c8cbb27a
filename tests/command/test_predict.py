from __future__ import annotations

import json

import numpy as np
import pytest
from framing.media import tone, write_media

from vmm_edu.command import main


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_media(tmp_path_factory.mktemp("clips") / "a.mp4", count=30, sound=tone(2.5))


def test_words_name_what_is_missing_and_what_the_answer_means(clip, capsys):
    assert main(["predict", str(clip)]) == 0
    printed = capsys.readouterr().out
    assert "text   missing: no text given" in printed
    assert "video  sees" in printed
    assert "audio  hears" in printed
    assert "ChimeWorld" in printed
    assert "means nothing" in printed


def test_json_holds_the_same(clip, capsys):
    assert main(["predict", str(clip), "--json", "--text", "A steel thing drops and lands.", "--start", "0.2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["missing"] == {}
    assert found["start_s"] == 0.2
    assert set(found["probabilities"]) == {"video", "audio", "text", "all"}
    for probabilities in found["probabilities"].values():
        assert sum(probabilities.values()) == pytest.approx(1, abs=1e-4)
    assert found["label"] == max(found["probabilities"]["all"], key=found["probabilities"]["all"].__getitem__)
    assert found["symbols"]["text"]["material"]["metal"] > 0.9


def test_nothing_to_go_on_is_said(tmp_path, capsys):
    path = write_media(tmp_path / "a.mp4", count=30, numbers=[3] * 30, sound=np.zeros(40_000))
    assert main(["predict", str(path)]) == 0
    assert "no prediction" in capsys.readouterr().out
    assert main(["predict", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["label"] is None
    assert set(found["missing"]) == {"video", "audio", "text"}


@pytest.mark.parametrize(("content", "code"), [(None, 10), (b"", 11), (b"not a video\n" * 20, 12)])
def test_a_bad_file_has_one_sentence_and_its_code(tmp_path, capsys, content, code):
    path = tmp_path / "bad.mp4"
    if content is not None:
        path.write_bytes(content)
    assert main(["predict", str(path)]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("vmm-edu: ")
    assert "bad.mp4" in shown.err
    assert shown.err.count("\n") == 1


def test_a_bad_model_has_one_sentence(clip, tmp_path, capsys):
    (tmp_path / "m.safetensors").write_bytes(b"nothing")
    assert main(["predict", str(clip), "--model", str(tmp_path / "m.safetensors")]) == 1
    assert "safetensors format" in capsys.readouterr().err
