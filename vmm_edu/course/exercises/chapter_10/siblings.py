"""How many test clips have a brother or sister in training."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def siblings(groups, test):
    """Number of test clips whose group has a training clip too."""
    return int(np.isin(groups[test], groups[~test]).sum())


def _listed(groups, test):
    known = {group for group, held_out in zip(groups, test, strict=True) if not held_out}
    return sum(held_out and group in known for group, held_out in zip(groups, test, strict=True))


def _pairwise(groups, test):
    groups, test = np.asarray(groups), np.asarray(test, bool)
    same = groups[:, None] == groups[None, :]
    return (same & ~test[None, :]).any(axis=1)[test].sum()


def _groups_counted(groups, test):
    return len(set(groups[test].tolist()) & set(groups[~test].tolist()))


def _training_clips(groups, test):
    return np.isin(groups[~test], groups[test]).sum()


def _both_sides(groups, test):
    shared = set(groups[test].tolist()) & set(groups[~test].tolist())
    return sum(group in shared for group in groups.tolist())


def _clean_ones(groups, test):
    return (~np.isin(groups[test], groups[~test])).sum()


def _share(groups, test):
    return np.isin(groups[test], groups[~test]).mean() if test.any() else 0.0


def _any_other(groups, test):
    return sum((groups == group).sum() > 1 for group in groups[test])


def _neighbours(groups, test):
    return sum(k > 0 and bool(test[k]) and not test[k - 1] and groups[k] == groups[k - 1] for k in range(len(groups)))


def _pairs(groups, test):
    return (groups[test][:, None] == groups[~test][None, :]).sum()


def _all_test(groups, test):
    return test.sum()


def _cases(rng):
    yield np.array([0, 0, 1, 1, 1, 2, 3, 3]), np.array([0, 1, 0, 1, 1, 1, 0, 0], bool)
    yield np.array([5, 5, 5, 7, 7, 5, 7, 7]), np.array([0, 0, 0, 1, 1, 0, 1, 1], bool)
    yield np.array([2, 1, 2, 1, 2, 0, 3, 3]), np.array([1, 0, 0, 0, 1, 0, 1, 1], bool)
    # As many in the test each time: an answer in JAX compiles for every new number.
    for _ in range(4):
        yield rng.integers(0, 6, 12), rng.permutation(12) < 5
    yield np.array([1, 1, 2, 2, 3, 3, 1, 2]), np.zeros(8, bool)


EXERCISE = Code(
    name="10.siblings",
    title="Who was seen before?",
    text="""A lip reader is to be tried on people it has never seen. `groups[k]` is the number of the person in clip k,
`test[k]` is True where the clip is held out for the test and False where it is trained on. Write
`siblings(groups, test)`: how many **test clips** show a person of whom there is a training clip. Only 0 makes the
test a test of new people; on one talker, as in this chapter, every test clip is a sibling, and the score says nothing
of anybody else.""",
    trains="what a split must keep apart",
    signature="groups (clip,) int, test (clip,) bool → a whole number",
    reference=siblings,
    rights=(_listed, _pairwise),
    wrongs=(
        Wrong(
            _groups_counted,
            "people are counted, not clips",
            "A person with two clips in the test makes two of its results doubtful.",
        ),
        Wrong(
            _training_clips,
            "the training clips are counted",
            "Those are the ones that were seen. How many test clips does that spoil?",
        ),
        Wrong(_both_sides, "clips of both sides are counted", "Only clips of the test."),
        Wrong(
            _clean_ones,
            "the clips of new people are counted",
            "These are the good ones. The others were asked for.",
        ),
        Wrong(_share, "a share is given for a number", "The number of clips, not the share of the test."),
        Wrong(
            _any_other,
            "another test clip of the same person counts as well",
            "Two test clips of one person are no harm, if none of that person was trained on.",
        ),
        Wrong(
            _neighbours,
            "only a clip and the one before it are compared",
            "Clips of one person may lie anywhere in the list.",
        ),
        Wrong(
            _pairs,
            "pairs of a test and a training clip are counted",
            "A test clip counts once, however many training clips show the same person.",
        ),
        Wrong(_all_test, "every test clip is counted", "Those of people without a training clip are not meant."),
    ),
    cases=_cases,
    hints=(
        "Two sets of clips, one question for each test clip: is its person among those of the training clips?",
        "groups[test] are the people of the test, groups[~test] those of training.",
        "np.isin(groups[test], groups[~test]) answers the question clip by clip.",
    ),
    takeaway="Ask of every split: what is new in the test? Only that can the score speak of.",
    minutes=6,
    difficulty=2,
    points=2,
)
