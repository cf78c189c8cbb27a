"""README and chapter 00 name what is there: links, chapters, commands, recorded scores."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))
PRIVATE = ("/work" + "/", "/tmp" + "/", "/root" + "/", "/home" + "/", "/Users" + "/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_chapters_listed_are_the_chapters_there():
    there = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(re.findall(r"\(notebooks/([\w.]+)\)", README)) == there
    start = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in start.cells if cell.cell_type == "markdown")
    listed = text.split("## The map")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| (\d\d[a-z]?) ", listed, re.MULTILINE)) == {name.split("_")[0] for name in there}


def test_ci_calls_what_readme_names():
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "make test"
    assert "make test " in README


def test_every_make_target_and_command_in_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?! test)", README)) <= targets | {"without"}
    script = "from vmm_edu.command import main; main(['--help'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0
    for command in set(re.findall(r"vmm-edu ([a-z]+)", README)):
        assert re.search(rf"^\s+{command}\b", done.stdout, re.MULTILINE), command


def test_the_scores_in_readme_are_the_recorded_ones():
    record = json.loads(next((ROOT / "vmm_edu").rglob("main_label.json")).read_text())
    for row in record["scores"]:
        line = f"| {row['name']} | {row['accuracy']:.3f} | {row['ceiling']:.3f} | {row['share']:.2f} |"
        assert line in README, line


def test_what_readme_says_of_real_people_is_recorded():
    record = json.loads(next((ROOT / "vmm_edu").rglob("grid.json")).read_text())
    lips = record["cut by the alignments"]["LSTM"]["lips"]["mean of the words"][0]
    babble = record["noise"]["babble"]
    lines = 0
    for level, sound, both in zip(record["noise"]["levels_db"], babble["sound"], babble["both"], strict=True):
        name = "none" if level is None else f"{level} dB".replace("-", "−")
        heard, fused = sound["mean of the words"][0], both["mean of the words"][0]
        lines += f"| {name} | {lips:.2f} | {heard:.2f} | {fused:.2f} |" in README
    assert lines >= 4
    assert f"{record['corpus']['clips']} sentences of one talker" in README


def test_no_page_holds_a_machines_path():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    for name in files:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".txt", ".cfg", ".ipynb", ".json", ""} and path.is_file():
            text = re.sub(r"base64,[A-Za-z0-9+/=\\n]+", "", path.read_text(encoding="utf-8"))
            text = re.sub(r'"image/png": "[^"]+"', "", text)
            assert not [piece for piece in PRIVATE if piece in text], name
