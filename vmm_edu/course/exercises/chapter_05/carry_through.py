"""A step that is padding changes nothing."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def carry_through(new, old, real):
    """The state after a step of which some rows are padding."""
    return jnp.where(real[:, None], new, old)


def _row_by_row(new, old, real):
    rows = []
    for one_new, one_old, is_real in zip(new, old, real, strict=True):
        rows.append(one_new if is_real else one_old)
    return np.stack(rows)


def _copied_then_filled(new, old, real):
    out = np.array(old)
    out[real] = new[real]
    return out


def _padding_clears(new, old, real):
    return np.where(real[:, None], new, 0.0)


def _turned_round(new, old, real):
    return np.where(real[:, None], old, new)


def _mask_ignored(new, old, real):
    return new


def _one_decision(new, old, real):
    return new if real.all() else old


def _times_mask(new, old, real):
    return new * real[:, None] + old


def _product_lets_nan_through(new, old, real):
    return real[:, None] * new + (1 - real[:, None]) * old


def _along_the_cells(new, old, real):
    return np.where(real, new, old)


def _half_and_half(new, old, real):
    return np.where(real[:, None], new, (new + old) / 2)


def _last_real_row(new, old, real):
    return jax.numpy.where(real[:, None], new, new[0])


def _cases(rng):
    for batch, hidden in ((3, 2), (3, 3), (4, 2)):
        new, old = rng.normal(size=(2, batch, hidden)).astype(np.float32)
        real = np.arange(batch) % 2 == 0
        yield new, old, real
        yield new, old, ~real
        new = new.copy()
        new[1] = np.nan
        yield new, old, real


EXERCISE = Code(
    name="05.carry_through",
    title="Padding changes nothing",
    text="""Clips of a batch differ in length, so the short ones are padded. `real` is True where this step is a real
frame. Write `carry_through(new, old, real)`: the state after the step. A padded clip keeps its old state. What was
computed from padding may be anything, NaN too, and must not leak.""",
    trains="masks",
    signature="new, old (batch, hidden), real (batch,) of True and False → (batch, hidden)",
    reference=carry_through,
    rights=(_row_by_row, _copied_then_filled),
    wrongs=(
        Wrong(
            _padding_clears,
            "padding sets the state to zero",
            "Then the last state of a short clip is lost. Keep the old one.",
        ),
        Wrong(_turned_round, "the mask is read the wrong way round", "True means real: there the new state counts."),
        Wrong(_mask_ignored, "the mask is ignored", "A short clip would go on dreaming about its padding."),
        Wrong(
            _one_decision,
            "one decision is taken for the whole batch",
            "Each clip has its own length: decide row by row with jnp.where.",
        ),
        Wrong(_times_mask, "the old state is added everywhere", "Either the new or the old, not their sum."),
        Wrong(
            _product_lets_nan_through,
            "new and old are mixed by multiplying with the mask",
            "0 times NaN is NaN. Choose with jnp.where instead of multiplying.",
        ),
        Wrong(
            _along_the_cells,
            "the mask runs along the cells",
            "real has one entry for each clip. real[:, None] makes it a column that fits (batch, hidden).",
        ),
        Wrong(_half_and_half, "padding mixes old and new", "A padded step should leave no trace: the old state alone."),
        Wrong(_last_real_row, "a padded clip gets the state of the first clip", "Clips know nothing of each other."),
    ),
    cases=_cases,
    hints=(
        "Every row chooses: the new state, or the old one.",
        "jnp.where(condition, a, b). The condition needs a second axis: real[:, None].",
    ),
    takeaway="Padding: choose the old state with where; never multiply.",
    minutes=6,
    difficulty=2,
    points=2,
)
