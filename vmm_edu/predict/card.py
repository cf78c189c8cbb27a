"""What is known about a trained pipeline in; its model card, a page of Markdown, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def model_card(
    about: Mapping[str, Any],
    *,
    labels: Sequence[str],
    symbols: Mapping[str, Mapping[str, Sequence[str]]],
    recipe: Mapping[str, Any],
    uses: Sequence[str],
    limits: Sequence[str],
) -> str:
    """Write the page that should go with a model wherever it goes: what it is, what it scores, what it cannot do.

    Every number comes from the record that is stored with the weights; a score is shown with its interval and with
    the best that was possible. What it is for and its limits nobody can compute: they are yours to say, and an empty
    list is refused.

    Args:
        about: the record: "task", "clips" (part → number), "seed", "scores" (rows with "name", "accuracy", "low",
            "high", "ceiling", "log_loss", "calibration_error") and "versions"; what is missing is named as missing.
        labels: names of the classes.
        symbols: sense → what it shows → values.
        recipe: how a file becomes features.
        uses: what it is meant for, one sentence each.
        limits: what it must not be used for or was not tested on, one sentence each.

    Returns:
        Markdown.

    Raises:
        ValueError: no label, no use or no limit.

    Reference:
        M. Mitchell and others, "Model cards for model reporting", FAT* 2019, doi:10.1145/3287560.3287596.
    """
    for name, value in (("labels", labels), ("uses", uses), ("limits", limits)):
        if not value:
            raise ValueError(f"expected at least one entry in {name}, got none; a card without them misleads")
    clips = about.get("clips", {})
    lines = [
        f"# Model card: {about.get('task', 'a model without a named task')}",
        "",
        "## What it is",
        f"From {', '.join(symbols)} of one clip to one of {len(labels)} labels: {'; '.join(labels)}.",
        "",
        *[f"- {sense}: {_values(shown)}" for sense, shown in symbols.items()],
        "",
        "## Meant for",
        *[f"- {use}" for use in uses],
        "",
        "## Trained and tested on",
        *([f"- {part}: {number} clips" for part, number in clips.items()] or ["- not recorded"]),
        f"- seed: {about.get('seed', 'not recorded')}",
        f"- one window: {', '.join(f'{name} {value:g}' for name, value in recipe.items())}",
        "",
        "## Scores",
        *_scores(about.get("scores", ())),
        "",
        "## Limits",
        *[f"- {limit}" for limit in limits],
        "",
        "## Versions",
        ", ".join(f"{name} {version}" for name, version in about.get("versions", {}).items()) or "not recorded",
    ]
    return "\n".join(lines) + "\n"


def _scores(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table; the interval covers the choice of test clips only, which the card says."""
    if not rows:
        return ["Not measured."]
    table = [
        "| from | accuracy | 95 % interval | best possible | log-loss, nats | calibration error |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        ceiling = f"{row['ceiling']:.3f}" if "ceiling" in row else "unknown"
        table.append(
            f"| {row['name']} | {row['accuracy']:.3f} | {row['low']:.3f} – {row['high']:.3f} | {ceiling} | "
            f"{row['log_loss']:.3f} | {row['calibration_error']:.3f} |"
        )
    return [*table, "", "The interval is over the choice of test clips, not of training clips or seeds."]


def _values(shown: Mapping[str, Sequence[str]]) -> str:
    """One sense in words: material (metal or wood), size (small or large)."""
    return ", ".join(f"{name} ({' or '.join(values)})" for name, values in shown.items())
