"""The mean of a text's vectors, padding left out."""

import jax.numpy as jnp
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def masked_mean(vectors, mask):
    """Sum of the real tokens' vectors over their number; zeros for a text without tokens."""
    kept = np.where(mask[:, :, None], vectors, 0.0)
    count = np.maximum(mask.sum(axis=1), 1)
    return kept.sum(axis=1) / count[:, None]


def _in_jax(vectors, mask):
    values, real = jnp.asarray(vectors), jnp.asarray(mask)[..., None]
    return jnp.nan_to_num(jnp.mean(values, axis=1, where=real))


def _text_by_text(vectors, mask):
    rows = [np.asarray(v)[np.asarray(m)] for v, m in zip(vectors, mask, strict=True)]
    return np.stack([row.mean(axis=0) if len(row) else np.zeros(row.shape[1]) for row in rows])


def _plain_mean(vectors, mask):
    return np.nan_to_num(np.asarray(vectors)).mean(axis=1)


def _kept(vectors, mask):
    return np.where(np.asarray(mask)[:, :, None], np.asarray(vectors, float), 0.0)


def _over_all_places(vectors, mask):
    return _kept(vectors, mask).mean(axis=1)


def _sum(vectors, mask):
    return _kept(vectors, mask).sum(axis=1)


def _nan_inside(vectors, mask):
    real = np.asarray(mask, float)[:, :, None]
    return (np.asarray(vectors) * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


def _nan_when_empty(vectors, mask):
    with np.errstate(invalid="ignore"):
        return _kept(vectors, mask).sum(axis=1) / np.asarray(mask).sum(axis=1)[:, None]


def _one_more(vectors, mask):
    return _kept(vectors, mask).sum(axis=1) / (np.asarray(mask).sum(axis=1) + 1)[:, None]


def _over_the_batch(vectors, mask):
    return _kept(vectors, mask).sum(axis=0) / np.maximum(np.asarray(mask).sum(axis=0), 1)[:, None]


def _longest(vectors, mask):
    return _kept(vectors, mask).sum(axis=1) / np.maximum(np.asarray(mask).sum(axis=1).max(), 1)


def _turned_round(vectors, mask):
    vectors, other = np.nan_to_num(np.asarray(vectors, float)), ~np.asarray(mask)
    return np.where(other[:, :, None], vectors, 0).sum(axis=1) / np.maximum(other.sum(axis=1), 1)[:, None]


def _zeros_not_counted(vectors, mask):
    kept = _kept(vectors, mask)
    return kept.sum(axis=1) / np.maximum((kept != 0).any(axis=2).sum(axis=1), 1)[:, None]


def _cases(rng):
    for batch, time, feature in ((2, 3, 2), (3, 5, 4)):
        vectors = np.round(rng.normal(0, 1, (batch, time, feature)), 2).astype(np.float32)
        mask = np.arange(time)[None, :] < np.array([time - 1, 1, 0])[:batch, None]
        yield vectors, mask
        yield np.where(mask[:, :, None], vectors, np.nan).astype(np.float32), mask
    gaps = np.array([[True, False, True, True], [False, True, False, False]])
    vectors = rng.normal(0, 1, (2, 4, 3)).astype(np.float32)
    yield vectors.copy(), gaps
    # A real token may have the vector 0.
    vectors[0, 2] = 0
    yield vectors.copy(), gaps


EXERCISE = Code(
    name="07.masked_mean",
    title="Padding has no meaning",
    text="""Texts of one batch are padded to one length. `mask` says, for each text, which tokens are real (`True`).
Write `masked_mean(vectors, mask)`: the mean of the real tokens' vectors for each text. What stands at the padding
must not matter, even where it is NaN, and a text without any token gets zeros.""",
    trains="masks, divided by what is real",
    signature="vectors (batch, token, feature), mask (batch, token) → (batch, feature)",
    reference=masked_mean,
    rights=(_text_by_text, _in_jax),
    forbidden=("vmm_edu.sequence.mean_pool",),
    wrongs=(
        Wrong(_plain_mean, "padding is averaged in like a word", "Short texts then look like padding. Use the mask."),
        Wrong(
            _over_all_places,
            "the sum is divided by all places, padding too",
            "Divide by the number of real tokens, mask.sum(axis=1).",
        ),
        Wrong(_sum, "the sum is not divided", "A mean, so that a long text is not a loud one."),
        Wrong(
            _nan_inside,
            "padding is multiplied by 0",
            "0 · NaN is NaN. Choose with np.where instead of multiplying.",
        ),
        Wrong(_nan_when_empty, "an empty text divides by 0", "At least 1 below the line: np.maximum(count, 1)."),
        Wrong(_one_more, "one is added to every count", "Only an empty text needs help: np.maximum(count, 1)."),
        Wrong(_over_the_batch, "the mean is taken over the texts", "Over the tokens of each text: axis 1."),
        Wrong(_longest, "all texts are divided by one number", "Each text has its own number of real tokens."),
        Wrong(
            _zeros_not_counted,
            "a vector of zeros is taken for padding",
            "A real token may have any vector, 0 too. Only the mask knows what is padding: mask.sum(axis=1).",
        ),
        Wrong(_turned_round, "the mask is read the wrong way round", "True means real."),
    ),
    cases=_cases,
    hints=(
        "np.where(mask[:, :, None], vectors, 0.0) leaves zeros at the padding. Now sum.",
        "Divide by np.maximum(mask.sum(axis=1), 1), with an axis more.",
    ),
    takeaway="A mask decides twice: what is added up, and what is divided by.",
    minutes=6,
    difficulty=2,
    points=2,
)
