"""The best sentence that the grammar allows."""

import itertools

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def sentence_path(emissions, places):
    """Best score of being in each tag, moved on frame by frame: stay, or come from a tag of the place before."""
    allowed = (places[:, None] + 1 == places[None, :]) | np.eye(len(places), dtype=bool)
    best, pointers = np.where(places == 0, emissions[0], -np.inf), []
    for emission in emissions[1:]:
        through = np.where(allowed, best[:, None], -np.inf)
        pointers.append(through.argmax(axis=0))
        best = through.max(axis=0) + emission
    path = [int(np.where(places == places.max(), best, -np.inf).argmax())]
    for pointer in pointers[::-1]:
        path.append(int(pointer[path[-1]]))
    return np.array(path[::-1])


def _choices(places):
    return [[int(tag) for tag in np.flatnonzero(np.asarray(places) == place)] for place in range(max(places) + 1)]


def _every_sentence(emissions, places):
    frames, kinds = len(emissions), _choices(places)
    best, answer = -np.inf, None
    for words in itertools.product(*kinds):
        for cuts in itertools.combinations(range(1, frames), len(words) - 1):
            edges = (0, *cuts, frames)
            path = [w for w, a, b in zip(words, edges[:-1], edges[1:], strict=True) for _ in range(b - a)]
            score = sum(emissions[t][w] for t, w in enumerate(path))
            if score > best:
                best, answer = score, path
    return np.array(answer)


def _by_segments(emissions, places):
    sums = np.concatenate([np.zeros((1, len(places))), np.cumsum(emissions, axis=0)])
    frames = len(emissions)
    ends = {0: (0.0, [])}
    for tags in _choices(places):
        new = {}
        for end in range(1, frames + 1):
            found = [
                (score + sums[end, tag] - sums[start, tag], [*path, *[tag] * (end - start)])
                for start, (score, path) in ends.items()
                if start < end
                for tag in tags
            ]
            if found:
                new[end] = max(found, key=lambda one: one[0])
        ends = new
    return ends[frames][1]


def _walk(emissions, allowed, begin, end):
    best, pointers = np.where(begin, emissions[0], -np.inf), []
    for emission in emissions[1:]:
        through = np.where(allowed, best[:, None], -np.inf)
        pointers.append(through.argmax(axis=0))
        best = through.max(axis=0) + emission
    path = [int(np.where(end, best, -np.inf).argmax())]
    for pointer in pointers[::-1]:
        path.append(int(pointer[path[-1]]))
    return np.array(path[::-1])


def _moves(places):
    return (places[:, None] + 1 == places[None, :]) | np.eye(len(places), dtype=bool)


def _right_path(emissions, places):
    return _walk(emissions, _moves(places), places == 0, places == places.max())


def _each_frame_alone(emissions, places):
    return np.argmax(emissions, axis=1)


def _changes_its_mind(emissions, places):
    allowed = (places[:, None] + 1 == places[None, :]) | (places[:, None] == places[None, :])
    return _walk(emissions, allowed, places == 0, places == places.max())


def _skips_a_place(emissions, places):
    allowed = (places[:, None] < places[None, :]) | np.eye(len(places), dtype=bool)
    return _walk(emissions, allowed, places == 0, places == places.max())


def _begins_anywhere(emissions, places):
    return _walk(emissions, _moves(places), places >= 0, places == places.max())


def _ends_anywhere(emissions, places):
    return _walk(emissions, _moves(places), places == 0, places >= 0)


def _backwards_in_time(emissions, places):
    return _right_path(emissions, places)[::-1]


def _grammar_backwards(emissions, places):
    return _walk(emissions, _moves(places).T, places == places.max(), places == 0)


def _words_not_path(emissions, places):
    path = _right_path(emissions, places)
    return path[np.r_[True, np.diff(path) != 0]]


def _greedy(emissions, places):
    allowed, path = _moves(places), []
    scores = np.where(places == 0, emissions[0], -np.inf)
    for t in range(len(emissions)):
        if t:
            scores = np.where(allowed[path[-1]], emissions[t], -np.inf)
        path.append(int(scores.argmax()))
    return np.array(path)


def _cases(rng):
    # Few shapes, for an answer in JAX compiles for each anew. The words of a place need not be neighbours.
    for sizes, frames in (((2, 2), 4), ((2, 3, 1), 7), ((1, 2, 3), 7), ((3, 3), 7), ((2, 2, 2), 3), ((6,), 3)):
        for _ in range(3):
            places = np.repeat(np.arange(len(sizes)), sizes)
            yield rng.normal(0, 2, (frames, len(places))), rng.permutation(places)


EXERCISE = Code(
    name="10.sentence_path",
    title="The best sentence",
    text=r"""A sentence takes one word of each place, in order: a command, then a colour, then … Each tag is a word,
and `places[k]` says at which place the word $k$ stands: 0 for the first. Write
`sentence_path(emissions, places)`: the tags of the path with the largest sum of emissions, frame by
frame, among the paths that the grammar allows. A path **begins** in a word of place 0, **stays** in its
word or **moves on** to any word of the *next* place, and **ends** in a word of the last place. It never
changes its mind within a place, and it skips none. No library's Viterbi. (Silence is left out here.)""",
    trains="a grammar as forbidden moves",
    signature="emissions (frame, tag), places (tag,) → tags (frame,)",
    reference=sentence_path,
    rights=(_every_sentence, _by_segments),
    wrongs=(
        Wrong(_each_frame_alone, "every frame takes its best tag", "Most of those paths are no sentence."),
        Wrong(
            _changes_its_mind,
            "a path may go from one word to another of the same place",
            "One word a place: stay in the same tag, or move on to the next place.",
        ),
        Wrong(_skips_a_place, "a place may be skipped", "Move from place p to place p + 1 only."),
        Wrong(_begins_anywhere, "a path may begin at any place", "At the first frame, only tags of place 0 are open."),
        Wrong(_ends_anywhere, "a path may end at any place", "At the last frame, choose among tags of the last place."),
        Wrong(_backwards_in_time, "the path is not turned round", "Pointers lead from the end to the beginning."),
        Wrong(_grammar_backwards, "the sentence is read from its last place", "Rows are from, columns are to."),
        Wrong(_words_not_path, "the words are listed once each", "Give a tag for every frame."),
        Wrong(
            _greedy,
            "the best allowed move is taken at each frame",
            "Keep the best score of *every* tag, with pointers. The better road may begin worse.",
        ),
    ),
    cases=_cases,
    forbidden=(
        "vmm_edu.sequence.viterbi",
        "vmm_edu.sequence.viterbi.viterbi",
        "vmm_edu.grid.decode",
        "vmm_edu.grid.lattice.decode",
    ),
    hints=(
        "First a table of True and False: from which tag (row) may you go to which (column)? One line of NumPy.",
        "Then Viterbi as in chapter 06, with −∞ where the table says False, and for all tags but place 0 at the start.",
        "At the end, −∞ for all tags but those of the last place; then follow the pointers back.",
    ),
    takeaway="A grammar is a table of forbidden moves, and Viterbi does the rest.",
    minutes=20,
    difficulty=3,
    points=4,
)
