"""Models and one batch in; parameters, arithmetic, memory and relative time of each out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import PyTree

from vmm_edu.predict.clips import count_clips
from vmm_edu.predict.fused_loss import call_fused


class Cost(NamedTuple):
    """What one forward pass costs.

    Attributes:
        parameters: numbers that training may change.
        flops: additions, multiplications and the like for each clip, by XLA's own count of the compiled program.
        working_bytes: memory for intermediate results of the whole batch; inputs and parameters are not in it.
    """

    parameters: int
    flops: float
    working_bytes: int


def cost(model: nnx.Module, inputs: PyTree, *, call: Callable[[Any, Any], Any] = call_fused) -> Cost:
    """Count what a forward pass over a batch costs, without running it.

    A product of (n, k) with (k, m) counts 2·n·k·m. XLA counts what it compiled, after its own simplifications, and the
    body of a loop (`scan`) once, however often it runs: do not compare recurrent models by it.

    Args:
        model: called as `call(model, inputs)`.
        inputs: an array, or a tree of arrays, with clips on the first axis.
        call: (model, inputs) → result.

    Returns:
        The counts. They depend on the device that JAX compiles for, and a little on its version.

    Raises:
        ValueError: no clip, unequal numbers of clips, or a device whose compiler does not count.
    """
    clips = count_clips(inputs)
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    compiled = _run(graph, call).lower(params, rest, jax.tree.map(jnp.asarray, inputs)).compile()
    analysis, memory = compiled.cost_analysis(), compiled.memory_analysis()
    if not analysis or "flops" not in analysis or memory is None:
        raise ValueError(f"expected a compiler that counts, got none for {jax.default_backend()}; try it on a CPU")
    parameters = sum(leaf.size for leaf in jax.tree.leaves(params))
    return Cost(parameters, analysis["flops"] / clips, memory.temp_size_in_bytes)


def time_ratios(
    models: Mapping[str, nnx.Module],
    inputs: PyTree,
    *,
    reference: str,
    rounds: int = 15,
    sample_s: float = 0.01,
    call: Callable[[Any, Any], Any] = call_fused,
) -> dict[str, float]:
    """Time compiled forward passes, taking turns, and compare their medians.

    Times on a busy machine drift by more than what models differ by; in turns, all drift alike. Compilation is not
    timed.

    Args:
        models: name → model.
        inputs: a batch that all of them take.
        reference: name of the model whose time is 1.
        rounds: how often each has its turn.
        sample_s: shortest turn, in seconds; quick calls are repeated within it.
        call: (model, inputs) → result.

    Returns:
        name → median time ÷ that of the reference.

    Raises:
        ValueError: an unknown reference, no round, or inputs as in `cost`.
    """
    if reference not in models or rounds < 1:
        raise ValueError(f"expected reference among {sorted(models)} and a round, got {reference!r} and {rounds}")
    count_clips(inputs)
    batch = jax.tree.map(jnp.asarray, inputs)
    turns: dict[str, tuple[Callable[[], object], int]] = {}
    for name, model in models.items():
        graph, params, rest = nnx.split(model, nnx.Param, ...)
        turn = partial(_run(graph, call), params, rest, batch)
        _seconds(turn, 1)  # compiles
        turns[name] = turn, max(1, round(sample_s / max(_seconds(turn, 1), 1e-6)))
    samples: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds):
        for name, (turn, calls) in turns.items():
            samples[name].append(_seconds(turn, calls))
    base = median(samples[reference])
    return {name: median(taken) / base for name, taken in samples.items()}


def _run(graph: nnx.GraphDef, call: Callable[[Any, Any], Any]) -> Any:
    return jax.jit(lambda params, rest, batch: call(nnx.merge(graph, params, rest, copy=True), batch))


def _seconds(turn: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        jax.block_until_ready(turn())
    return (time.perf_counter() - start) / calls
