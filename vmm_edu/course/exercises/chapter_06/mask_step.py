"""A padded step must not count."""

import jax
import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def mask_step(alpha, emission, transitions, real):
    """One forward step for a batch; a clip whose step is padding keeps its alpha."""
    after = emission + jax.nn.logsumexp(alpha[:, :, None] + transitions[None], axis=1)
    return jnp.where(real[:, None], after, alpha)


def _clip_by_clip(alpha, emission, transitions, real):
    rows = []
    for n in range(len(alpha)):
        moved = emission[n] + np.logaddexp.reduce(alpha[n][:, None] + transitions, axis=0)
        rows.append(moved if real[n] else alpha[n])
    return jnp.stack([jnp.asarray(row) for row in rows])


def _by_index(alpha, emission, transitions, real):
    after = np.array(alpha)
    here = np.flatnonzero(real)
    after[here] = _advance(after[here], np.asarray(emission)[here], transitions)
    return after


def _advance(alpha, emission, transitions):
    return np.asarray(emission) + np.logaddexp.reduce(
        np.asarray(alpha)[:, :, None] + np.asarray(transitions)[None], axis=1
    )


def _mask_ignored(alpha, emission, transitions, real):
    return _advance(alpha, emission, transitions)


def _emission_only(alpha, emission, transitions, real):
    return _advance(alpha, np.where(np.asarray(real)[:, None], emission, 0.0), transitions)


def _set_to_zero(alpha, emission, transitions, real):
    return np.where(np.asarray(real)[:, None], _advance(alpha, emission, transitions), 0.0)


def _turned_round(alpha, emission, transitions, real):
    return np.where(np.asarray(real)[:, None], alpha, _advance(alpha, emission, transitions))


def _minus_infinity(alpha, emission, transitions, real):
    return np.where(np.asarray(real)[:, None], _advance(alpha, emission, transitions), -np.inf)


def _one_for_all(alpha, emission, transitions, real):
    return _advance(alpha, emission, transitions) if np.asarray(real).all() else alpha


def _cases(rng):
    batch, tag = 2, 3
    for real in ([True, False], [False, True]):
        parts = (rng.normal(0, 1.5, shape) for shape in ((batch, tag), (batch, tag), (tag, tag)))
        yield *(jnp.asarray(np.round(part, 2).astype(np.float32)) for part in parts), jnp.array(real)


EXERCISE = Code(
    name="06.mask_step",
    title="Padding has no say",
    text="""Clips of one batch have different lengths; short ones are padded. `real` says, for each clip, whether this
step is real (`True`) or padding. Write `mask_step(alpha, emission, transitions, real)`: one forward step
for the whole batch, in which a padded step changes nothing. Setting its emission to 0 is not enough: try to
see why before you run.""",
    trains="masks carry the state",
    signature="alpha (batch, tag), emission (batch, tag), transitions (tag, tag), real (batch,) → (batch, tag)",
    reference=mask_step,
    rights=(_clip_by_clip, _by_index),
    wrongs=(
        Wrong(
            _mask_ignored,
            "padding counts like a real step",
            "The clip's score then depends on how far it was padded. Keep alpha there.",
        ),
        Wrong(
            _emission_only,
            "only the padded emissions are set to 0",
            "The moves still count: summing over transitions once more changes alpha. Keep alpha as it was.",
        ),
        Wrong(
            _set_to_zero,
            "the past of a padded clip is wiped out",
            "Where the step is padding, alpha stays what it was.",
        ),
        Wrong(_turned_round, "the mask is read the wrong way round", "True means real."),
        Wrong(
            _minus_infinity,
            "padding is forbidden",
            "A clip that ends early is not impossible: its alpha is kept to the end.",
        ),
        Wrong(
            _one_for_all,
            "one decision is taken for the whole batch",
            "Each clip has its own length: jnp.where with real[:, None].",
        ),
    ),
    cases=_cases,
    hints=(
        "Compute the step for all clips, then choose for each clip which alpha to go on with.",
        "jnp.where(real[:, None], after, alpha)",
    ),
    takeaway="A masked step carries the state through, in an LSTM, a GRU and a CRF alike.",
    minutes=6,
    difficulty=2,
    points=2,
)
