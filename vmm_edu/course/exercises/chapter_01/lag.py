"""How far are sound and picture apart?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def lag(times_s, energy, samples, rate_hz, start_s):
    """Seconds from the frame in which most changes to the loudest sample; positive if the sound is late."""
    seen_s = times_s[np.argmax(energy)]
    heard_s = start_s + np.argmax(np.abs(samples)) / rate_hz
    return heard_s - seen_s


def _two_clocks(times_s, energy, samples, rate_hz, start_s):
    clock_s = start_s + np.arange(len(samples)) / rate_hz
    loudness = np.asarray(samples) ** 2
    return float(clock_s[loudness == loudness.max()][0] - np.asarray(times_s)[np.asarray(energy) == max(energy)][0])


def _by_sorting(times_s, energy, samples, rate_hz, start_s):
    frame = sorted(range(len(energy)), key=lambda t: -energy[t])[0]
    peak = max(range(len(samples)), key=lambda k: abs(float(samples[k])))
    return peak / rate_hz + start_s - float(times_s[frame])


def _other_way_round(times_s, energy, samples, rate_hz, start_s):
    return times_s[np.argmax(energy)] - (start_s + np.argmax(np.abs(samples)) / rate_hz)


def _start_forgotten(times_s, energy, samples, rate_hz, start_s):
    return np.argmax(np.abs(samples)) / rate_hz - times_s[np.argmax(energy)]


def _no_magnitude(times_s, energy, samples, rate_hz, start_s):
    return start_s + np.argmax(samples) / rate_hz - times_s[np.argmax(energy)]


def _numbers_not_times(times_s, energy, samples, rate_hz, start_s):
    return np.argmax(np.abs(samples)) - np.argmax(energy)


def _even_frames(times_s, energy, samples, rate_hz, start_s):
    step = (times_s[-1] - times_s[0]) / (len(times_s) - 1)
    return start_s + np.argmax(np.abs(samples)) / rate_hz - (times_s[0] + np.argmax(energy) * step)


def _distance(times_s, energy, samples, rate_hz, start_s):
    return abs(start_s + np.argmax(np.abs(samples)) / rate_hz - times_s[np.argmax(energy)])


def _frame_before(times_s, energy, samples, rate_hz, start_s):
    return start_s + np.argmax(np.abs(samples)) / rate_hz - times_s[np.argmax(energy) - 1]


def _first_loud_one(times_s, energy, samples, rate_hz, start_s):
    loud = np.abs(samples)
    return start_s + np.argmax(loud > 0.25 * loud.max()) / rate_hz - times_s[np.argmax(energy)]


def _middle_of_two_frames(times_s, energy, samples, rate_hz, start_s):
    number = np.argmax(energy)
    return start_s + np.argmax(np.abs(samples)) / rate_hz - (times_s[number - 1] + times_s[number]) / 2


def _milliseconds(times_s, energy, samples, rate_hz, start_s):
    return 1000 * (start_s + np.argmax(np.abs(samples)) / rate_hz - times_s[np.argmax(energy)])


def _clip(rng, seen, heard_s, start_s, rate_hz=2000):
    times_s = np.cumsum(rng.choice([0.04, 0.1], size=20))
    energy = rng.uniform(0.0, 0.1, size=20)
    energy[seen] = 0.9
    samples = 0.1 * rng.uniform(-1, 1, size=int(2.2 * rate_hz))
    peak = int((heard_s - start_s) * rate_hz)
    samples[peak - 40], samples[peak], samples[peak + 60] = 0.4, -0.9, 0.5
    return times_s, energy, samples, rate_hz, start_s


def _cases(rng):
    yield np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.1, 0.9]), np.array([0.0, 0.1, -0.8, 0.3]), 4, 0.75
    yield np.array([0.0, 0.1, 1.0]), np.array([0.0, 0.9, 0.1]), np.array([0.0, 0.7, -0.1, 0.3]), 2, 0.0
    yield _clip(rng, 15, 0.5, 0.2)
    for _ in range(3):
        seen, start_s = int(rng.integers(2, 18)), float(rng.uniform(0.0, 0.4))
        yield _clip(rng, seen, float(rng.uniform(0.5, 1.9)), start_s)


EXERCISE = Code(
    name="01.lag",
    title="Is the sound late?",
    text="""Something bangs once, in the picture and in the sound. `energy[t]` says how much frame `t` differs from the
frame before it, and the frame begins at `times_s[t]`. The first of `samples` sounds at `start_s`, and there are
`rate_hz` of them each second.
Write `lag(times_s, energy, samples, rate_hz, start_s)`: the time of the sample of largest **magnitude** minus the time
of the frame of largest energy, in seconds. Positive means that the sound is late.""",
    trains="two streams on one clock",
    signature="times_s (time,), energy (time,), samples (sample,), rate_hz, start_s → seconds",
    reference=lag,
    rights=(_two_clocks, _by_sorting),
    wrongs=(
        Wrong(
            _other_way_round,
            "the sound is subtracted from the picture",
            "A late sound has the larger time: heard − seen.",
        ),
        Wrong(
            _start_forgotten,
            "the sound is taken to begin at 0",
            "A sound track may begin after the picture. Add start_s, or all you find is that offset.",
        ),
        Wrong(
            _no_magnitude,
            "the largest positive sample is taken",
            "Sound swings both ways, and the loudest moment may be a valley: take the magnitude first.",
        ),
        Wrong(
            _numbers_not_times,
            "the number of a frame is subtracted from that of a sample",
            "They are counted on different clocks. Turn both into seconds first.",
        ),
        Wrong(
            _even_frames,
            "the frames are taken to be evenly spaced",
            "times_s says when each frame begins. Use it, not an average rate.",
        ),
        Wrong(_distance, "the sign is lost", "Early and late are different faults: keep the sign."),
        Wrong(
            _frame_before,
            "the frame before the change is taken",
            "energy[t] belongs to frame t, the first that shows the change.",
        ),
        Wrong(
            _first_loud_one,
            "the first sample that reaches a quarter of the loudest is taken",
            "So the cell above finds the beginning of a stroke. Asked for here is the largest magnitude itself.",
        ),
        Wrong(
            _middle_of_two_frames,
            "the picture's time is the middle between two frames",
            "A better guess, as the text above says. Asked for here is the time at which the frame begins, times_s[t].",
        ),
        Wrong(_milliseconds, "the lag is in milliseconds", "Seconds are asked for."),
    ),
    cases=_cases,
    rtol=1e-6,
    atol=1e-6,
    hints=(
        "Find the place of the largest value in each stream with argmax. Then ask each stream what time it is there.",
        "A frame's time stands in times_s. A sample's time is start_s + its number / rate_hz.",
    ),
    takeaway="Compare times, never numbers of frames and samples.",
    minutes=8,
    difficulty=2,
    points=3,
)
