"""HOG with time as the third direction."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def which_way(clip, bins):
    """Shares of the votes for each direction of motion, over the full circle."""
    x = (clip[:, :, 2:] - clip[:, :, :-2])[1:-1, 1:-1, :]
    y = (clip[:, 2:, :] - clip[:, :-2, :])[1:-1, :, 1:-1]
    t = (clip[2:] - clip[:-2])[:, 1:-1, 1:-1]
    angle = np.arctan2(-t * y, -t * x)
    k = np.floor(angle / (2 * np.pi) * bins + 0.5).astype(int) % bins
    votes = np.bincount(k.ravel(), np.hypot(t * x, t * y).ravel(), bins)
    return votes / votes.sum()


def _by_nearest_centre(clip, bins):
    clip = np.asarray(clip, np.float64)
    t, y, x = (np.roll(clip, -1, axis) - np.roll(clip, 1, axis) for axis in range(3))
    motion = np.stack([-t * x, -t * y])[:, 1:-1, 1:-1, 1:-1].reshape(2, -1)
    centres = 2 * np.pi * np.arange(bins) / bins
    winner = (np.cos(centres)[:, None] * motion[0] + np.sin(centres)[:, None] * motion[1]).argmax(axis=0)
    strength = np.sqrt((motion**2).sum(axis=0))
    votes = np.array([strength[winner == k].sum() for k in range(bins)])
    return votes / votes.sum()


def _by_loops(clip, bins):
    clip = np.asarray(clip, np.float64)
    votes = [0.0] * bins
    for i, j, k in np.ndindex(*(side - 2 for side in clip.shape)):
        part = clip[i : i + 3, j : j + 3, k : k + 3]
        change = part[2, 1, 1] - part[0, 1, 1]
        motion = -change * complex(part[1, 1, 2] - part[1, 1, 0], part[1, 2, 1] - part[1, 0, 1])
        votes[round(np.angle(motion) / (2 * np.pi) * bins) % bins] += abs(motion)
    return np.array(votes) / sum(votes)


def _parts(clip):
    x = (clip[:, :, 2:] - clip[:, :, :-2])[1:-1, 1:-1, :]
    y = (clip[:, 2:, :] - clip[:, :-2, :])[1:-1, :, 1:-1]
    return x, y, (clip[2:] - clip[:-2])[:, 1:-1, 1:-1]


def _vote(x, y, strength, bins):
    k = np.floor(np.arctan2(y, x) / (2 * np.pi) * bins + 0.5).astype(int) % bins
    votes = np.bincount(k.ravel(), strength.ravel(), bins)
    return votes / votes.sum()


def _opposite(clip, bins):
    x, y, t = _parts(clip)
    return _vote(t * x, t * y, np.hypot(t * x, t * y), bins)


def _time_unused(clip, bins):
    x, y, _ = _parts(clip)
    return _vote(x, y, np.hypot(x, y), bins)


def _sign_of_time_lost(clip, bins):
    x, y, t = _parts(clip)
    return _vote(-np.abs(t) * x, -np.abs(t) * y, np.hypot(t * x, t * y), bins)


def _swapped(clip, bins):
    x, y, t = _parts(clip)
    return _vote(-t * y, -t * x, np.hypot(t * x, t * y), bins)


def _counted(clip, bins):
    x, y, t = _parts(clip)
    return _vote(-t * x, -t * y, np.ones(x.shape), bins)


def _unsigned(clip, bins):
    x, y, t = _parts(clip)
    k = np.floor(np.arctan2(-t * y, -t * x) % np.pi / np.pi * bins).astype(int) % bins
    votes = np.bincount(k.ravel(), np.hypot(t * x, t * y).ravel(), bins)
    return votes / votes.sum()


def _begins_at_zero(clip, bins):
    x, y, t = _parts(clip)
    k = np.floor(np.arctan2(-t * y, -t * x) % (2 * np.pi) / (2 * np.pi) * bins).astype(int) % bins
    votes = np.bincount(k.ravel(), np.hypot(t * x, t * y).ravel(), bins)
    return votes / votes.sum()


def _not_shared(clip, bins):
    x, y, t = _parts(clip)
    k = np.floor(np.arctan2(-t * y, -t * x) / (2 * np.pi) * bins + 0.5).astype(int) % bins
    return np.bincount(k.ravel(), np.hypot(t * x, t * y).ravel(), bins)


def _cases(rng):
    frame = rng.random((7, 6))
    yield np.stack([np.roll(frame, t, axis=1) for t in range(4)]), 4
    yield rng.random((5, 8, 6)), 8
    yield rng.random((4, 5, 9)), 5


EXERCISE = Code(
    name="02.which_way",
    title="Open: which way does it move?",
    text="""No single frame shows a direction. Three do: with $g_x, g_y$ from the frame itself and $g_t$ = next
frame minus previous frame, $-g_t\\,(g_x, g_y)$ points where the edge goes. Write `which_way(clip, bins)`: a
histogram over the **full circle**, bin 0 *centred* on the right, the next ones turning towards downward. Each
pixel votes with the length of $g_t\\,(g_x, g_y)$. Leave out the first and last frame, row and column. Divide by
the sum of all votes. Then go on alone: at which speed of the ball does it begin to fail, and why there? What
does a long straight edge that slides along itself give?""",
    trains="motion as a gradient in time",
    signature="clip (time, height, width), bins → shares (bins,)",
    reference=which_way,
    rights=(_by_nearest_centre, _by_loops),
    wrongs=(
        Wrong(
            _opposite,
            "the minus is missing",
            "A bright thing moves right: pixels at its front get brighter (g_t > 0) and fall off (g_x < 0). So minus.",
        ),
        Wrong(_time_unused, "time is never looked at", "That is HOG of single frames: it does not know a direction."),
        Wrong(
            _sign_of_time_lost,
            "the sign of g_t is thrown away",
            "Brighter or darker makes all the difference between coming and going.",
        ),
        Wrong(_swapped, "x and y are swapped", "Bin 0 is to the right, bin bins / 4 is downward."),
        Wrong(_counted, "every pixel has one vote", "Still pixels point anywhere. Vote with the length of the vector."),
        Wrong(_unsigned, "opposite directions share a bin", "Left and right must differ here: the full circle."),
        Wrong(
            _begins_at_zero, "bin 0 begins at the right", "It is *centred* there: half a bin on either side. Add 0.5."
        ),
        Wrong(_not_shared, "votes are not divided by their sum", "Divide by the sum, so that they add up to 1."),
    ),
    cases=_cases,
    equivalents={
        "votes = np.bincount(k.ravel(), np.hypot(t * x, t * y).ravel(), bins) ⇒ "
        "votes = np.bincount(k.ravel(), np.hypot(t * y, t * x).ravel(), bins)": "a length does not depend on the order",
    },
    hints=(
        "Compute x, y and t as three arrays of one shape (time − 2, height − 2, width − 2).",
        "angle = np.arctan2(-t * y, -t * x); bin = floor(angle / (2π) · bins + 0.5) modulo bins.",
        "np.bincount(k.ravel(), strength.ravel(), bins) adds the votes up.",
    ),
    takeaway="Time is one more direction to take a difference in.",
    minutes=20,
    difficulty=3,
    points=4,
)
