"""``vmm-edu predict``: what the model sees, hears and reads in a file, and what it makes of all of it."""

from __future__ import annotations

import argparse
import json
from typing import Any

VERBS = {"video": "sees", "audio": "hears", "text": "reads"}
MEANING = (
    "The model knows one small world: a metal or wooden ball or box, small or large, that drops in a room "
    "(ChimeWorld). On any other video it still answers, in these words only; such an answer means nothing."
)


def add_arguments(subparsers) -> None:
    """Adds ``predict`` to the command line."""
    parser = subparsers.add_parser(
        "predict",
        help="predict from one video file, by each sense and by all",
        description="Looks at one window of a video or sound file and prints the probability of each class by sight, "
        "by sound, by text and by all that are there. " + MEANING,
    )
    parser.add_argument("file", help="a video or sound file; words are read from the .vtt or .srt file beside it")
    parser.add_argument("--text", default=None, help="words that go with it, in place of that file")
    parser.add_argument("--start", type=float, default=0.0, metavar="SECONDS", help="where to look (default: 0)")
    parser.add_argument("--model", default=None, help="a model file (default: the one that comes with the package)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints one prediction."""
    from vmm_edu.framing import probe
    from vmm_edu.predict import Pipeline

    probe(options.file)  # a wrong file is reported before the model is loaded
    prediction = Pipeline.load(options.model).predict(options.file, text=options.text, start_s=options.start)
    print(as_json(prediction) if options.json else as_words(prediction, options.file))
    return 0


def as_json(prediction: Any) -> str:
    """A prediction as one JSON object."""
    named = {
        sense: dict(zip(prediction.labels, probabilities.tolist(), strict=True))
        for sense, probabilities in {**prediction.alone, "all": prediction.fused}.items()
    }
    return json.dumps(
        {
            "start_s": prediction.start_s,
            "end_s": prediction.end_s,
            "label": prediction.label if prediction.alone else None,
            "probabilities": named,
            "symbols": prediction.symbols,
            "missing": prediction.missing,
            "meaning": MEANING,
        },
        ensure_ascii=False,
        indent=1,
    )


def as_words(prediction: Any, file: str) -> str:
    """A prediction as a table, with what each sense shows above it and what was missing below."""
    lines = [f"{file}, {prediction.start_s:g} to {prediction.end_s:g} s"]
    for sense, shown in prediction.symbols.items():
        best = {name: max(values, key=values.__getitem__) for name, values in shown.items()}
        words = ", ".join(f"{name} {value} ({shown[name][value]:.0%})" for name, value in best.items())
        lines.append(f"  {sense:<6} {VERBS.get(sense, 'shows')} {words}")
    lines += [f"  {sense:<6} missing: {why}" for sense, why in prediction.missing.items()]
    if not prediction.alone:
        return "\n".join([*lines, "", "No sense has anything to go on, so there is no prediction.", "", MEANING])
    width = max(map(len, prediction.labels))
    lines += ["", " " * width + "".join(f"{sense:>8}" for sense in [*prediction.alone, "all"])]
    order = sorted(range(len(prediction.labels)), key=lambda k: -prediction.fused[k])
    for k in order:
        values = [*(probabilities[k] for probabilities in prediction.alone.values()), prediction.fused[k]]
        lines.append(f"{prediction.labels[k]:<{width}}" + "".join(f"{value:8.3f}" for value in values))
    return "\n".join([*lines, "", f"From all: {prediction.label}.", "", MEANING])
