"""``vmm-edu grid train`` and ``report``: prepared GRID clips in; tables, and the record that chapter 10 shows, out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

SEEDS = 3
ANSWERS = "answers"
FEWEST = 25
"""Clips: of each of the five folds, a clip and the four others whose voices are its babble."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``train`` and ``report`` to the commands of ``vmm-edu grid``."""
    train = commands.add_parser("train", help="train and test every model (again: goes on with the next seed)")
    report = commands.add_parser("report", help="write what they reach into a small JSON file")
    for parser in (train, report):
        parser.add_argument("prepared", type=Path, metavar="PREPARED", help="folder that `vmm-edu grid prepare` wrote")
        parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"of the models (default: {SEEDS})")
    report.add_argument("--out", type=Path, required=True, metavar="FILE", help="the JSON file")
    report.add_argument("--date", default=None, help="written into the file as it is")
    train.set_defaults(run=_train)
    report.set_defaults(run=_report)


def _study(options: argparse.Namespace) -> dict[str, Any]:
    from vmm_edu import grid

    if options.seeds < 1:
        raise ValueError(f"expected at least 1 seed, got {options.seeds}")
    prepared = grid.load_prepared(options.prepared)
    if len(prepared.names) < FEWEST:
        raise ValueError(
            f"expected at least {FEWEST} prepared clips in {options.prepared}, got {len(prepared.names)}; fetch and "
            "prepare a whole talker"
        )
    return grid.study(
        prepared,
        seeds=range(options.seeds),
        say=lambda words: print(words, file=sys.stderr, flush=True),
        keep=options.prepared / ANSWERS,
    )


def _train(options: argparse.Namespace) -> int:
    print(table(_study(options)))
    return 0


def _report(options: argparse.Namespace) -> int:
    # Before the training: a place that cannot be written is told at once, not after it.
    if options.out.is_dir():
        raise ValueError(f"--out: expected the name of a file, got the folder {options.out}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    record = {"recorded": options.date, **_study(options)}
    part = options.out.with_suffix(options.out.suffix + ".part")
    part.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    part.replace(options.out)
    print(table(record))
    print(f"written: {options.out}")
    return 0


def table(record: dict[str, Any]) -> str:
    """Accuracy of each kind of word from each sense, and of whole sentences, one line each."""
    kinds = list(record["kinds"])
    lines = [f"{'words cut by alignments':<36}" + "".join(f"{kind:>12}" for kind in kinds)]
    cut = record["cut by the alignments"]
    for model in ("linear", "LSTM", "LSTM, all seeds together"):
        for sense, row in cut[model].items():
            lines.append(f"{sense + ', ' + model:<36}" + "".join(f"{row[kind][0]:12.3f}" for kind in kinds))
    lines.append(f"{'whole sentence, unaligned':<36}" + "".join(f"{kind:>12}" for kind in [*kinds, "sentence"]))
    for sense, ways in record["whole sentence"].items():
        for way, row in ways.items():
            shown = "".join(f"{row[kind][0]:12.3f}" for kind in [*kinds, "sentence"])
            lines.append(f"{sense + ', ' + way:<36}" + shown)
    return "\n".join(lines)
