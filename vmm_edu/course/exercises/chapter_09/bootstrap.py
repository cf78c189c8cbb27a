"""An interval from draws of the clips."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def bootstrap(right, rows, level):
    """Score every draw, then cut off both tails."""
    scores = right[rows].mean(axis=1)
    tail = (1 - level) / 2
    return np.quantile(scores, tail), np.quantile(scores, 1 - tail)


def _percentiles(right, rows, level):
    right = np.asarray(right, float)
    scores = [right[list(draw)].sum() / len(draw) for draw in rows]
    return np.percentile(scores, [50 - 50 * level, 50 + 50 * level])


def _by_hand(right, rows, level):
    scores = sorted(sum(right[i] for i in draw) / len(draw) for draw in rows)

    def at(share):
        place = share * (len(scores) - 1)
        below = min(int(place), len(scores) - 2)
        return scores[below] + (place - below) * (scores[below + 1] - scores[below])

    return at((1 - level) / 2), at((1 + level) / 2)


def _scores(right, rows):
    return np.asarray(right)[np.asarray(rows)].mean(axis=1)


def _one_tail(right, rows, level):
    return np.quantile(_scores(right, rows), 1 - level), np.quantile(_scores(right, rows), level)


def _of_the_clips(right, rows, level):
    return np.quantile(right, (1 - level) / 2), np.quantile(right, (1 + level) / 2)


def _per_clip(right, rows, level):
    scores = np.asarray(right)[np.asarray(rows)].mean(axis=0)
    return np.quantile(scores, (1 - level) / 2), np.quantile(scores, (1 + level) / 2)


def _extremes(right, rows, level):
    return _scores(right, rows).min(), _scores(right, rows).max()


def _bell(right, rows, level):
    p, n = np.mean(right), len(right)
    reach = 1.96 * np.sqrt(p * (1 - p) / n)
    return p - reach, p + reach


def _spread(right, rows, level):
    scores = _scores(right, rows)
    return scores.mean() - scores.std(), scores.mean() + scores.std()


def _swapped(right, rows, level):
    tail = (1 - level) / 2
    return np.quantile(_scores(right, rows), 1 - tail), np.quantile(_scores(right, rows), tail)


def _without_replacement(right, rows, level):
    scores = [np.mean(np.asarray(right)[np.unique(draw)]) for draw in rows]
    return np.quantile(scores, (1 - level) / 2), np.quantile(scores, (1 + level) / 2)


def _sorted_places(right, rows, level):
    scores = np.sort(np.asarray(right)[np.asarray(rows)].mean(axis=1))
    tail = int((1 - level) / 2 * len(scores))
    return scores[tail], scores[-1 - tail]


def _mirrored(right, rows, level):
    scores, estimate = _scores(right, rows), np.mean(right)
    return 2 * estimate - np.quantile(scores, (1 + level) / 2), 2 * estimate - np.quantile(scores, (1 - level) / 2)


def _always_95(right, rows, level):
    return np.quantile(_scores(right, rows), 0.025), np.quantile(_scores(right, rows), 0.975)


def _clear(scores, level, estimate):
    """True where scores around either end are equal, so that every convention of a quantile gives the same."""
    scores, tail = np.sort(scores), int((1 - level) / 2 * len(scores))
    low, high = scores[tail - 1 : tail + 2], scores[::-1][tail - 1 : tail + 2]
    lopsided = abs(low[0] + high[0] - 2 * estimate) > 0.02
    other = np.quantile(scores, (1 - level) / 3) < low[0] - 0.01
    return lopsided and other and np.ptp(low) < 1e-9 and np.ptp(high) < 1e-9


def _cases(rng):
    for clips, draws, level in ((10, 400, 0.95), (14, 201, 0.8), (30, 301, 0.9)):
        right = (rng.random(clips) < 0.7).astype(np.int64)
        right[:2] = 1, 0
        rows = rng.integers(clips, size=(draws, clips))
        while not _clear(right[rows].mean(axis=1), level, right.mean()):
            right = rng.permutation(np.arange(clips) < rng.integers(clips // 2, clips - 1)).astype(np.int64)
            rows = rng.integers(clips, size=(draws, clips))
        yield right, rows, level


EXERCISE = Code(
    name="09.bootstrap",
    title="An interval from one test set",
    text="""Write `bootstrap(right, rows, level)`. `right` says for each clip whether the answer was right (1 or 0).
Each row of `rows` is one draw of the test set with replacement: the numbers of the drawn clips, some of
them twice. Score every draw (its share of right answers). Return the low and the high end between which the
middle `level` of those scores lies: for 0.95, the quantiles 0.025 and 0.975.""",
    trains="how far another test set would move the score",
    signature="right (clip,) 0 or 1, rows (draw, clip) whole numbers, level 0…1 → (low, high)",
    reference=bootstrap,
    rights=(_percentiles, _by_hand, _sorted_places),
    forbidden=("vmm_edu.predict.bootstrap_interval", "scipy.stats.bootstrap"),
    wrongs=(
        Wrong(_one_tail, "the whole 1 − level is cut off at each end", "Both tails together: half of it at each end."),
        Wrong(
            _of_the_clips, "the quantiles of single clips are taken", "Score each draw first; clips are only 0 and 1."
        ),
        Wrong(_per_clip, "the mean runs over the draws", "One score for each draw: the mean along axis 1."),
        Wrong(_extremes, "the smallest and the largest draw are returned", "Leave out the tails: np.quantile."),
        Wrong(
            _bell,
            "a bell curve stands in for the draws",
            "Close where clips are many; the draws need no bell, and work for any score.",
        ),
        Wrong(
            _mirrored,
            "the ends are mirrored at the score of the clips",
            "That is another interval, the basic bootstrap; here the quantiles are the ends.",
        ),
        Wrong(_always_95, "`level` is always 0.95", "Compute both tails from `level`."),
        Wrong(_spread, "one standard deviation to each side is returned", "Quantiles, so that `level` has a say."),
        Wrong(_swapped, "the high end comes first", "Return (low, high)."),
        Wrong(_without_replacement, "a clip that was drawn twice counts once", "Twice drawn counts twice."),
    ),
    cases=_cases,
    hints=(
        "right[rows] has the shape of rows: the answers of every draw. Its mean along axis 1 scores each draw.",
        "np.quantile(scores, (1 - level) / 2) and np.quantile(scores, (1 + level) / 2)",
    ),
    takeaway="The draws need no formula: the same few lines give an interval for F1, AP or any other score.",
    minutes=8,
    difficulty=2,
    points=2,
)
