"""A folder and a table in; what is there, how it was divided, and what each sense tells out."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

from vmm_edu import command

SMOKE = Path(__file__).resolve().parents[2] / "data" / "smoke" / "main"


def folder_of_smoke(folder: Path, *, clips: int) -> Path:
    """ChimeWorld's clips by what they ring of, three to a group; without their sentences."""
    table = folder / "labels.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label", "group"])
        for k, source in enumerate(sorted(SMOKE.glob("*.mp4"))[:clips]):
            symbols = json.loads(source.with_suffix(".json").read_text())["symbols"]
            shutil.copy(source, folder / f"take {k}.mp4")
            writer.writerow([f"take {k}.mp4", ("metal", "wood")[symbols["audio"]["material"]], f"day {k // 3}"])
    return table


def test_own_clips_get_a_first_look(tmp_path: Path, capsys):
    table = folder_of_smoke(tmp_path, clips=48)
    assert command.main(["own", str(tmp_path), str(table), "--seed", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"48 clips of 2 classes: metal \d+; wood \d+", lines[0])
    assert re.fullmatch(r"train \d+, validation \d+, test \d+; none of 16 groups is in two of them", lines[1])
    assert lines[2].startswith("video: in 48 of 48 clips; a linear model gets ")
    heard = re.fullmatch(
        r"audio: in 48 of 48 clips; a linear model gets (\S+) of \d+ validation clips right .*", lines[3]
    )
    assert heard is not None
    assert float(heard[1]) >= 0.8, "metal rings and wood knocks"
    assert lines[4] == "text: in 0 of 48 clips"


def test_what_the_other_clips_lack_is_said(tmp_path: Path, capsys):
    table = folder_of_smoke(tmp_path, clips=12)
    for k, name in enumerate(("mute 1.mp4", "mute 2.mp4")):
        shutil.copy(SMOKE.parent / "direction" / f"00000{k}.mp4", tmp_path / name)
        with table.open("a") as file:
            file.write(f"{name},metal,day {9 + k}\n")
    assert command.main(["own", str(tmp_path), str(table), "--seed", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("video: in 14 of 14 clips; a linear model")
    assert lines[3].startswith("audio: in 12 of 14 clips (the others have no sound, or silence); a linear model")


def test_a_wrong_table_is_one_sentence(tmp_path: Path, capsys):
    table = tmp_path / "labels.csv"
    table.write_text("name,label\na.mp4,x\n")
    assert command.main(["own", str(tmp_path), str(table), "--seed", "0"]) == 1
    assert re.fullmatch(r"vmm-edu: expected the columns file and label .*\n", capsys.readouterr().err)
    assert command.main(["own", str(tmp_path), str(table), "--seed", "-1"]) == 1
