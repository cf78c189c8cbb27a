"""Seeds in; every fusion module on every task that needs more than one sense, beside exact ceilings, out."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata, resources
from typing import Any

import jax
import numpy as np

from vmm_edu import world
from vmm_edu.command.fusion_cases import CASES, SEED, TEST, TRAIN, Case, Clips, as_symbols, from_files, identity
from vmm_edu.command.fusion_models import KINDS, parameters, right, row, train
from vmm_edu.command.fusion_worth import worth
from vmm_edu.predict import Described, accuracy, predict_logits, train_main_model

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "av")
# What a test and chapter 08 repeat.
SUBSET = {"cases": (Case("xor", "symbols", {"classes": 4}), Case("gate", "symbols")), "kinds": ("early", "late")}


def study(
    *,
    seeds: int,
    say: Callable[[str], object],
    cases: Sequence[Case] = CASES,
    kinds: Sequence[str] = tuple(KINDS),
    blind_seeds: int = 3,
) -> dict[str, Any]:
    """Train and test everything once.

    Args:
        seeds: models of each kind on each task.
        say: takes one line about what is going on.
        cases: tasks.
        kinds: fusion modules.
        blind_seeds: trainings of the main task from the label alone; 0 leaves them out.

    Returns:
        The record, of JSON types.

    Raises:
        ValueError: a number is out of range, or a score lies above its ceiling by more than 3 σ.
    """
    if seeds < 1:
        raise ValueError(f"expected at least 1 seed, got {seeds}")
    started = time.process_time()
    rows, senses, perception, label_only = [], [], {}, None
    for case in cases:
        say(f"{case.task} from {case.source} {dict(case.parameters) or ''}: clips")
        if case.source == "files":
            clips, features = from_files(case)
            perception[case.task] = clips.perception
            if case.task == "main" and blind_seeds:
                say("main: from the label alone")
                label_only = from_label_alone(*features, clips, seeds=blind_seeds)
        else:
            clips = as_symbols(case)
        rows += score(case, clips, seeds=seeds, kinds=kinds, say=say)
        say(f"{case.task}: what each sense is worth")
        senses.append(identity(case) | worth(case.table, clips.train, clips.test, clips.symbols, keys=keys(seeds)))
    return {
        "seeds": seeds,
        "clip_seed": SEED,
        "clips": {"train": TRAIN, "test": TEST},
        "kinds": {
            name: {"module": getattr(kind.module, "__name__", name)}
            | {key: value for key, value in kind._asdict().items() if key != "module"}
            for name, kind in KINDS.items()
        },
        "rows": rows,
        "perception": perception,
        "label_only": label_only,
        "senses": senses,
        "cpu_seconds": round(time.process_time() - started),
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
    }


def keys(seeds: int) -> Any:
    """One key for each model."""
    return jax.random.split(jax.random.key(SEED), seeds)


def score(
    case: Case, clips: Clips, *, seeds: int, kinds: Sequence[str], say: Callable[[str], object]
) -> list[dict[str, Any]]:
    """One line of the record for each kind of fusion on one task."""
    table, rows = case.table, []
    ceiling, limits = world.ceiling(table, table.modalities), late_limits(case)
    for name in kinds:
        models = train(KINDS[name], clips.train, classes=len(table.label_names), keys=keys(seeds))
        line = row(right(models, clips.test), ceiling=ceiling, name=f"{name} on {case.task}")
        rows.append(
            identity(case)
            | {"kind": name, "parameters_of_model": parameters(models), "ceiling": ceiling}
            | limits
            | line
        )
        say(f"{case.task:8s} {name:16s} {line['mean']:.3f} = {line['share']:.3f} of its ceiling")
        best = limits["late_best"]
        if name == "late" and best is not None and line["mean"] > best + 3 * spread(best, clips):
            raise ValueError(f"expected late fusion to score at most {best:.3f} on {case.task}, got {line['mean']:.3f}")
    return rows


def spread(rate: float, clips: Clips) -> float:
    """σ of a rate on these test clips."""
    return math.sqrt(rate * (1 - rate) / len(clips.test.labels))


def late_limits(case: Case) -> dict[str, float | None]:
    """What a sum of one term per sense can do: where its loss is least, and, for sums mod K, at its very best."""
    best = world.additive_ceiling(len(case.table.label_names)) if case.task == "xor" else None
    return {
        "late_by_loss": round(world.additive_by_loss(case.table), 6),
        "late_best": None if best is None else round(float(best), 6),
    }


def from_label_alone(
    known: dict[str, Described], new: dict[str, Described], words: int, clips: Clips, *, seeds: int
) -> dict[str, Any]:
    """Encoders and early fusion trained end to end on the main task's label: it does not find the exclusive-or."""
    scores, losses = [], []
    for seed in range(seeds):
        model, history = train_main_model(
            known, clips.train.labels, {}, words=words, classes=8, key=jax.random.key(seed)
        )
        scores.append(round(accuracy(clips.test.labels, predict_logits(model, new).early.argmax(axis=1)), 4))
        losses.append(np.round(history.loss, 4).tolist())
    return {"kind": "early", "scores": scores, "mean": round(float(np.mean(scores)), 4), "loss": losses}


def subset(*, seeds: int = 5) -> list[dict[str, Any]]:
    """A small part of the study that a test and a chapter repeat: two kinds on two tasks, from symbols.

    Args:
        seeds: models of each kind.

    Returns:
        Lines as in the record's "rows".
    """
    lines = []
    for case in SUBSET["cases"]:
        lines += score(case, as_symbols(case), seeds=seeds, kinds=SUBSET["kinds"], say=lambda _line: None)
    return lines


def recorded() -> dict[str, Any]:
    """The record that comes with the package."""
    file = resources.files("vmm_edu.predict") / "model" / "fusion.json"
    return json.loads(file.read_text(encoding="utf-8"))


def line_of(record: Mapping[str, Any], case: Case, kind: str) -> dict[str, Any]:
    """The line of a record about one kind of fusion on one task.

    Raises:
        ValueError: there is none.
    """
    wanted = identity(case) | {"kind": kind}
    found = [line for line in record["rows"] if {name: line[name] for name in wanted} == wanted]
    if not found:
        raise ValueError(f"expected a line about {wanted} in the record, got none")
    return found[0]
