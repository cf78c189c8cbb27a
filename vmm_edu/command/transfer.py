"""``vmm-edu transfer``: a network trained on shapes, and the curves that tell when its features help elsewhere."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_arguments(subparsers) -> None:
    """Adds ``transfer`` to the command line."""
    parser = subparsers.add_parser(
        "transfer",
        help="train the frame network that comes with the package, and record what its features are worth elsewhere",
        description="Trains FrameCNN on ChimeWorld's shapes, freezes it, and compares its features with HOG's and with "
        "a network trained anew, on 10 to 1000 clips of dropped things. Writes frame_cnn.safetensors and "
        "transfer.json.",
    )
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for both files (default: results)")
    parser.add_argument("--seeds", type=int, default=5, help="draws of the training clips (default: 5)")
    parser.add_argument("--epochs", type=int, default=20, help="of the training on shapes (default: 20)")
    parser.add_argument("--test-clips", type=int, default=400, help="unseen clips (default: 400)")
    parser.add_argument("--date", default=None, help="written into transfer.json as it is")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains, prints the table, writes both files."""
    from vmm_edu.command.transfer_study import study
    from vmm_edu.predict import save

    options.out.mkdir(parents=True, exist_ok=True)
    done = study(
        seeds=options.seeds,
        epochs=options.epochs,
        sizes=(10, 30, 100, 300, 1000),
        tests=options.test_clips,
        say=lambda words: print(words, file=sys.stderr, flush=True),
    )
    record = {"recorded": options.date, **done.record}
    save(options.out / "frame_cnn.safetensors", done.model, metadata={"first": record["first"]})
    (options.out / "transfer.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(table(record))
    print(f"written: {options.out / 'frame_cnn.safetensors'}, {options.out / 'transfer.json'}")
    return 0


def table(record: dict) -> str:
    """Mean accuracy of each kind of feature, one line each."""
    lines = [f"{'features':<26}" + "".join(f"{clips:>7}" for clips in record["clips"])]
    for name, curve in record["curves"].items():
        lines.append(f"{name:<26}" + "".join(f"{sum(scores) / len(scores):7.3f}" for scores in curve))
    return "\n".join(lines)
