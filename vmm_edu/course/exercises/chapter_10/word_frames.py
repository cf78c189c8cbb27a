"""Which frames show a word."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def word_frames(start_s, end_s, rate_hz, context_s, frames):
    """The numbers of the frames whose middles lie within the widened word."""
    middle_s = (np.arange(frames) + 0.5) / rate_hz
    return np.flatnonzero((middle_s >= start_s - context_s) & (middle_s <= end_s + context_s))


KEPT = "return np.flatnonzero((middle_s >= start_s - context_s) & (middle_s <= end_s + context_s))"


def _listed(start_s, end_s, rate_hz, context_s, frames):
    kept = []
    for k in range(int(frames)):
        if start_s - context_s <= (k + 0.5) / rate_hz <= end_s + context_s:
            kept.append(k)
    return kept


def _computed(start_s, end_s, rate_hz, context_s, frames):
    first = np.ceil((start_s - context_s) * rate_hz - 0.5)
    last = np.floor((end_s + context_s) * rate_hz - 0.5)
    return np.arange(max(int(first), 0), min(int(last), frames - 1) + 1)


def _within(low_s, high_s, rate_hz, frames):
    """What the wrong answers begin with."""
    return np.array([k for k in range(frames) if low_s <= (k + 0.5) / rate_hz <= high_s], int)


def _no_context(start_s, end_s, rate_hz, context_s, frames):
    return _within(start_s, end_s, rate_hz, frames)


def _only_before(start_s, end_s, rate_hz, context_s, frames):
    return _within(start_s - context_s, end_s, rate_hz, frames)


def _narrowed(start_s, end_s, rate_hz, context_s, frames):
    return _within(start_s + context_s, end_s - context_s, rate_hz, frames)


def _context_in_frames(start_s, end_s, rate_hz, context_s, frames):
    kept = _within(start_s, end_s, rate_hz, frames)
    more = round(context_s * rate_hz)
    return np.arange(max(kept[0] - more, 0), min(kept[-1] + more, frames - 1) + 1)


def _starts_of_frames(start_s, end_s, rate_hz, context_s, frames):
    at_s = np.arange(frames) / rate_hz
    return np.flatnonzero((at_s >= start_s - context_s) & (at_s <= end_s + context_s))


def _beyond_the_clip(start_s, end_s, rate_hz, context_s, frames):
    first = int(np.ceil((start_s - context_s) * rate_hz - 0.5))
    return np.arange(first, int(np.floor((end_s + context_s) * rate_hz - 0.5)) + 1)


def _seconds_for_frames(start_s, end_s, rate_hz, context_s, frames):
    return np.arange(int(start_s), int(end_s) + 1)


def _a_mask(start_s, end_s, rate_hz, context_s, frames):
    middle_s = (np.arange(frames) + 0.5) / rate_hz
    return (middle_s >= start_s - context_s) & (middle_s <= end_s + context_s)


def _cases(rng):
    # Two lengths of clips and of answers: an answer in JAX compiles for each anew.
    yield 0.29, 0.41, 25.0, 0.1, 24
    yield 0.05, 0.25, 25.0, 0.15, 75
    yield 2.71, 2.95, 25.0, 0.11, 75
    yield 0.52, 1.01, 12.0, 0.07, 24
    for half in (0.1, 0.6, 0.1):
        first, last = rng.integers(15, 45) + half + rng.uniform(0, 0.3, 2) + [0, 10]
        context_s = float(rng.uniform(0.03, 0.14))
        yield float(first / 30 + context_s), float(last / 30 - context_s), 30.0, context_s, 75


EXERCISE = Code(
    name="10.word_frames",
    title="Which frames show the word?",
    text="""The alignment says *when* a word is said, in seconds. The video counts frames. Write
`word_frames(start_s, end_s, rate_hz, context_s, frames)`: the numbers of the frames that show the word.
Frame $k$ is on the screen from $k$ to $k + 1$ frame times, so its **middle** is at $(k + 0.5)$ frame
times. Keep the frames whose middles lie within the word, widened by `context_s` seconds at *both* ends,
because lips move before a sound is heard. A clip has `frames` frames: 0 is the first.""",
    trains="seconds to frames, at the edges too",
    signature="start_s, end_s, rate_hz, context_s, frames: numbers → frame numbers (n,)",
    reference=word_frames,
    rights=(_listed, _computed),
    wrongs=(
        Wrong(_no_context, "the word is not widened", "Begin context_s earlier, end context_s later."),
        Wrong(_only_before, "only the beginning is widened", "Widen the end as well: lips close after the sound."),
        Wrong(_narrowed, "the word is narrowed", "Earlier is minus: start_s − context_s. Later is plus."),
        Wrong(
            _context_in_frames,
            "the context is rounded to frames first",
            "Widen in seconds, then choose frames: two roundings may lose or add one.",
        ),
        Wrong(
            _starts_of_frames,
            "a frame counts from its start",
            "The middle of frame k is half a frame time later: (k + 0.5) / rate_hz.",
        ),
        Wrong(
            _beyond_the_clip,
            "frames are counted beyond the clip",
            "There is no frame −1 (NumPy takes the last one instead), and none at or beyond `frames`.",
        ),
        Wrong(_seconds_for_frames, "seconds are taken for frames", "There are rate_hz frames in a second."),
        Wrong(_a_mask, "a mask is given for numbers", "np.flatnonzero gives the places where a mask is True."),
    ),
    cases=_cases,
    equivalents={
        f"{KEPT} ⇒ {KEPT.replace('>=', '>')}": "a middle exactly on an edge is a matter of rounding: no case has one",
        f"{KEPT} ⇒ {KEPT.replace('<=', '<')}": "a middle exactly on an edge is a matter of rounding: no case has one",
    },
    hints=(
        "Write down the middles of all frames in seconds first: an array of `frames` numbers.",
        "np.flatnonzero((middle_s >= …) & (middle_s <= …))",
    ),
    takeaway="Cut in seconds, choose frames by their middles, and stay inside the clip.",
    minutes=6,
    difficulty=1,
    points=2,
)
