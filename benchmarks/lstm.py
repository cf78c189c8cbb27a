"""The LSTM at the course's reference size in; its forward and training time against other implementations, out.

python benchmarks/lstm.py [--rounds 20] [--batch 32 --time 100 --features 2048 --hidden 512]
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from interleave import interleave, print_ratios

from vmm_edu.sequence import LSTMParams, LSTMState, fast_lstm, lstm, lstm_init, lstm_step

Call = Callable[[], object]
Model = Callable[..., Any]
SHORT = ", bfloat16"


def naive_lstm(params: LSTMParams, x: jax.Array) -> jax.Array:
    """Run `lstm_step` in the loop, input product included: what hoisting saves."""
    zeros = jnp.zeros((x.shape[0], params.w_h.shape[0]))

    def step(state: LSTMState, now: jax.Array) -> tuple[LSTMState, jax.Array]:
        after = lstm_step(params, state, now)
        return after, jnp.asarray(after.h)

    return jax.lax.scan(step, LSTMState(zeros, zeros), jnp.swapaxes(x, 0, 1))[1]


def jax_calls(run: Model, params: object, x: jax.Array) -> tuple[Call, Call]:
    """Compile a forward pass and a training step with Adam on the mean square of the hidden states."""
    optimizer = optax.adam(1e-3)
    forward = jax.jit(run)

    def loss(params, x):
        return (run(params, x) ** 2).mean()

    @jax.jit
    def train_step(params, moments, x):
        gradients = jax.grad(loss)(params, x)
        updates, moments = optimizer.update(gradients, moments, params)
        return optax.apply_updates(params, updates), moments

    held = [params, optimizer.init(params)]  # pyright: ignore[reportArgumentType]

    def train() -> None:
        held[:] = jax.block_until_ready(train_step(*held, x))

    return lambda: jax.block_until_ready(forward(params, x)), train


def flax_calls(params: LSTMParams, x: jax.Array, cell: nnx.Module) -> tuple[Call, Call]:
    """The same for Flax's own recurrence."""
    graph, weights, rest = nnx.split(nnx.RNN(cell), nnx.Param, ...)  # pyright: ignore[reportArgumentType]
    zeros = jnp.zeros((x.shape[0], params.w_h.shape[0]))
    return jax_calls(lambda weights, x: nnx.merge(graph, weights, rest)(x, initial_carry=(zeros, zeros)), weights, x)


def keras_calls(params: LSTMParams, x: jax.Array) -> tuple[Call, Call]:
    """The same for Keras's LSTM on JAX, with our weights."""
    os.environ["KERAS_BACKEND"] = "jax"
    keras = importlib.import_module("keras")
    layer = keras.layers.LSTM(params.w_h.shape[0], return_sequences=True)
    layer.build(x.shape)
    fixed = [variable.value for variable in layer.non_trainable_variables]
    return jax_calls(lambda weights, x: layer.stateless_call(weights, fixed, x)[0], list(params), x)


def torch_calls(params: LSTMParams, x: jax.Array) -> tuple[Call, Call]:
    """The same for PyTorch's nn.LSTM, with our weights."""
    torch = importlib.import_module("torch")
    features, hidden = params.w_x.shape[0], params.w_h.shape[0]
    model = torch.nn.LSTM(features, hidden, batch_first=True)
    with torch.no_grad():
        for name, value in (("weight_ih_l0", params.w_x.T), ("weight_hh_l0", params.w_h.T), ("bias_ih_l0", params.b)):
            getattr(model, name).copy_(torch.from_numpy(np.array(value)))
        model.bias_hh_l0.zero_()
    clips = torch.from_numpy(np.array(x))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def forward() -> object:
        with torch.no_grad():
            return model(clips)[0]

    def train() -> None:
        optimizer.zero_grad()
        (model(clips)[0] ** 2).mean().backward()
        optimizer.step()

    theirs = np.asarray(forward())
    print(f"largest difference to PyTorch: {np.abs(theirs - np.asarray(lstm(params, x)[0])).max():.1e}")
    return forward, train


def torch_loop_calls(params: LSTMParams, x: jax.Array) -> tuple[Call, Call]:
    """The best loop that we know how to write in PyTorch: the input product before it, the gates by hand in it."""
    torch = importlib.import_module("torch")
    w_x, w_h, b = (torch.from_numpy(np.array(value)).requires_grad_() for value in params)
    clips = torch.from_numpy(np.array(x))
    optimizer = torch.optim.Adam((w_x, w_h, b), 1e-3)
    hidden = params.w_h.shape[0]

    def run() -> Any:
        from_input = (clips.transpose(0, 1).reshape(-1, clips.shape[2]) @ w_x + b).reshape(
            clips.shape[1], clips.shape[0], -1
        )
        c = h = torch.zeros(clips.shape[0], hidden)
        shown = []
        for now in from_input.unbind(0):
            i, f, g, o = torch.addmm(now, h, w_h).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            shown.append(h)
        return torch.stack(shown, 1)

    def forward() -> object:
        with torch.no_grad():
            return run()

    def train() -> None:
        optimizer.zero_grad()
        (run() ** 2).mean().backward()
        optimizer.step()

    return forward, train


def in_bfloat16(calls: tuple[Call, Call]) -> tuple[Call, Call]:
    """The same with PyTorch's automatic rounding of products to bfloat16."""
    torch = importlib.import_module("torch")

    def rounded(call: Call) -> Call:
        def run() -> object:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return call()

        return run

    return rounded(calls[0]), rounded(calls[1])


def main() -> None:
    """Time all candidates that are installed and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("rounds", 20), ("batch", 32), ("time", 100), ("features", 2048), ("hidden", 512)):
        parser.add_argument(f"--{name}", type=int, default=value)
    size = parser.parse_args()
    key_params, key_x = jax.random.split(jax.random.key(0))
    params = lstm_init(key_params, size.features, size.hidden)
    x = jax.random.normal(key_x, (size.batch, size.time, size.features))

    calls = {
        "fast_lstm": jax_calls(lambda params, x: fast_lstm(params, x)[0], params, x),
        "fast_lstm, bfloat16": jax_calls(
            lambda params, x: fast_lstm(params, x, product_dtype=jnp.bfloat16)[0], params, x
        ),
        "lstm": jax_calls(lambda params, x: lstm(params, x)[0], params, x),
        "loop over lstm_step": jax_calls(naive_lstm, params, x),
    }
    for cell in (nnx.LSTMCell, nnx.OptimizedLSTMCell):
        made = cell(size.features, size.hidden, rngs=nnx.Rngs(0))
        calls[f"Flax RNN({cell.__name__})"] = flax_calls(params, x, made)
    packages = ("jax", "flax")
    if importlib.util.find_spec("keras"):
        calls["Keras LSTM, on JAX"] = keras_calls(params, x)
        packages = (*packages, "keras")
    if importlib.util.find_spec("torch"):
        calls["PyTorch nn.LSTM"] = torch_calls(params, x)
        calls["PyTorch, loop by hand"] = torch_loop_calls(params, x)
        calls["PyTorch nn.LSTM, bfloat16"] = in_bfloat16(torch_calls(params, x))
        calls["PyTorch, loop by hand, bfloat16"] = in_bfloat16(torch_loop_calls(params, x))
        packages = (*packages, "torch")

    title = f"batch {size.batch}, {size.time} steps, {size.features} features, {size.hidden} hidden"
    for kind, which in (("forward", 0), ("training step with Adam", 1)):
        timings = interleave({name: pair[which] for name, pair in calls.items()}, rounds=size.rounds)
        short = {name: timing for name, timing in timings.items() if name.endswith(SHORT)}
        long = {name: timing for name, timing in timings.items() if name not in short}
        print_ratios(f"LSTM {kind}: {title}, float32", long, packages=packages)
        print_ratios(f"LSTM {kind}: {title}, bfloat16 factors", short, packages=packages)


if __name__ == "__main__":
    main()
