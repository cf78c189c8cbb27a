"""Match only what has no double."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def ratio_test(a, b, ratio):
    """Rows (i, j): b[j] is nearest to a[i], and nearer than ratio times the second nearest."""
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    order = np.argsort(distance, axis=1)
    row = np.arange(len(a))
    sure = distance[row, order[:, 0]] < ratio * distance[row, order[:, 1]]
    return np.stack([row[sure], order[sure, 0]], axis=1)


def _one_by_one(a, b, ratio):
    pairs = []
    for i, descriptor in enumerate(a):
        away = np.sqrt(((b - descriptor) ** 2).sum(axis=1))
        j = int(away.argmin())
        if away[j] < ratio * np.delete(away, j).min():
            pairs.append((i, j))
    return np.array(pairs).reshape(-1, 2)


def _squares_of_both(a, b, ratio):
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    first, second = np.partition(squared, 1, axis=1)[:, :2].T
    return np.argwhere((squared == first[:, None]) & (first < ratio**2 * second)[:, None])


def _nearest_only(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    return np.stack([np.arange(len(a)), distance.argmin(axis=1)], axis=1)


def _squared_distances(a, b, ratio):
    distance = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    order, row = np.argsort(distance, axis=1), np.arange(len(a))
    sure = distance[row, order[:, 0]] < ratio * distance[row, order[:, 1]]
    return np.stack([row[sure], order[sure, 0]], axis=1)


def _doubtful_ones(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    order, row = np.argsort(distance, axis=1), np.arange(len(a))
    doubtful = distance[row, order[:, 0]] >= ratio * distance[row, order[:, 1]]
    return np.stack([row[doubtful], order[doubtful, 0]], axis=1)


def _second_nearest(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    order, row = np.argsort(distance, axis=1), np.arange(len(a))
    sure = distance[row, order[:, 0]] < ratio * distance[row, order[:, 1]]
    return np.stack([row[sure], order[sure, 1]], axis=1)


def _columns_swapped(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    order, row = np.argsort(distance, axis=1), np.arange(len(a))
    sure = distance[row, order[:, 0]] < ratio * distance[row, order[:, 1]]
    return np.stack([order[sure, 0], row[sure]], axis=1)


def _fixed_distance(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    near = distance.min(axis=1) < ratio
    return np.stack([np.flatnonzero(near), distance.argmin(axis=1)[near]], axis=1)


def _both_ways(a, b, ratio):
    distance = np.linalg.norm(a[:, None] - b[None], axis=2)
    pairs = []
    for i, away in enumerate(distance):
        first, second = np.sort(away)[:2]
        if first < ratio * second and distance[:, away.argmin()].argmin() == i:
            pairs.append((i, away.argmin()))
    return np.array(pairs).reshape(-1, 2)


def _each_only_once(a, b, ratio):
    pairs, taken = [], set()
    for i, away in enumerate(np.linalg.norm(a[:, None] - b[None], axis=2)):
        j, (first, second) = int(away.argmin()), np.sort(away)[:2]
        if first < ratio * second and j not in taken:
            pairs.append((i, j))
            taken.add(j)
    return np.array(pairs).reshape(-1, 2)


def _cases(rng):
    # The first row and the last have the same nearest one.
    yield np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 0.5]]), np.array([[0.0, 1.0], [4.0, 3.0], [0.0, 9.0]]), 0.8
    yield np.zeros((1, 2)), np.array([[0.0, 1.0], [0.0, 2.0], [5.0, 5.0]]), 0.5
    for ratio, length in ((0.8, 8), (0.6, 3), (0.8, 128)):
        a = rng.random((14, length))
        shift = rng.normal(size=a.shape) * rng.uniform(0.01, 0.4, (14, 1))
        b = np.concatenate([(a + shift)[rng.permutation(14)], rng.random((9, length))])
        yield a, b, ratio


EXERCISE = Code(
    name="03.ratio_test",
    title="Match only what has no double",
    text="""Write `ratio_test(a, b, ratio)`: for each descriptor `a[i]` find the nearest `b[j]`. Keep the pair
`(i, j)` if its distance is less than `ratio` times the distance to the **second** nearest. Return the pairs that are
kept, in the order of `i`. `b` has at least two rows.""",
    trains="matching",
    signature="a (left, value), b (right, value), ratio 0…1 → (pair, 2)",
    reference=ratio_test,
    rights=(_one_by_one, _squares_of_both),
    wrongs=(
        Wrong(
            _nearest_only,
            "every point is matched with its nearest",
            "Something is always nearest, also for a point that the other image does not show. Ask the second nearest.",
        ),
        Wrong(
            _squared_distances,
            "squared distances are compared by the ratio itself",
            "If d₁ < 0.8 d₂ then d₁² < 0.64 d₂². Square the ratio too, or take the root.",
        ),
        Wrong(
            _doubtful_ones,
            "the doubtful pairs are kept and the sure ones dropped",
            "Sure means that the nearest is much nearer than the second.",
        ),
        Wrong(
            _second_nearest,
            "the second nearest is returned",
            "It only serves as the yardstick. The match is the nearest.",
        ),
        Wrong(
            _columns_swapped,
            "the two columns are swapped",
            "First the row of a, then the row of b.",
        ),
        Wrong(
            _fixed_distance,
            "the distance is compared with the ratio itself",
            "How near is near differs from point to point. The second nearest is the yardstick.",
        ),
        Wrong(
            _both_ways,
            "a pair must be nearest both ways",
            "That is a good test too, but another one. Here only a[i] asks for its nearest.",
        ),
        Wrong(
            _each_only_once,
            "each b[j] is given away only once",
            "Two rows of a may share a nearest row of b: both pairs are kept.",
        ),
    ),
    cases=_cases,
    equivalents={
        "distance = np.linalg.norm(a[:, None] - b[None], axis=2) ⇒ "
        "distance = np.linalg.norm(b[None] - a[:, None], axis=2)": "a distance is symmetric",
        "order = np.argsort(distance, axis=1) ⇒ order = np.argsort(distance)": "axis 1 is the last one",
    },
    forbidden=("skimage.feature.match_descriptors", "vmm_edu.features.match"),
    hints=(
        "np.linalg.norm(a[:, None] - b[None], axis=2) are all distances; np.argsort along axis 1 sorts them.",
        "sure = nearest distance < ratio * second distance; then stack the row numbers and the nearest's numbers.",
    ),
    takeaway="A match is trusted when nothing else comes close.",
    minutes=12,
    difficulty=2,
    points=3,
)
