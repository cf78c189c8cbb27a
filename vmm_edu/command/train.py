"""``vmm-edu train``: the pipeline's model, trained on ChimeWorld's main task and scored against its exact ceilings."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

# Half the bytes of float32, at no cost that a test set of this size could show.
STORED = "float16"


def add_arguments(subparsers) -> None:
    """Adds ``train`` to the command line."""
    parser = subparsers.add_parser(
        "train",
        help="train the model that comes with the package, and score it against its ceilings",
        description="Renders ChimeWorld's main task where it is missing, trains sight, sound, text and their fusion on "
        "it, and writes main.safetensors and main_label.json (scores, ceilings, seconds, versions).",
    )
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for both files (default: results)")
    parser.add_argument("--clips", type=int, default=1600, help="training clips (default: 1600)")
    parser.add_argument("--test-clips", type=int, default=1000, help="test clips, a multiple of 1000 (default: 1000)")
    parser.add_argument("--epochs", type=int, default=12, help="times that each clip is seen (default: 12)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the clips and of the training (default: 0)")
    parser.add_argument("--date", default=None, help="written into main_label.json as it is")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains, prints the table, writes both files."""
    from vmm_edu.command.main_study import study

    options.out.mkdir(parents=True, exist_ok=True)
    done = study(
        clips=options.clips,
        test_clips=options.test_clips,
        epochs=options.epochs,
        seed=options.seed,
        say=lambda words: print(words, file=sys.stderr, flush=True),
    )
    record = {"recorded": options.date, **done.record}
    done.pipeline.save(options.out / "main.safetensors", dtype=STORED)
    (options.out / "main_label.json").write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(table(record))
    print(f"written: {options.out / 'main.safetensors'}, {options.out / 'main_label.json'}")
    return 0


def table(record: dict) -> str:
    """The scores beside their ceilings, one line each."""
    lines = [f"{'senses':<20} {'accuracy':>8} {'ceiling':>8} {'share':>6}"]
    rows = [*record["scores"], *record["comparisons"]]
    lines += [f"{row['name']:<20} {row['accuracy']:8.3f} {row['ceiling']:8.3f} {row['share']:6.2f}" for row in rows]
    return "\n".join(lines)
