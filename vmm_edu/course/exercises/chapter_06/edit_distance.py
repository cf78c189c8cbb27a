"""How many repairs turn one list of segments into another?"""

import functools

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def edit_distance(a, b):
    """Fewest insertions, deletions and replacements that turn the list a into the list b."""
    row = list(range(len(b) + 1))
    for i in range(len(a)):
        above, row = row, [i + 1]
        for j in range(len(b)):
            replaced = above[j] + (a[i] != b[j])
            row.append(min(above[j + 1] + 1, row[j] + 1, replaced))
    return row[len(b)]


def _recursive(a, b):
    @functools.cache
    def distance(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return distance(len(a), len(b))


def _table(a, b):
    table = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i, here in enumerate(a, 1):
        for j, there in enumerate(b, 1):
            same = here == there
            options = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + 1 - same]
            table[i, j] = np.min(options)
    return int(table[-1, -1])


def _position_by_position(a, b):
    return sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))


def _zipped(a, b):
    return sum(x != y for x, y in zip(a, b, strict=False))


def _lengths(a, b):
    return abs(len(a) - len(b))


def _counts(a, b):
    return sum(abs(list(a).count(k) - list(b).count(k)) for k in {*a, *b})


def _no_replacing(a, b):
    table = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            diagonal = table[i - 1, j - 1] if a[i - 1] == b[j - 1] else np.iinfo(int).max
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, diagonal)
    return int(table[-1, -1])


def _nothing_costs_nothing(a, b):
    return round((1 - _share(a, b)) * max(len(a), len(b))) if a and b else 0


def _free_edges(a, b):
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
    return int(table[-1, -1])


def _share(a, b):
    row = list(range(len(b) + 1))
    for i, here in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, there in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (here != there))
    return 1 - row[-1] / max(len(a), len(b))


def _always_replaced(a, b):
    table = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + 1)
    return int(table[-1, -1])


def _cases(rng):
    yield [0, 1, 2, 3], [0, 2, 3]
    yield [0, 1, 2, 0], [1, 2, 0, 1]
    yield [0], [1, 1, 1]
    yield [2, 1, 0, 3, 1], [2, 0, 3, 2, 1, 3]
    for _ in range(4):
        yield tuple(rng.integers(4, size=rng.integers(1, 8)).tolist() for _ in range(2))
    yield [0, 1, 2], [0, 1, 2]
    yield [3, 1], [1, 3]
    yield [], [2, 0]
    yield [1, 0, 1], []


EXERCISE = Code(
    name="06.edit_distance",
    title="Open: how many repairs?",
    text="""The edit score asks how many repairs turn the predicted list of segments into the true one: insert one,
delete one, or replace one. Write `edit_distance(a, b)`: the smallest number of repairs between two lists.
It is dynamic programming once more: the distance of two beginnings follows from three shorter ones. Then
turn it into the score of section 06.10, and ask of your own tagger: which repairs does it need most?""",
    trains="dynamic programming on two lists",
    signature="a, b: lists of labels → a whole number",
    reference=edit_distance,
    rights=(_recursive, _table),
    forbidden=("vmm_edu.predict.edit_score", "vmm_edu.predict.segments.edit_distance"),
    wrongs=(
        Wrong(
            _position_by_position,
            "lists are compared place by place",
            "One missing segment then makes everything after it wrong. Allow a shift: insertions and deletions.",
        ),
        Wrong(_zipped, "what the longer list has more is not counted", "Each segment too many is a repair."),
        Wrong(
            _lengths, "only the lengths are compared", "[0, 1] and [2, 3] are equally long and differ in both places."
        ),
        Wrong(_counts, "the order does not count", "[0, 1] and [1, 0] hold the same segments and differ."),
        Wrong(
            _no_replacing,
            "a replacement costs two repairs",
            "A replacement is one repair, not a deletion and an insertion.",
        ),
        Wrong(
            _free_edges,
            "the beginning is repaired for nothing",
            "Against an empty list every segment is a repair: the table's edge counts 0, 1, 2 and so on.",
        ),
        Wrong(
            _nothing_costs_nothing,
            "an empty list is taken to need no repair",
            "From nothing to two segments are two insertions.",
        ),
        Wrong(_share, "the score is returned", "First the number of repairs; the score is 1 − it ÷ the longer length."),
        Wrong(
            _always_replaced,
            "equal segments are replaced as well",
            "Where both lists agree the diagonal costs nothing.",
        ),
    ),
    cases=_cases,
    equivalents={
        "row = list(range(len(b) + 1)) ⇒ row = list(range(len(b) + 2))": "the last entry is never read",
    },
    hints=(
        "d(i, j) is the distance of the first i of a and the first j of b. What are d(i, 0) and d(0, j)?",
        "d(i, j) is the least of d(i-1, j) + 1, d(i, j-1) + 1 and d(i-1, j-1) + (a[i-1] != b[j-1]).",
    ),
    takeaway="Viterbi, the forward algorithm and the edit distance are one idea: the past is one small table.",
    minutes=20,
    difficulty=3,
    points=3,
)
