"""The best path, with its pointers."""

import itertools

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def viterbi_path(emissions, transitions):
    """The path of the highest score: the best way into each tag, remembered, and then followed back."""
    best, pointers = emissions[0], []
    for t in range(1, len(emissions)):
        through = best[:, None] + transitions
        pointers.append(through.argmax(axis=0))
        best = through.max(axis=0) + emissions[t]
    path = [best.argmax()]
    for pointer in pointers[::-1]:
        path.append(pointer[path[-1]])
    return np.array(path[::-1])


def _all_paths(emissions, transitions):
    time, tag = emissions.shape
    steps = range(time)

    def score(path):
        moves = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        return moves + sum(emissions[t, path[t]] for t in steps)

    return np.array(max(itertools.product(range(tag), repeat=time), key=score))


def _from_behind(emissions, transitions):
    ahead = [emissions[-1]]
    for emission in emissions[-2::-1]:
        ahead.insert(0, emission + (transitions + ahead[0]).max(axis=1))
    path = [int(np.argmax(ahead[0]))]
    for left in ahead[1:]:
        path.append(int(np.argmax(transitions[path[-1]] + left)))
    return np.array(path)


def _forward(emissions, transitions):
    best, tables = emissions[0], [emissions[0]]
    for emission in emissions[1:]:
        best = (best[:, None] + transitions).max(axis=0) + emission
        tables.append(best)
    return np.array(tables)


def _walk(emissions, transitions):
    """What the wrong answers begin with: the path from back to front."""
    best, came_from = emissions[0], []
    for emission in emissions[1:]:
        came_from.insert(0, (best[:, None] + transitions).argmax(axis=0))
        best = (best[:, None] + transitions).max(axis=0) + emission
    path = [int(best.argmax())]
    for pointer in came_from:
        path.append(int(pointer[path[-1]]))
    return np.array(path)


def _each_step_alone(emissions, transitions):
    return emissions.argmax(axis=1)


def _without_pointers(emissions, transitions):
    return _forward(emissions, transitions).argmax(axis=1)


def _greedy(emissions, transitions):
    path = [int(emissions[0].argmax())]
    for emission in emissions[1:]:
        path.append(int((transitions[path[-1]] + emission).argmax()))
    return np.array(path)


def _transposed(emissions, transitions):
    return _walk(emissions, transitions.T)[::-1]


def _not_turned_round(emissions, transitions):
    return _walk(emissions, transitions)


def _pointers_of_the_other_axis(emissions, transitions):
    best, pointers = emissions[0], []
    for emission in emissions[1:]:
        through = best[:, None] + transitions
        pointers.append(through.argmax(axis=1))
        best = through.max(axis=0) + emission
    path = [int(best.argmax())]
    for pointer in pointers[::-1]:
        path.append(int(pointer[path[-1]]))
    return np.array(path[::-1])


def _most_probable_tags(emissions, transitions):
    ahead, behind = [emissions[0]], [np.zeros(emissions.shape[1])]
    for emission in emissions[1:]:
        ahead.append(np.logaddexp.reduce(ahead[-1][:, None] + transitions, axis=0) + emission)
    for emission in emissions[:0:-1]:
        behind.insert(0, np.logaddexp.reduce(transitions + emission + behind[0], axis=1))
    return (np.array(ahead) + np.array(behind)).argmax(axis=1)


def _one_short(emissions, transitions):
    return _walk(emissions, transitions)[::-1][:-1]


def _score(emissions, transitions):
    return _forward(emissions, transitions)[-1].max()


def _cases(rng):
    # Each step alone, step by step, all paths: three different answers.
    yield (
        np.array([[1.0, 0.9, 0.0], [0.0, 0.2, 0.4], [0.5, 0.0, 0.4]]),
        np.array([[0.0, -3.0, -1.0], [0.5, 1.5, -2.0], [-2.0, 0.3, 0.2]]),
    )
    for time, tag in ((5, 3), (6, 2), (3, 3), (3, 4), (2, 4), (6, 3)):
        # Not rounded: two paths of one score would both be right.
        yield rng.normal(0, 1.2, (time, tag)), rng.normal(0, 1.2, (tag, tag))
    # The first step decides; and one path of 0.4 beats two of 0.3 that share their first tag.
    yield np.array([[5.0, 0.0], [0.0, 0.0], [0.0, 0.1]]), np.eye(2)
    yield np.array([[-0.92, -0.51], [0.0, 0.0]]), np.array([[0.0, -9.0], [-0.68, -0.69]])
    # A path that reads differently from behind.
    yield np.array([[0.0, 3.0], [3.0, 0.0], [3.0, 0.0]]), np.array([[0.2, 0.0], [0.1, 0.2]])
    # A dear last step: only pointers know how to get there.
    yield np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 5.0]]), np.array([[0.0, -9.0], [0.0, 0.0]])


EXERCISE = Code(
    name="06.viterbi_path",
    title="The best path",
    text="""Write `viterbi_path(emissions, transitions)`, equation 06.8: the tags of the path with the highest score,
for one clip. Two loops: forward, keep for each tag the best score and *which tag it came from*; then start
at the best last tag and follow the pointers back. There are no start and end scores here.""",
    trains="decisions that wait for the end",
    signature="emissions (time, tag), transitions (tag, tag), row = from → tags (time,)",
    reference=viterbi_path,
    rights=(_all_paths, _from_behind),
    forbidden=("vmm_edu.sequence.viterbi",),
    wrongs=(
        Wrong(
            _each_step_alone,
            "every step takes its own best tag",
            "That is the flicker. The moves between tags count too.",
        ),
        Wrong(
            _without_pointers,
            "every step takes the best tag so far, and no pointer is followed",
            "Those tags are ends of different paths. Only one path wins; walk back along it.",
        ),
        Wrong(
            _greedy,
            "each tag is chosen for good as soon as it is reached",
            "A good beginning may lead nowhere. Decide at the end.",
        ),
        Wrong(_transposed, "the transition matrix is transposed", "through[j, k] = best[j] + transitions[j, k]."),
        Wrong(
            _not_turned_round,
            "the path is given from back to front",
            "The pointers lead backwards: turn the list round.",
        ),
        Wrong(
            _pointers_of_the_other_axis,
            "the pointers say where each tag goes",
            "A pointer of k says which j was best to come from: argmax over axis 0, as the max.",
        ),
        Wrong(
            _most_probable_tags,
            "every step takes the tag of the highest marginal",
            "A good answer to another question: the path of best tags is not the best path.",
        ),
        Wrong(_one_short, "one step is lost", "T steps have T − 1 pointers; the last tag needs none."),
        Wrong(_score, "the score is given instead of the path", "Follow the pointers from the last tag back."),
    ),
    cases=_cases,
    hints=(
        "through = best[:, None] + transitions holds every way from j (row) to k (column).",
        "pointers.append(through.argmax(axis=0)); best = through.max(axis=0) + emissions[t].",
        "path = [best.argmax()]; for pointer in pointers[::-1]: path.append(pointer[path[-1]]); then reverse the path.",
    ),
    takeaway="Max for sum, and pointers to remember who won: the forward algorithm becomes a decision.",
    minutes=15,
    difficulty=3,
    points=4,
)
