"""Sizes of a batch in; times of our CRF and of pytorch-crf, taken in turn, out: python benchmarks/crf.py.

Loss, loss with its gradient, and the best path; pytorch-crf where it is installed (extra `bench`).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from interleave import interleave, print_ratios

from vmm_edu.sequence import crf_nll, viterbi

Calls = dict[str, Callable[[], object]]


def ours(scores: dict[str, jax.Array], tags: jax.Array) -> Calls:
    """Our calls, compiled, as a training step would have them."""

    def loss(scores):
        return crf_nll(tags=tags, **scores).sum()

    forward, training, best = jax.jit(loss), jax.jit(jax.value_and_grad(loss)), jax.jit(viterbi)
    return {
        "loss": lambda: jax.block_until_ready(forward(scores)),
        "loss and gradient": lambda: jax.block_until_ready(training(scores)),
        "best path": lambda: jax.block_until_ready(best(**scores)),
    }


def pytorch_crf(scores: dict[str, jax.Array], tags: jax.Array) -> Calls:
    """The same through pytorch-crf."""
    torch: Any = importlib.import_module("torch")
    torchcrf: Any = importlib.import_module("torchcrf")
    module = torchcrf.CRF(scores["start"].shape[0], batch_first=True)
    with torch.no_grad():
        module.transitions.copy_(torch.tensor(np.asarray(scores["transitions"])))
        module.start_transitions.copy_(torch.tensor(np.asarray(scores["start"])))
        module.end_transitions.copy_(torch.tensor(np.asarray(scores["end"])))
    emissions = torch.tensor(np.asarray(scores["emissions"]), requires_grad=True)
    path = torch.tensor(np.asarray(tags)).long()

    def forward() -> object:
        with torch.no_grad():
            return module(emissions, path)

    def training() -> object:
        module.zero_grad()
        emissions.grad = None
        loss = -module(emissions, path)
        loss.backward()
        return loss

    return {"loss": forward, "loss and gradient": training, "best path": lambda: module.decode(emissions)}


def main() -> None:
    """Time and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 20), ("batch", 32), ("time", 100), ("tags", 10)):
        parser.add_argument(f"--{name}", type=int, default=value)
    size = parser.parse_args()
    keys = jax.random.split(jax.random.key(0), 5)
    shapes = {
        "emissions": (size.batch, size.time, size.tags),
        "transitions": (size.tags, size.tags),
        "start": (size.tags,),
        "end": (size.tags,),
    }
    scores = {name: jax.random.normal(key, shape) for key, (name, shape) in zip(keys, shapes.items(), strict=False)}
    tags = jax.random.randint(keys[4], (size.batch, size.time), 0, size.tags, dtype=jnp.int32)
    candidates = {"ours": ours(scores, tags)}
    packages = ("jax",)
    if importlib.util.find_spec("torchcrf"):
        candidates["pytorch-crf"] = pytorch_crf(scores, tags)
        packages = ("jax", "torch", "pytorch-crf")
    title = f"batch {size.batch}, {size.time} steps, {size.tags} tags, float32"
    for kind in ("loss", "loss and gradient", "best path"):
        timings = interleave(
            {n: c[kind] for n, c in candidates.items() if kind in c}, rounds=size.rounds, sample_s=0.05
        )
        print_ratios(f"CRF {kind}: {title}", timings, packages=packages)


if __name__ == "__main__":
    main()
