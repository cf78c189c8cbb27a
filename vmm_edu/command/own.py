"""``vmm-edu own``: a first look at your own clips: are they read, how are they divided, what does each sense tell?"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

LACKING = {
    "video": "the others have no picture, or nothing in it moves",
    "audio": "the others have no sound, or silence",
}


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``own`` to a command line."""
    parser = subparsers.add_parser(
        "own",
        help="a first look at your own clips",
        description="A first look at your own clips: are they read, how are they divided, what does each sense tell?",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the clips are")
    parser.add_argument(
        "table", type=Path, metavar="LABELS.csv", help="columns file and label, if you like group, text"
    )
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="seed of the division, 0 or more")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, divide, and try a linear model on each sense."""
    import numpy as np
    from tqdm import tqdm

    from vmm_edu.predict import linear_probe, own_clips

    if options.seed < 0:
        raise ValueError(f"expected a seed of 0 or more, got {options.seed}")
    # After a second: a table that is refused at once leaves its sentence and no empty bar.
    with tqdm(desc="reading", unit=" clips", file=sys.stderr, delay=1) as bar:
        clips = own_clips(
            options.folder,
            options.table,
            rng=np.random.default_rng(options.seed),
            progress=lambda done: bar.update(done - bar.n),
        )
    counts = Counter(clips.labels.tolist())
    listed = "; ".join(f"{name} {counts[number]}" for number, name in enumerate(clips.label_names))
    print(f"{len(clips.paths)} clips of {len(clips.label_names)} classes: {listed}")
    divided = ", ".join(f"{name} {len(rows)}" for name, rows in clips.splits.items())
    print(f"{divided}; none of {len(set(clips.groups))} groups is in two of them")
    train, validation = clips.splits["train"], clips.splits["validation"]
    for sense, (steps, mask) in clips.senses.items():
        there = mask.any(axis=1)
        line = f"{sense}: in {there.sum()} of {len(there)} clips"
        if sense in LACKING and not there.all():
            line += f" ({LACKING[sense]})"
        seen, unseen = (rows[there[rows]] for rows in (train, validation))
        if sense != "text" and len(unseen) and len(np.unique(clips.labels[seen])) > 1:
            weights = (mask / np.maximum(mask.sum(axis=1, keepdims=True), 1))[:, :, None]
            mean = (steps * weights).sum(axis=1)
            spread = np.sqrt((np.square(steps - mean[:, None]) * weights).sum(axis=1))
            pooled, labels = np.concatenate([mean, spread], axis=1), clips.labels
            right = linear_probe(pooled[seen], labels[seen], pooled[unseen], labels[unseen])
            usual = (labels[unseen] == np.bincount(labels[seen]).argmax()).mean()
            line += f"; a linear model gets {right:.2f} of {len(unseen)} validation clips right (the commonest class: "
            line += f"{usual:.2f})"
        print(line)
    return 0
