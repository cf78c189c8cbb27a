"""Clips of a task in; what each sense is worth to a trained fusion, beside the exact values of the table, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Key

from vmm_edu import world
from vmm_edu.command.fusion_clips import Shown
from vmm_edu.command.fusion_models import KINDS, dropped_loss, train
from vmm_edu.predict import (
    ablation,
    accuracy,
    additive_projection,
    information_bound,
    joint_table,
    model_of,
    shapley_shares,
    subset_scores,
)
from vmm_edu.predict.which_sense import subsets

PROJECTED = 200  # clips whose pairs the additive projection looks at


def worth(
    table: world.Task,
    train_clips: Shown,
    test_clips: Shown,
    symbols: Mapping[str, Mapping[str, Any]],
    *,
    keys: Key[Any, " seed"],
) -> dict[str, Any]:
    """Train early fusion with senses hidden at random, and ask it what it can do with each set of them.

    Args:
        table: the task.
        train_clips: training clips.
        test_clips: test clips.
        symbols: what each sense shows in the test clips, as decoded: sense → symbol → value.
        keys: one for each model.

    Returns:
        "model" (means over the models) and "exact", each with scores and bits of sets, Shapley shares, ablation and the
        parts of the information of sight and sound; and "projected": on some clips, the accuracy of the model, and
        of its projection on sums of a term of that sense and a term of all others. Of JSON types.
    """
    models = train(
        KINDS["early"], train_clips, classes=len(table.label_names), keys=keys, loss=dropped_loss, epochs=120
    )
    all_scores, all_bits, projected = [], [], []
    vectors, mask, labels = test_clips
    # A spread of the test clips: their first ones need not hold the table's proportions.
    some = np.random.default_rng(0).permutation(len(labels))[:PROJECTED]
    for seed in range(len(keys)):
        model = model_of(models, seed)
        scores = subset_scores(model, vectors, labels, mask=mask)
        all_scores.append([scores[names] for names in subsets(vectors)])
        all_bits.append(
            [
                information_bound(labels, np.asarray(model(vectors, mask=_hide(mask, names))))
                for names in subsets(vectors)[1:]
            ]
        )
        here = {name: vector[some] for name, vector in vectors.items()}
        there = {name: rows[some] for name, rows in mask.items()}
        answers = [model(here, mask=there)]
        answers += [additive_projection(model, here, mask=there, first=(name,)) for name in sorted(vectors)]
        projected.append([accuracy(labels[some], np.asarray(logits).argmax(axis=1)) for logits in answers])
    found = dict(zip(subsets(vectors), np.mean(all_scores, axis=0).tolist(), strict=True))
    bits = dict(zip(subsets(vectors)[1:], np.mean(all_bits, axis=0).tolist(), strict=True))
    exact = {names: world.ceiling(table, names) for names in subsets(vectors)}
    known = world.information(table)
    parts = sense_parts(symbols, mask, labels, classes=len(table.label_names))
    return {
        "clips": len(labels),
        "model": _named(found, bits)
        | {"parts": dict(zip(("R", "U_video", "U_audio", "S"), _rounded(parts), strict=True))},
        "exact": _named(exact, {names: world.mutual_information(table, names) for names in subsets(vectors)[1:]})
        | {"parts": {name: round(getattr(known, name), 4) for name in ("R", "U_video", "U_audio", "S")}},
        "projected": {"clips": len(some)}
        | dict(zip(("model", *sorted(vectors)), _rounded(np.mean(projected, axis=0)), strict=True)),
    }


def _hide(mask: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: rows if name in names else np.zeros_like(rows) for name, rows in mask.items()}


def sense_parts(
    symbols: Mapping[str, Mapping[str, Any]], mask: Mapping[str, Any], labels: Any, *, classes: int
) -> world.Parts:
    """How sight and sound share what they know of the label, counted from decoded symbols; "absent" is one of them."""
    video, audio = (_numbered(symbols[sense], mask[sense]) for sense in ("video", "audio"))
    return world.decompose(joint_table(video, audio, labels, classes=classes))


def _numbered(symbols: Mapping[str, Any], there: Any) -> np.ndarray:
    """Number what a sense shows: equal where all of its symbols are, or where it is absent."""
    columns = np.stack([np.where(there, value, -1) for _, value in sorted(symbols.items())], axis=1)
    return np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1)


def _named(scores: Mapping[tuple[str, ...], float], bits: Mapping[tuple[str, ...], float]) -> dict[str, Any]:
    return {
        "scores": {"+".join(names): round(value, 4) for names, value in scores.items()},
        "bits": {"+".join(names): round(value, 4) for names, value in bits.items()},
        "shapley": {name: round(value, 4) for name, value in shapley_shares(scores).items()},
        "ablation": {name: round(value, 4) for name, value in ablation(scores).items()},
    }


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(float(value), 4) for value in values]
