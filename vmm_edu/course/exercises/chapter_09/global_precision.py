"""One list for all clips: GAP."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def global_precision(labels, scores, top):
    """Average precision of the pooled `top` best labels of every clip, over all positives."""
    best = np.argsort(-scores, axis=1)[:, :top]
    pooled = np.take_along_axis(scores, best, axis=1).ravel()
    ranked = np.take_along_axis(labels, best, axis=1).ravel()[np.argsort(-pooled)]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return (precision * ranked).sum() / labels.sum()


def _loop(labels, scores, top):
    pool = []
    for row, held in zip(scores, labels, strict=True):
        pairs = sorted(zip(row, held, strict=True), key=lambda pair: pair[0], reverse=True)
        pool.extend(pairs[:top])
    pool.sort(key=lambda pair: pair[0], reverse=True)
    hits, total = 0, 0.0
    for place, (_, held) in enumerate(pool, 1):
        hits += held
        total += held * hits / place
    return total / sum(sum(row) for row in labels)


def _by_rank(labels, scores, top):
    labels, scores = np.asarray(labels), np.asarray(scores, np.float64)
    rank = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    taken, held = scores[rank < top], labels[rank < top].astype(bool)
    hits = taken[held]
    places = (taken[None, :] >= hits[:, None]).sum(axis=1)
    before = (hits[None, :] >= hits[:, None]).sum(axis=1)
    return np.sum(before / places) / labels.sum()


def _ap(held, scores, positives):
    ranked = np.asarray(held).ravel()[np.argsort(-np.asarray(scores).ravel())]
    return (np.cumsum(ranked) / np.arange(1, len(ranked) + 1) * ranked).sum() / max(positives, 1)


def _taken(labels, scores, top):
    labels, scores = np.asarray(labels), np.asarray(scores)
    best = np.argsort(-scores, axis=1)[:, :top]
    return np.take_along_axis(labels, best, axis=1), np.take_along_axis(scores, best, axis=1)


def _found_only(labels, scores, top):
    held, best = _taken(labels, scores, top)
    return _ap(held, best, held.sum())


def _all_labels(labels, scores, top):
    return _ap(labels, scores, np.sum(labels))


def _mean_over_clips(labels, scores, top):
    held, best = _taken(labels, scores, top)
    return np.mean([_ap(h, b, np.sum(row)) for h, b, row in zip(held, best, np.asarray(labels), strict=True)])


def _mean_over_labels(labels, scores, top):
    labels, scores = np.asarray(labels), np.asarray(scores)
    columns = [j for j in range(labels.shape[1]) if labels[:, j].any()]
    return np.mean([_ap(labels[:, j], scores[:, j], labels[:, j].sum()) for j in columns])


def _top_of_all(labels, scores, top):
    labels, scores = np.asarray(labels).ravel(), np.asarray(scores).ravel()
    best = np.argsort(-scores)[:top]
    return _ap(labels[best], scores[best], labels.sum())


def _precision_at_top(labels, scores, top):
    return _taken(labels, scores, top)[0].mean()


def _not_sorted(labels, scores, top):
    held, _ = _taken(labels, scores, top)
    return _ap(held, -np.arange(held.size), np.sum(labels))


def _lowest(labels, scores, top):
    held, best = _taken(labels, -np.asarray(scores), top)
    return _ap(held, best, np.sum(labels))


def _capped(labels, scores, top):
    held, best = _taken(labels, scores, top)
    return _ap(held, best, np.minimum(np.sum(labels, axis=1), top).sum())


def _cases(rng):
    yield np.array([[1, 0, 0], [1, 1, 0]]), np.array([[0.9, 0.8, 0.1], [0.3, 0.6, 0.5]]), 2
    yield np.array([[0, 1, 0], [1, 0, 0]]), np.array([[0.2, 0.7, 0.4], [0.9, 0.1, 0.3]]), 1
    for top in (3, 6, 20):  # few sizes: an answer in JAX compiles anew for each
        labels = (rng.random((8, 6)) < 0.4).astype(np.int64)
        labels[0, :5] = 1  # more than the three best
        yield labels, (rng.permutation(48) / 48).reshape(8, 6), top


EXERCISE = Code(
    name="09.global_precision",
    title="Open: one list for all clips",
    text=r"""A video has many labels at once, and a site with millions of videos shows the best guesses of all of them.
YouTube-8M measures that with GAP@20. Write `global_precision(labels, scores, top)`: take the `top` best
scored labels of *each* clip (all of them if it has fewer), put them into **one** list, sort it by score,
and take the average precision. Divide by *all* positives, also those that are not in it. No two scores are
equal. Then say in a sentence why doubling the scores of one label, as in the cell above, moves GAP and not mAP.""",
    trains="scores that are compared across clips",
    signature="labels (batch, label) 0 or 1, scores (batch, label), top → one number",
    reference=global_precision,
    rights=(_loop, _by_rank),
    forbidden=(
        "vmm_edu.predict.global_average_precision",
        "sklearn.metrics.average_precision_score",
        "sklearn.metrics.precision_recall_curve",
    ),
    wrongs=(
        Wrong(
            _found_only,
            "only the positives in the list are counted",
            "A label that is not in the list was missed: divide by all positives.",
        ),
        Wrong(
            _capped,
            "at most `top` positives of each clip are counted",
            "A clip with more labels than places has missed some: divide by all positives.",
        ),
        Wrong(_all_labels, "`top` is ignored", "Of each clip only the `top` best may enter the list."),
        Wrong(
            _mean_over_clips,
            "each clip gets its own list",
            "One list for all: a sure mistake in one clip costs the others.",
        ),
        Wrong(_mean_over_labels, "each label gets its own list", "That is mAP. GAP has one list for all labels."),
        Wrong(_top_of_all, "`top` is taken of the whole list", "`top` of each clip, then pool."),
        Wrong(
            _precision_at_top,
            "the precision of the chosen labels is returned",
            "Sort the pooled list, then its average precision.",
        ),
        Wrong(_not_sorted, "the pooled list is not sorted", "Clips must be mixed: sort the pool by score."),
        Wrong(_lowest, "the lowest scores are taken", "Sort from high to low."),
    ),
    cases=_cases,
    equivalents={
        "best = np.argsort(-scores, axis=1)[:, :top] ⇒ best = np.argsort(-scores)[:, :top]": "the last axis is usual",
        "pooled = np.take_along_axis(scores, best, axis=1).ravel() ⇒ "
        "pooled = np.take_along_axis(scores, best).ravel()": "the last axis is usual",
        "ranked = np.take_along_axis(labels, best, axis=1).ravel()[np.argsort(-pooled)] ⇒ "
        "ranked = np.take_along_axis(labels, best).ravel()[np.argsort(-pooled)]": "the last axis is usual",
    },
    hints=(
        "np.argsort(-scores, axis=1)[:, :top] are each clip's best; np.take_along_axis fetches their scores.",
        "Flatten both, sort by score, then average precision as before, divided by labels.sum().",
    ),
    takeaway="A shared list needs scores that mean the same everywhere: GAP rewards calibration across clips.",
    minutes=18,
    difficulty=3,
    points=3,
)
