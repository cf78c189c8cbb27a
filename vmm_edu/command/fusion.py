"""``vmm-edu fusion``: every fusion module on every task that needs more than one sense, beside exact ceilings."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add_arguments(subparsers) -> None:
    """Adds ``fusion`` to the command line."""
    parser = subparsers.add_parser(
        "fusion",
        help="train every fusion module on every task that needs two senses, and record scores beside exact ceilings",
        description="Renders clips of ChimeWorld's tasks sync, xor, gate, missing and main, learns to perceive each "
        "sense's symbols from the files, trains early, late, hybrid, tensor, low-rank, gated, cross-attention and "
        "bottleneck fusion on what is perceived, and tests each once. Writes fusion.json.",
    )
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for the file (default: results)")
    parser.add_argument("--seeds", type=int, default=5, help="models of each kind on each task (default: 5)")
    parser.add_argument("--date", default=None, help="written into fusion.json as it is")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Trains, prints the table, writes the file."""
    from vmm_edu.command.fusion_study import study

    options.out.mkdir(parents=True, exist_ok=True)
    done = study(seeds=options.seeds, say=lambda words: print(words, file=sys.stderr, flush=True))
    record = {"recorded": options.date, **done}
    (options.out / "fusion.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(table(record))
    print(f"written: {options.out / 'fusion.json'}")
    return 0


def table(record: dict[str, Any]) -> str:
    """Share of the exact ceiling, a line for each kind of fusion and a column for each task."""
    columns: dict[str, dict[str, float]] = {}
    for line in record["rows"]:
        classes = line["parameters"].get("classes")
        name = line["task"] + (f" {classes}" if classes else "") + ("*" if line["source"] == "symbols" else "")
        columns.setdefault(name, {})[line["kind"]] = line["share"]
    kinds = list(dict.fromkeys(line["kind"] for line in record["rows"]))
    lines = [f"{'share of the ceiling':<22}" + "".join(f"{name:>9}" for name in columns)]
    lines += [f"{kind:<22}" + "".join(f"{column.get(kind, float('nan')):9.3f}" for column in columns.values()) for kind
              in kinds]  # fmt: skip
    return "\n".join([*lines, "* from symbols; the others from files"])
