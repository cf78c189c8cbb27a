"""The score of one path of tags."""

import itertools

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def path_score(emissions, transitions, start, tags):
    """Score of a path: how it starts, what it says of every step, and how it moves."""
    score = start[tags[0]] + emissions[0, tags[0]]
    for t in range(1, len(tags)):
        score = score + transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
    return score


def _gathered(emissions, transitions, start, tags):
    said = emissions[np.arange(len(tags)), tags].sum()
    return start[tags[0]] + said + transitions[tags[:-1], tags[1:]].sum()


def _one_hot(emissions, transitions, start, tags):
    chosen = np.eye(len(start))[tags]
    moves = np.einsum("ti,ij,tj->", chosen[:-1], transitions, chosen[1:])
    return float((chosen * emissions).sum() + moves + chosen[0] @ start)


def _added(emissions, transitions, start, tags):
    """What the wrong answers are made of."""
    moves = sum(transitions[a, b] for a, b in itertools.pairwise(tags))
    return start[tags[0]] + moves + sum(emissions[t, k] for t, k in enumerate(tags))


def _transposed(emissions, transitions, start, tags):
    return _added(emissions, transitions.T, start, tags)


def _no_start(emissions, transitions, start, tags):
    return _added(emissions, transitions, 0 * start, tags)


def _start_of_tag_0(emissions, transitions, start, tags):
    return _added(emissions, transitions, start, tags) - start[tags[0]] + start[0]


def _no_moves(emissions, transitions, start, tags):
    return _added(emissions, 0 * transitions, start, tags)


def _no_emissions(emissions, transitions, start, tags):
    return _added(0 * emissions, transitions, start, tags)


def _stays(emissions, transitions, start, tags):
    return _added(emissions, 0 * transitions, start, tags) + transitions[tags[1:], tags[1:]].sum()


def _first_emission_left_out(emissions, transitions, start, tags):
    return _added(emissions, transitions, start, tags) - emissions[0, tags[0]]


def _best_emissions(emissions, transitions, start, tags):
    return (
        _added(emissions, transitions, start, tags) + (emissions.max(1) - emissions[np.arange(len(tags)), tags]).sum()
    )


def _move_before_the_first(emissions, transitions, start, tags):
    return _added(emissions, transitions, start, tags) + transitions[tags[-1], tags[0]]


def _mean(emissions, transitions, start, tags):
    return _added(emissions, transitions, start, tags) / len(tags)


def _cases(rng):
    for time, tag, first in ((2, 2, 0), (5, 3, 2), (4, 4, 1)):
        parts = ((time, tag), (tag, tag), (tag,))
        tags = rng.integers(tag, size=time)
        # Neighbours must differ somewhere, or a transposed matrix would score the same; and not all begin with tag 0.
        tags[:2] = first, (first + 1) % tag
        yield *(np.round(rng.normal(0, 2, shape), 2) for shape in parts), tags


EXERCISE = Code(
    name="06.path_score",
    title="Score a path",
    text="""Write `path_score(emissions, transitions, start, tags)`, equation 06.4, for one clip. `emissions[t, k]` is
the score of tag `k` at step `t`. `transitions[j, k]` is the score of going **from** `j` (row) **to** `k`
(column). `start[k]` is the score of beginning with `k`. There are no scores for the end here.""",
    trains="what a linear chain adds up",
    signature="emissions (time, tag), transitions (tag, tag), start (tag,), tags (time,) → one number",
    reference=path_score,
    rights=(_gathered, _one_hot),
    forbidden=("vmm_edu.sequence.crf_score",),
    wrongs=(
        Wrong(
            _transposed,
            "the transition matrix is transposed",
            "Rows are where the path comes from: transitions[tags[t-1], tags[t]].",
        ),
        Wrong(_no_start, "the start is forgotten", "The first tag has nothing before it; start[tags[0]] stands in."),
        Wrong(
            _start_of_tag_0,
            "every path begins with tag 0",
            "start has a score for each tag; this path begins with tags[0].",
        ),
        Wrong(
            _no_moves,
            "only single steps count",
            "Neighbours talk: add transitions[tags[t-1], tags[t]] for each t from 1.",
        ),
        Wrong(_no_emissions, "the emissions are left out", "Each step also says how well the tag fits what is seen."),
        Wrong(_stays, "a tag is taken as its own neighbour", "The move at step t goes from tags[t-1] to tags[t]."),
        Wrong(
            _first_emission_left_out,
            "the first step's emission is left out",
            "The start does not replace emissions[0, tags[0]].",
        ),
        Wrong(
            _best_emissions,
            "every step gives its best tag's score",
            "The path says which tag counts, good or bad: emissions[t, tags[t]].",
        ),
        Wrong(
            _move_before_the_first,
            "there is one move too many, from the last tag to the first",
            "tags[-1] is the last tag. The moves begin at t = 1.",
        ),
        Wrong(
            _mean,
            "the score is divided by the steps",
            "It is a sum. exp(score) is a product of what each step and move contributes.",
        ),
    ),
    cases=_cases,
    hints=(
        "Begin with the first step: start plus emission. Then walk from step 1 on.",
        "At step t add transitions[tags[t - 1], tags[t]] and emissions[t, tags[t]].",
    ),
    takeaway="One start, T emissions, T − 1 moves: a path's score is their sum.",
    minutes=6,
    difficulty=1,
    points=2,
)
