"""The shipped model and clips of the main task in; its logits from every set of senses, as one small file, out.

Run once after `vmm-edu train` has made a new model: `python -m vmm_edu.command.main_logits`. Chapter 09 reads what is
written here, so that its scores rest on a thousand test clips and are the same on every machine; a test computes a few
of them anew from files.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from vmm_edu import world
from vmm_edu.command.main_study import PACKAGES, from_some, subsets
from vmm_edu.predict import Pipeline, features_of, predict_logits
from vmm_edu.predict.recorded import FILE, SETS

SEED = 0


def logits_of(pipeline: Pipeline, paths: list[Path]) -> Mapping[str, np.ndarray]:
    """What the pipeline's early fusion answers from every set of senses.

    Args:
        pipeline: the model.
        paths: the clips' files.

    Returns:
        "video + audio" and so on → logits (batch, class).

    Raises:
        MediaError: a file cannot be read.
    """
    senses = features_of(paths, recipe=pipeline.recipe, vocabulary=pipeline.vocabulary)
    symbols = predict_logits(pipeline.model, senses).symbols
    return {" + ".join(names): from_some(pipeline.model, symbols, names) for names in subsets()}


def main() -> None:
    """Render what is missing, run the model, write the file into the package."""
    pipeline, arrays = Pipeline.load(), {}
    for split, clips in SETS.items():
        found = world.pool("main", clips=clips, seed=SEED, split=split)
        for names, logits in logits_of(pipeline, list(found.paths)).items():
            arrays[f"{split}/{names}"] = logits.astype(np.float16)
    versions = {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES}
    folder = Path(__file__).resolve().parents[1] / "predict"
    save_file(arrays, folder / FILE, metadata={"about": json.dumps({"seed": SEED, "versions": versions})})
    print(f"written: {FILE}, {len(arrays)} arrays")


if __name__ == "__main__":
    main()
