"""What a path of symbols says."""

import itertools

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def collapse(path, blank):
    """Merge runs of equal symbols, then drop the blanks."""
    text = []
    for t in range(len(path)):
        begins = t == 0 or path[t] != path[t - 1]
        if begins and path[t] != blank:
            text.append(path[t])
    return text


def _grouped(path, blank):
    return [symbol for symbol, _ in itertools.groupby(path) if symbol != blank]


def _array(path, blank):
    path = np.asarray(path)
    new = np.append(True, path[1:] != path[:-1])[: len(path)]
    return path[new & (path != blank)]


def _blanks_first(path, blank):
    return [symbol for symbol, _ in itertools.groupby(k for k in path if k != blank)]


def _only_merged(path, blank):
    return [symbol for symbol, _ in itertools.groupby(path)]


def _only_dropped(path, blank):
    return [symbol for symbol in path if symbol != blank]


def _each_once(path, blank):
    return list(dict.fromkeys(symbol for symbol in path if symbol != blank))


def _sorted_symbols(path, blank):
    return sorted(set(path) - {blank})


def _blank_is_zero(path, blank):
    return [symbol for symbol, _ in itertools.groupby(path) if symbol != 0]


def _first_is_lost(path, blank):
    return [here for before, here in itertools.pairwise(path) if here not in (before, blank)]


def _last_of_a_run(path, blank):
    return [here for here, after in itertools.pairwise(path) if here not in (after, blank)]


def _length(path, blank):
    return sum(symbol != blank for symbol, _ in itertools.groupby(path))


def _cases(rng):
    yield [0, 1, 1, 0, 1, 2, 2, 0], 0
    yield [2, 2, 3, 3, 1, 2, 3, 3], 3
    yield [1, 1, 1], 0
    yield [0, 0, 2], 2
    yield [2, 1, 1, 0, 2, 0, 2], 0
    yield [0, 0, 0, 0], 0
    yield [], 0
    for blank in (0, 3):
        yield rng.integers(4, size=14).tolist(), blank


EXERCISE = Code(
    name="07.collapse",
    title="What does a path say?",
    text="""A recogniser names one symbol for each step, and one of the symbols is the blank. Write
`collapse(path, blank)`: the text that the path means, as a list of symbols. First runs of equal symbols become
one, then the blanks go. `path` is a list of numbers; it may be empty, and the blank need not be 0.""",
    trains="why the blank is there",
    signature="path: list of symbols, blank: a symbol → list of symbols",
    reference=collapse,
    rights=(_grouped, _array),
    forbidden=("vmm_edu.sequence.ctc_collapse",),
    wrongs=(
        Wrong(
            _blanks_first,
            "blanks are dropped before runs are merged",
            "Then 1 blank 1 can only mean one 1, and no word could hold a double letter. Merge first.",
        ),
        Wrong(_only_merged, "the blanks stay in the text", "Merging done; now drop every blank."),
        Wrong(
            _only_dropped,
            "runs are not merged",
            "A vowel lasts many steps and is still one letter: a run is one symbol.",
        ),
        Wrong(
            _each_once,
            "a symbol that came before never comes again",
            "Compare with the step before, not with everything before.",
        ),
        Wrong(_sorted_symbols, "the order is lost", "The text keeps the order of the path."),
        Wrong(_blank_is_zero, "the blank is taken to be 0", "The blank is an argument; libraries differ in it."),
        Wrong(_first_is_lost, "the first symbol, with none before it, is lost", "The first step begins a run."),
        Wrong(_last_of_a_run, "the run that the path ends with is lost", "The last run counts too."),
        Wrong(_length, "the number of letters is returned", "Return the letters themselves."),
    ),
    cases=_cases,
    hints=(
        "A letter begins where the symbol differs from the one before it, and is not the blank.",
        "The first step has none before it; it begins a run in any case.",
    ),
    takeaway="Merge first, drop after: the blank between them is what makes a double letter possible.",
    minutes=6,
    difficulty=1,
    points=2,
)
