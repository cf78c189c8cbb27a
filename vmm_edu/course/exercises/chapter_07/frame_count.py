"""How many windows fit into a sound?"""

from vmm_edu.course.exercise import Code, Wrong


def frame_count(samples, window, hop):
    """Number of windows that lie whole inside the sound."""
    return max(0, 1 + (samples - window) // hop)


def _counted(samples, window, hop):
    count = 0
    while count * hop + window <= samples:
        count += 1
    return count


def _by_starts(samples, window, hop):
    return len(range(0, samples - window + 1, hop))


def _hops_only(samples, window, hop):
    return samples // hop


def _none_for_the_first(samples, window, hop):
    return max(0, (samples - window) // hop)


def _side_by_side(samples, window, hop):
    return samples // window


def _centred(samples, window, hop):
    return 1 + samples // hop


def _padded(samples, window, hop):
    return 1 + -(-max(0, samples - window) // hop)


def _every_start(samples, window, hop):
    return max(0, samples - window + 1)


def _not_whole(samples, window, hop):
    return max(0, 1 + (samples - window) / hop)


def _strict(samples, window, hop):
    return len(range(0, max(0, samples - window), hop))


def _negative(samples, window, hop):
    return 1 + (samples - window) // hop


def _cases(rng):
    yield 10, 4, 3
    yield 32_000, 400, 160
    yield 400, 400, 160
    yield 399, 400, 160
    yield 100, 400, 160
    yield 560, 400, 160
    yield 48_000, 400, 400
    yield 1000, 100, 250
    for _ in range(4):
        window = int(rng.integers(50, 500))
        yield int(rng.integers(1, 3000)), window, int(rng.integers(1, window + 60))


EXERCISE = Code(
    name="07.frame_count",
    title="How many windows?",
    text="""A sound of `samples` samples is cut into windows of `window` samples; each begins `hop` samples after the
one before, the first at sample 0. A window counts if all its samples are there: nothing is padded. Write
`frame_count(samples, window, hop)`. A sound shorter than a window has none.""",
    trains="framing, and off-by-one errors",
    signature="samples, window, hop: whole numbers, window and hop at least 1 → a whole number",
    reference=frame_count,
    rights=(_counted, _by_starts),
    wrongs=(
        Wrong(
            _hops_only, "every hop has its window", "The last windows would run past the end. How late may one begin?"
        ),
        Wrong(_none_for_the_first, "only the hops are counted", "Fence posts: the first window needs no hop."),
        Wrong(_side_by_side, "the windows do not overlap", "A window begins after each hop, before the last one ends."),
        Wrong(
            _centred,
            "windows are centred on their times and the ends are padded",
            "Some libraries do that. Here nothing is padded.",
        ),
        Wrong(_padded, "the last, broken window is filled up", "A window counts only if all its samples are there."),
        Wrong(_every_start, "a window begins at every sample", "Only at samples 0, hop, 2 · hop and so on."),
        Wrong(_not_whole, "a part of a window counts as a part", "Round down: //."),
        Wrong(_strict, "a window that ends with the sound is left out", "It has all its samples: it counts."),
        Wrong(_negative, "a sound shorter than a window has a negative number", "Then there is none: 0."),
    ),
    cases=_cases,
    hints=(
        "The last sample of window m is m · hop + window − 1. It must be below samples.",
        "The first window needs `window` samples, each further one `hop` more.",
    ),
    takeaway="One for the first, one for each hop that still fits.",
    minutes=5,
    difficulty=1,
    points=1,
)
