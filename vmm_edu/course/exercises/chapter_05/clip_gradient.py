"""Clip a gradient by its length."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def clip_gradient(gradients, longest):
    """The same direction, no longer than `longest`."""
    squares = 0.0
    for part in gradients:
        squares = squares + (part**2).sum()
    shrink = jnp.minimum(1.0, longest / jnp.sqrt(squares))
    return [part * shrink for part in gradients]


def _if_too_long(gradients, longest):
    length = float(np.linalg.norm(np.concatenate([np.ravel(part) for part in gradients])))
    if length > longest:
        return [part / length * longest for part in gradients]
    return list(gradients)


def _tree(gradients, longest):
    length = jnp.sqrt(sum(jnp.vdot(part, part) for part in jax.tree.leaves(gradients)))
    return jax.tree.map(lambda part: jnp.where(length > longest, part * (longest / length), part), gradients)


def _length(gradients):
    return np.sqrt(sum((part**2).sum() for part in gradients))


def _element_by_element(gradients, longest):
    return [np.clip(part, -longest, longest) for part in gradients]


@np.errstate(all="ignore")
def _always(gradients, longest):
    return [part * (longest / _length(gradients)) for part in gradients]


@np.errstate(all="ignore")
def _square_for_length(gradients, longest):
    return [part * min(1.0, longest / _length(gradients) ** 2) for part in gradients]


@np.errstate(all="ignore")
def _each_on_its_own(gradients, longest):
    return [part * min(1.0, longest / np.sqrt((part**2).sum())) for part in gradients]


@np.errstate(all="ignore")
def _never_longer_by_force(gradients, longest):
    return [part * max(1.0, longest / _length(gradients)) for part in gradients]


def _dropped(gradients, longest):
    keep = float(_length(gradients) <= longest)
    return [part * keep for part in gradients]


def _unit_length(gradients, longest):
    return [part / max(1.0, _length(gradients)) for part in gradients]


@np.errstate(all="ignore")
def _zero_over_zero(gradients, longest):
    return [part / _length(gradients) * min(_length(gradients), longest) for part in gradients]


@np.errstate(all="ignore")
def _sum_of_parts(gradients, longest):
    total = sum(np.sqrt((part**2).sum()) for part in gradients)
    return [part * min(1.0, longest / total) for part in gradients]


def _cases(rng):
    yield [np.array([3.0], np.float32), np.array([4.0], np.float32)], 2.5
    for scale, longest in ((3.0, 0.7), (0.05, 2.0)):
        yield [(scale * rng.normal(size=shape)).astype(np.float32) for shape in ((2, 3), (4,))], longest
    yield [rng.normal(size=shape).astype(np.float32) for shape in ((4,), (2, 3), (4,))], 0.5
    yield [np.zeros((2, 3), np.float32), np.zeros(4, np.float32)], 1.0


EXERCISE = Code(
    name="05.clip_gradient",
    title="A leash for the gradient",
    text="""`gradients` is a list of arrays, one for each parameter. Together they are **one** long vector. Write
`clip_gradient(gradients, longest)`: if that vector is longer than `longest`, shrink it to that length; its direction
stays. Otherwise leave it alone. Return a list.""",
    trains="gradient clipping",
    signature="list of arrays, longest > 0 → list of arrays of the same shapes",
    reference=clip_gradient,
    rights=(_if_too_long, _tree),
    wrongs=(
        Wrong(
            _element_by_element,
            "every entry is clipped on its own",
            "That turns the vector into another direction. Multiply all entries by one number.",
        ),
        Wrong(_always, "short gradients are stretched", "Only shrink: the factor is at most 1."),
        Wrong(_square_for_length, "the square root is missing", "The length is the root of the sum of squares."),
        Wrong(
            _each_on_its_own,
            "each array has a length of its own",
            "The arrays are one vector: add up the squares of all of them first.",
        ),
        Wrong(
            _never_longer_by_force,
            "max stands where min should",
            "The factor is the smaller one of 1 and longest/length.",
        ),
        Wrong(_dropped, "a long gradient is thrown away", "Shrink it: its direction is good."),
        Wrong(_unit_length, "long gradients get length 1", "They should get the length `longest`."),
        Wrong(
            _zero_over_zero,
            "a gradient of zeros is divided by its length",
            "0 / 0 is not a number, and it would spoil every weight. Leave alone what is short enough.",
        ),
        Wrong(
            _sum_of_parts,
            "the lengths of the arrays are added up",
            "Squares add up, lengths do not: take one root at the end.",
        ),
    ),
    cases=_cases,
    forbidden=("optax.clip_by_global_norm",),
    hints=(
        "First the length of the whole: the root of the sum of all squares.",
        "Then one factor for all: min(1, longest / length).",
    ),
    takeaway="One factor for all: the direction stays.",
    minutes=8,
    difficulty=2,
    points=2,
)
