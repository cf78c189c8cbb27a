"""A gate that decides, clip by clip, which sense to believe."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def gated(v, a, w_v, w_a, w_z):
    """What sight says, weighed by the gate, and what sound says, weighed by the rest."""
    z = 1 / (1 + np.exp(-np.concatenate([v, a], axis=1) @ w_z))
    return z * np.tanh(v @ w_v) + (1 - z) * np.tanh(a @ w_a)


def _as_softmax(v, a, w_v, w_a, w_z):
    score = np.hstack([v, a]) @ w_z
    both = np.stack([score, np.zeros_like(score)])
    weights = np.exp(both) / np.exp(both).sum(axis=0)
    said = np.tanh(np.stack([v @ w_v, a @ w_a]))
    return (weights * said).sum(axis=0)


def _between(v, a, w_v, w_a, w_z):
    seen, heard = np.tanh(v @ w_v), np.tanh(a @ w_a)
    inside = v @ w_z[: v.shape[1]] + a @ w_z[v.shape[1] :]
    return heard + (seen - heard) * (0.5 + 0.5 * np.tanh(inside / 2))


def _z(v, a, w_z):
    return 1 / (1 + np.exp(-np.concatenate([v, a], axis=1) @ w_z))


def _turned(v, a, w_v, w_a, w_z):
    z = _z(v, a, w_z)
    return (1 - z) * np.tanh(v @ w_v) + z * np.tanh(a @ w_a)


def _both_by_z(v, a, w_v, w_a, w_z):
    z = _z(v, a, w_z)
    return z * np.tanh(v @ w_v) + z * np.tanh(a @ w_a)


def _sound_not_gated(v, a, w_v, w_a, w_z):
    return _z(v, a, w_z) * np.tanh(v @ w_v) + np.tanh(a @ w_a)


def _no_tanh(v, a, w_v, w_a, w_z):
    z = _z(v, a, w_z)
    return z * (v @ w_v) + (1 - z) * (a @ w_a)


def _gate_sees_sight_only(v, a, w_v, w_a, w_z):
    z = 1 / (1 + np.exp(-v @ w_z[: v.shape[1]]))
    return z * np.tanh(v @ w_v) + (1 - z) * np.tanh(a @ w_a)


def _gate_of_tanh(v, a, w_v, w_a, w_z):
    z = np.tanh(np.concatenate([v, a], axis=1) @ w_z)
    return z * np.tanh(v @ w_v) + (1 - z) * np.tanh(a @ w_a)


def _hard(v, a, w_v, w_a, w_z):
    return np.where(_z(v, a, w_z) > 0.5, np.tanh(v @ w_v), np.tanh(a @ w_a))


def _sound_first(v, a, w_v, w_a, w_z):
    z = 1 / (1 + np.exp(-(a @ w_z[: a.shape[1]] + v @ w_z[a.shape[1] :])))
    return z * np.tanh(v @ w_v) + (1 - z) * np.tanh(a @ w_a)


def _tanh_last(v, a, w_v, w_a, w_z):
    z = _z(v, a, w_z)
    return np.tanh(z * (v @ w_v) + (1 - z) * (a @ w_a))


def _gate_only(v, a, w_v, w_a, w_z):
    return _z(v, a, w_z)


def _cases(rng):
    # Both senses have as many features in some cases, so that a gate which takes them in the wrong order runs.
    for batch, seen, heard, hidden in ((2, 2, 2, 2), (3, 3, 3, 4), (1, 4, 4, 3), (2, 2, 5, 3)):
        shapes = ((batch, seen), (batch, heard), (seen, hidden), (heard, hidden), (seen + heard, hidden))
        yield tuple(rng.normal(0.3, 1, shape).astype(np.float32) for shape in shapes)


EXERCISE = Code(
    name="08.gated",
    title="Whom to believe?",
    text=r"""Write `gated(v, a, w_v, w_a, w_z)`, the gated unit for two senses: what each says goes through a tanh,
$\tanh(v\,W_v)$ and $\tanh(a\,W_a)$; a gate $z$, a sigmoid of both senses side by side (`v` first) times `w_z`,
gives the share of sight, and sound gets the rest.""",
    trains="a gate between senses",
    signature="v (batch, seen), a (batch, heard), w_v (seen, hidden), w_a (heard, hidden), w_z (seen + heard, hidden) "
    "→ (batch, hidden)",
    reference=gated,
    rights=(_as_softmax, _between),
    forbidden=("vmm_edu.fusion.GatedFusion",),
    wrongs=(
        Wrong(_turned, "the gate opens for sound", "z is the share of sight; sound gets 1 − z."),
        Wrong(_both_by_z, "both senses get the share z", "What sight does not get goes to sound: 1 − z."),
        Wrong(_sound_not_gated, "sound is let through whole", "The shares add up to 1: sound gets 1 − z."),
        Wrong(_no_tanh, "the tanh is missing", "Each sense goes through its tanh before the gate weighs it."),
        Wrong(
            _gate_sees_sight_only,
            "the gate looks at sight alone",
            "Which sense to believe may be told by either: concatenate both.",
        ),
        Wrong(_gate_of_tanh, "the gate is a tanh", "A share lies between 0 and 1: sigmoid."),
        Wrong(_hard, "the larger share takes all", "Keep the share as a number; a hard choice has no gradient."),
        Wrong(_sound_first, "sound comes first in the gate", "`v` first, then `a`: the rows of w_z are in that order."),
        Wrong(_tanh_last, "one tanh is taken of the mixture", "Each sense has its own tanh, inside the mixture."),
        Wrong(_gate_only, "the gate itself is returned", "Now let it weigh what the two senses say."),
    ),
    cases=_cases,
    hints=(
        "z = sigmoid(np.concatenate([v, a], axis=1) @ w_z).",
        "z * np.tanh(v @ w_v) + (1 - z) * np.tanh(a @ w_a).",
    ),
    takeaway="A gate is a sum whose weights depend on the clip: that is what lets it say whom to believe.",
    minutes=6,
    difficulty=1,
    points=1,
)
