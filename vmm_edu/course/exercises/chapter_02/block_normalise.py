"""L2-Hys."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def block_normalise(vector):
    """Length 1, no value above 0.2, length 1 again."""
    vector = vector / np.sqrt(np.sum(vector**2) + 1e-5**2)
    vector = np.minimum(vector, 0.2)
    return vector / np.sqrt(np.sum(vector**2) + 1e-5**2)


def _by_hypot(vector):
    clipped = np.clip(vector / np.hypot(np.linalg.norm(vector), 1e-5), 0, 0.2)
    return clipped / np.hypot(np.linalg.norm(clipped), 1e-5)


def _two_rounds(vector):
    for highest in (0.2, np.inf):
        vector = vector * (vector @ vector + 1e-10) ** -0.5
        vector = np.where(vector > highest, highest, vector)
    return vector


def _once(vector):
    return vector / np.sqrt(vector @ vector + 1e-10)


def _not_again(vector):
    return np.minimum(_once(vector), 0.2)


def _zeroed(vector):
    vector = _once(vector)
    return _once(np.where(vector > 0.2, 0, vector))


def _clipped_first(vector):
    return _once(np.minimum(vector, 0.2))


def _sum_of_one(vector):
    vector = np.minimum(vector / (np.abs(vector).sum() + 1e-5), 0.2)
    return vector / (np.abs(vector).sum() + 1e-5)


def _no_eps(vector):
    with np.errstate(all="ignore"):
        vector = np.minimum(vector / np.sqrt(vector @ vector), 0.2)
        return vector / np.sqrt(vector @ vector)


def _eps_outside(vector):
    vector = np.minimum(vector / (np.sqrt(vector @ vector) + 1e-5), 0.2)
    return vector / (np.sqrt(vector @ vector) + 1e-5)


def _eps_not_squared(vector):
    vector = np.minimum(vector / np.sqrt(vector @ vector + 1e-5), 0.2)
    return vector / np.sqrt(vector @ vector + 1e-5)


def _no_root(vector):
    vector = np.minimum(vector / (vector @ vector + 1e-10), 0.2)
    return vector / (vector @ vector + 1e-10)


def _cases(rng):
    yield (np.array([0.3, 0.0, 0.1, 0.05, 0.0, 0.02]),)
    peaked = rng.uniform(0, 0.05, 36)
    peaked[rng.integers(36, size=2)] = 0.5
    for length in (1.0, 1e-5, 1e-10):
        yield (peaked * length,)
    yield (rng.uniform(0, 1, 36),)
    yield (np.zeros(36),)


EXERCISE = Code(
    name="02.block_normalise",
    title="Make contrast vanish",
    text="""A block is a vector $v$ of votes. Write `block_normalise(vector)` in three steps: divide by
$\\sqrt{\\sum v^2 + \\epsilon^2}$ with $\\epsilon$ = 10⁻⁵; cut every value above 0.2 down to 0.2; divide again by the
same expression of what is left. A block of zeros stays zeros.""",
    trains="normalisation",
    signature="vector (length,), no value below 0 → (length,)",
    reference=block_normalise,
    rights=(_by_hypot, _two_rounds),
    wrongs=(
        Wrong(_once, "nothing is cut off", "After the first division no value may stay above 0.2."),
        Wrong(_not_again, "the second division is missing", "Cutting made the vector shorter: divide once more."),
        Wrong(_zeroed, "a value above 0.2 becomes 0", "It is the strongest edge. Cut it down to 0.2, not away."),
        Wrong(
            _clipped_first,
            "values are cut off before the first division",
            "0.2 is meant as a share of the length, so the division comes first.",
        ),
        Wrong(
            _sum_of_one, "the sum is made 1 instead of the length", "The length is the root of the sum of the squares."
        ),
        Wrong(_no_eps, "ε is left out", "A flat block has length 0, and 0 / 0 is not a number."),
        Wrong(_eps_outside, "ε is added outside the root", "ε² stands inside the root, beside the squares."),
        Wrong(_eps_not_squared, "ε is not squared", "Inside the root it is ε², which is 1e-5**2 = 1e-10."),
        Wrong(_no_root, "the root is forgotten", "The length of a vector is the *root* of the sum of its squares."),
    ),
    cases=_cases,
    rtol=1e-3,
    atol=1e-6,
    hints=(
        "Write the division once, as length = np.sqrt(np.sum(vector**2) + 1e-5**2), and use it twice.",
        "np.minimum(vector, 0.2) cuts off.",
    ),
    takeaway="After this, twice the contrast gives the same vector; ε decides what counts as no contrast at all.",
    minutes=6,
    difficulty=1,
    points=2,
)
