"""Find the cuts from histograms."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def cuts(histograms, threshold):
    """Numbers of the frames whose histogram is further than the threshold from that of the frame before."""
    steps = 0.5 * np.abs(np.diff(histograms, axis=0)).sum(axis=1)
    return np.flatnonzero(steps > threshold) + 1


def _by_loop(histograms, threshold):
    found = []
    for number in range(1, len(histograms)):
        step = sum(abs(a - b) for a, b in zip(histograms[number], histograms[number - 1], strict=True)) / 2
        if step > threshold:
            found.append(number)
    return np.array(found, dtype=int)


def _by_overlap(histograms, threshold):
    now, before = np.asarray(histograms)[1:], np.asarray(histograms)[:-1]
    shared = np.minimum(now, before).sum(axis=1)
    return 1 + np.where(1 - shared > threshold)[0]


def _one_too_early(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=0)).sum(axis=1)
    return np.flatnonzero(steps > threshold)


def _signed(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=0).sum(axis=1))
    return np.flatnonzero(steps > threshold) + 1


def _from_the_first(histograms, threshold):
    steps = 0.5 * np.abs(np.asarray(histograms) - histograms[0]).sum(axis=1)
    return np.flatnonzero(steps > threshold)


def _no_half(histograms, threshold):
    steps = np.abs(np.diff(histograms, axis=0)).sum(axis=1)
    return np.flatnonzero(steps > threshold) + 1


def _along_the_bins(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=1)).sum(axis=1)
    return np.flatnonzero(steps > threshold) + 1


def _largest_only(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=0)).sum(axis=1)
    return np.array([steps.argmax() + 1])


def _largest_bin(histograms, threshold):
    steps = np.abs(np.diff(histograms, axis=0)).max(axis=1)
    return np.flatnonzero(steps > threshold) + 1


def _at_least(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=0)).sum(axis=1)
    return np.flatnonzero(steps >= threshold) + 1


def _averaged(histograms, threshold):
    steps = 0.5 * np.abs(np.diff(histograms, axis=0)).mean(axis=1)
    return np.flatnonzero(steps > threshold) + 1


def _straight_line(histograms, threshold):
    steps = np.sqrt((np.diff(histograms, axis=0) ** 2).sum(axis=1))
    return np.flatnonzero(steps > threshold) + 1


def _yes_or_no(histograms, threshold):
    return 0.5 * np.abs(np.diff(histograms, axis=0)).sum(axis=1) > threshold


def _film(rng, cut_frames, frames=12, bins=8):
    """Histograms of a film that flickers a little within a shot and jumps at the given frames."""
    looks = np.full((frames, bins), 1.0 / bins)
    shot = rng.dirichlet(np.ones(bins))
    for number in range(frames):
        if number in cut_frames:
            new = rng.dirichlet(np.ones(bins))
            while 0.5 * np.abs(new - shot).sum() < 0.45:
                new = rng.dirichlet(np.ones(bins))
            shot = new
        noisy = shot + 0.15 * rng.dirichlet(np.ones(bins))
        looks[number] = noisy / noisy.sum()
    return looks


def _cases(rng):
    yield np.array([[1.0, 0.0], [1.0, 0.0], [0.25, 0.75], [0.25, 0.75]]), 0.5
    yield np.array([[1.0, 0.0], [0.75, 0.25], [0.5, 0.5], [0.0, 1.0]]), 0.25
    # One step that is spread over all bins.
    yield np.array([[0.25] * 4, [0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]]), 0.4
    # Steps of 0.375 and 0.125. The first has a sum of 0.75, a root of squares of 0.53 and a mean of 0.19.
    for threshold in (0.5, 0.6, 0.1):
        yield np.array([[1.0, 0.0], [0.625, 0.375], [0.5, 0.5], [0.5, 0.5]]), threshold
    for cut_frames in ({4}, {3, 9}, set(), {1, 2, 11}):
        yield _film(rng, cut_frames), 0.3


EXERCISE = Code(
    name="01.cuts",
    title="Find the cuts",
    text="""Row `t` of `histograms` says which share of frame `t` has which colour; each row sums to 1.
How far two frames are apart is half the sum of the absolute differences of their rows: 0 for the same colours, 1 for
none in common.
Write `cuts(histograms, threshold)`: the numbers of the frames that are **more** than `threshold` away from the
frame before them. A cut's number is that of the first frame of the *new* shot.""",
    trains="a difference curve and a threshold",
    signature="histograms (time, feature), threshold 0…1 → frame numbers (boundary,)",
    reference=cuts,
    rights=(_by_loop, _by_overlap),
    wrongs=(
        Wrong(
            _one_too_early,
            "the last frame of the old shot is given",
            "np.diff has one entry less: its entry t is the step to frame t + 1.",
        ),
        Wrong(
            _signed,
            "positive and negative differences cancel",
            "Each row sums to 1, so their differences always sum to 0. Take absolute values first.",
        ),
        Wrong(
            _from_the_first,
            "every frame is compared with the first",
            "After one cut all frames are far from it. Compare with the frame before.",
        ),
        Wrong(
            _no_half,
            "the sum is not halved",
            "What one bin loses another gains, so every change is counted twice.",
        ),
        Wrong(
            _along_the_bins,
            "neighbouring bins are compared",
            "Time is axis 0: compare row t with row t − 1.",
        ),
        Wrong(
            _largest_only,
            "only the largest step is reported",
            "A clip may hold several cuts, or none.",
        ),
        Wrong(
            _largest_bin,
            "only the bin that changes most is looked at",
            "A change may be spread over many bins: add them up.",
        ),
        Wrong(
            _at_least,
            "a step of exactly the threshold counts",
            "*More* than the threshold is asked for: >, not >=.",
        ),
        Wrong(
            _averaged,
            "the differences are averaged over the bins",
            "With more bins every step would look smaller. Add up, then halve.",
        ),
        Wrong(
            _straight_line,
            "the differences are squared, summed and rooted",
            "That is another distance. Here it is half the sum of the absolute differences.",
        ),
        Wrong(
            _yes_or_no,
            "a yes or no is given for each step",
            "Give the numbers of the frames: np.flatnonzero turns True into places.",
        ),
    ),
    cases=_cases,
    hints=(
        "Subtract each row from the next, take absolute values, add up along the bins, halve.",
        "np.diff(histograms, axis=0) has one row less than there are frames. Which frame does its row 0 belong to?",
        "np.flatnonzero(steps > threshold) + 1.",
    ),
    takeaway="A cut is one large step between two histograms; its number is the first frame of the new shot.",
    minutes=8,
    difficulty=1,
    points=3,
)
