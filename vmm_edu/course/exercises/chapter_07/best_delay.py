"""After how many samples does a voice repeat itself?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def best_delay(x, shortest, longest):
    """The delay, shortest … longest, after which x is most like itself, and how alike it is then."""
    alike = []
    for delay in range(shortest, longest + 1):
        now, later = x[: len(x) - delay], x[delay:]
        alike.append(2 * np.sum(now * later) / np.sum(now**2 + later**2))
    return shortest + int(np.argmax(alike)), max(alike)


def _least_different(x, shortest, longest):
    def difference(delay):
        now, later = np.asarray(x[:-delay], float), np.asarray(x[delay:], float)
        return ((now - later) ** 2).sum() / (now @ now + later @ later)

    delay = min(range(shortest, longest + 1), key=difference)
    return delay, 1 - difference(delay)


def _by_fft(x, shortest, longest):
    wave, size = np.asarray(x, float), len(x)
    products = np.fft.irfft(np.abs(np.fft.rfft(wave, 2 * size)) ** 2)[:size]
    energy = np.concatenate([[0.0], np.cumsum(wave**2)])
    delays = np.arange(shortest, longest + 1)
    alike = 2 * products[delays] / (energy[size - delays] + energy[-1] - energy[delays])
    return delays[alike.argmax()], alike.max()


def _alike(now, later):
    return 2 * (now @ later) / (now @ now + later @ later)


def _best(x, delays, *, score=_alike, less=0):
    """What the wrong answers are made of."""
    wave = np.asarray(x, float)
    scores = [score(wave[: len(wave) - d], wave[d:]) for d in delays]
    return delays[int(np.argmax(scores))] - less, max(scores)


def _not_normalised(x, shortest, longest):
    return _best(x, range(shortest, longest + 1), score=np.dot)


def _averaged(x, shortest, longest):
    return _best(x, range(shortest, longest + 1), score=lambda now, later: np.mean(now * later))


def _cosine(x, shortest, longest):
    def score(now, later):
        return now @ later / np.sqrt((now @ now) * (later @ later))

    return _best(x, range(shortest, longest + 1), score=score)


def _half_forgotten(x, shortest, longest):
    return _best(x, range(shortest, longest + 1), score=lambda now, later: _alike(now, later) / 2)


def _offset_forgotten(x, shortest, longest):
    return _best(x, range(shortest, longest + 1), less=shortest)


def _last_left_out(x, shortest, longest):
    return _best(x, range(shortest, longest))


def _from_zero(x, shortest, longest):
    return _best(x, range(longest + 1))


def _from_one(x, shortest, longest):
    return _best(x, range(1, longest + 1))


def _least_alike(x, shortest, longest):
    delay, likeness = _best(x, range(shortest, longest + 1), score=lambda now, later: -_alike(now, later))
    return delay, -likeness


def _delay_only(x, shortest, longest):
    return _best(x, range(shortest, longest + 1))[0]


def _other_order(x, shortest, longest):
    return _best(x, range(shortest, longest + 1))[::-1]


def _loudest_wave(x, shortest, longest):
    wave = np.asarray(x, float)
    delay = round(len(wave) / (int((np.abs(np.fft.rfft(wave)) ** 2)[1:].argmax()) + 1))
    return delay, _alike(wave[: len(wave) - delay], wave[delay:])


def _either_sign(x, shortest, longest):
    return _best(x, range(shortest, longest + 1), score=lambda now, later: abs(_alike(now, later)))


def _first_peak(x, shortest, longest):
    wave, delays = np.asarray(x, float), range(shortest, longest + 1)
    alike = [_alike(wave[: len(wave) - d], wave[d:]) for d in delays]
    for before, here, after in zip(range(len(alike)), range(1, len(alike)), range(2, len(alike)), strict=False):
        if alike[here] > 0.8 * max(alike) and alike[before] < alike[here] >= alike[after]:
            return delays[here], alike[here]
    return delays[int(np.argmax(alike))], max(alike)


def _none_below_zero(x, shortest, longest):
    wave, best, likeness = np.asarray(x, float), shortest, 0.0
    for delay in range(shortest, longest + 1):
        alike = _alike(wave[: len(wave) - delay], wave[delay:])
        if alike > likeness:
            best, likeness = delay, alike
    return best, likeness


def _in_a_circle(x, shortest, longest):
    wave = np.asarray(x, float)
    alike = [wave @ np.roll(wave, d) / (wave @ wave) for d in range(shortest, longest + 1)]
    return shortest + int(np.argmax(alike)), max(alike)


def _cases(rng):
    def voice(size, period, partials, growth, noise=0.02):
        t = np.arange(size)
        waves = sum(a * np.sin(2 * np.pi * (k + 1) * t / period + p) for k, (a, p) in enumerate(partials))
        return np.round(np.exp(growth * t / size) * waves + noise * rng.normal(size=size), 4)

    def partials(loud):
        return [(a, rng.uniform(0, 6)) for a in loud]

    # Most have one length, so that what JAX compiled for a piece of it serves again.
    yield voice(40, 10, partials([1.0]), 0.0), 6, 14
    # A second partial louder than the first: the loudest wave has half of the period.
    yield voice(160, 41, partials([0.5, 1.0, 0.6]), 0.5), 30, 60
    yield voice(160, 52, partials([0.6, 0.4, 1.0]), -1.5), 30, 60
    # Few periods: the sum of few products is small, however alike they are.
    yield voice(160, 58, partials([0.8, 0.9, 0.7, 0.7]), 0.0), 12, 70
    yield voice(160, 60, partials([0.4, 1.0, 0.5]), 2.0), 35, 57
    yield voice(160, 40, partials([1.0, 0.5, 0.5]), 1.0), 40, 70
    # Half a period later a voice of odd partials is its own negative, and more so than itself a period later.
    yield voice(160, 50, [(1.0, 0.3), (0.0, 0.0), (0.6, 1.0)], 3.0, noise=0.0), 20, 60
    # Half of the period is a high peak already; only the whole one is the highest.
    yield voice(160, 44, partials([0.2, 1.0, 0.2, 0.6]), 0.0), 15, 60
    # No delay that is allowed makes this wave like itself: all values are negative.
    yield voice(160, 40, [(1.0, 0.3)], 0.0, noise=0.0), 13, 24
    yield voice(160, 53, partials([0.7, 0.6, 0.9]), -0.5).astype(np.float32), 27, 60


EXERCISE = Code(
    name="07.best_delay",
    title="Open: how high is this voice?",
    text=r"""A voice repeats itself once in each period. Write `best_delay(x, shortest, longest)`: the delay $\tau$, in
samples, from `shortest` to `longest` (both included), for which equation 07.10 is largest, and how large it is
there. The two pieces are `x[:-τ]` and `x[τ:]`. The rate divided by the delay is the pitch. Then try it on the
talker of section 07.8, or record yourself and read the file with `read_audio`. Where does it fail? (A whisper,
two voices, a delay that is not allowed.) What would you do about it?""",
    trains="autocorrelation, and why it is normalised",
    signature="x (sample,), shortest and longest: whole numbers, 0 < shortest ≤ longest < len(x) → (delay, likeness)",
    reference=best_delay,
    rights=(_least_different, _by_fft),
    forbidden=("vmm_edu.features.pitch", "numpy.correlate", "scipy.signal.correlate"),
    wrongs=(
        Wrong(
            _not_normalised,
            "the products are only added up",
            "A long delay leaves fewer products, so a short delay wins for its number. Divide by the energy.",
        ),
        Wrong(
            _offset_forgotten, "the first delay counts as 0", "argmax counts from 0; your list begins at `shortest`."
        ),
        Wrong(_last_left_out, "the longest delay is left out", "range ends before its end: longest + 1."),
        Wrong(
            _from_zero, "no delay at all is allowed", "Everything is like itself after 0 samples. Begin at `shortest`."
        ),
        Wrong(
            _from_one, "tiny delays are allowed", "Neighbouring samples are alike in any sound. Begin at `shortest`."
        ),
        Wrong(_least_alike, "the worst delay is taken", "The largest value, not the smallest."),
        Wrong(_delay_only, "only the delay is returned", "Return a pair: the delay, and how alike x is after it."),
        Wrong(_other_order, "the likeness comes first", "First the delay, then the likeness."),
        Wrong(
            _averaged,
            "the products are averaged",
            "Better than a sum, but a louder voice seems more alike. Divide by the energy of both pieces.",
        ),
        Wrong(
            _cosine,
            "the energies are multiplied and the root is taken",
            "That is a good measure too, the cosine. Equation 07.10 has half of their sum below the line.",
        ),
        Wrong(_half_forgotten, "the 2 above the line is forgotten", "Equal pieces should give 1. Do they?"),
        Wrong(
            _loudest_wave,
            "the loudest partial is the pitch",
            "A formant may make the second or third partial the loudest. The pitch is where everything repeats.",
        ),
        Wrong(
            _first_peak,
            "the first high peak is taken",
            "That is what `pitch` does, and wisely. Asked for here is the largest value, wherever it is.",
        ),
        Wrong(
            _none_below_zero,
            "the search begins with a likeness of 0",
            "All values may be negative, and one of them is the largest all the same. Begin with the first one.",
        ),
        Wrong(_either_sign, "the opposite of a wave is like the wave", "A negative value says: not alike. No abs."),
        Wrong(
            _in_a_circle,
            "the sound goes round in a circle",
            "np.roll puts the end before the start. Leave out what has no partner.",
        ),
    ),
    cases=_cases,
    limit_s=30.0,
    hints=(
        "For one delay: now = x[:len(x) - delay] and later = x[delay:] are equally long.",
        "2 * np.sum(now * later) / np.sum(now**2 + later**2) is 1 where they are equal.",
        "Try all delays, take the argmax, and remember where your list of delays began.",
    ),
    takeaway="A pitch is a period: look for the delay after which the sound is itself again.",
    minutes=18,
    difficulty=3,
    points=3,
)
