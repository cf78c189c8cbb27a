"""One number of the discrete Fourier transform."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def dft_bin(x, k):
    """How much of a wave with k turns is in x, and where it stands: a complex number."""
    turns = k * np.arange(len(x)) / len(x)
    return np.sum(x * np.exp(-2j * np.pi * turns))


def _cosine_and_sine(x, k):
    angle = 2 * np.pi * k / len(x) * np.arange(len(x))
    return complex(np.dot(x, np.cos(angle)), -np.dot(x, np.sin(angle)))


def _horner(x, k):
    step, total = np.exp(-2j * np.pi * k / len(x)), 0j
    for value in x[::-1]:
        total = total * step + value
    return total


def _waves(x, k, *, sign=-1, turn=2 * np.pi, first=0):
    n = np.arange(first, first + len(x))
    return (np.asarray(x) * np.exp(sign * 1j * turn * k * n / len(x))).sum()


def _plus(x, k):
    return _waves(x, k, sign=1)


def _half_a_turn(x, k):
    return _waves(x, k, turn=np.pi)


def _degrees(x, k):
    return _waves(x, k, turn=360)


def _from_one(x, k):
    return _waves(x, k, first=1)


def _mean(x, k):
    return _waves(x, k) / len(x)


def _cosine_only(x, k):
    return _waves(x, k).real


def _size(x, k):
    return abs(_waves(x, k))


def _power(x, k):
    return abs(_waves(x, k)) ** 2


def _one_less(x, k):
    n = np.arange(len(x))
    return (np.asarray(x) * np.exp(-2j * np.pi * k * n / (len(x) - 1))).sum()


def _unitary(x, k):
    return _waves(x, k) / np.sqrt(len(x))


def _cases(rng):
    yield np.array([1.0, 2.0, 0.0, -1.0]), 1
    for size, k in ((8, 3), (9, 4), (10, 0), (10, 5), (15, 11), (2, 1)):
        yield np.round(rng.normal(0, 1, size), 2), k
    yield rng.integers(-5, 5, 12), 2
    yield np.round(rng.normal(0, 1, 7), 2).astype(np.float32), 2


EXERCISE = Code(
    name="07.dft_bin",
    title="One wave at a time",
    text=r"""Write `dft_bin(x, k)`, equation 07.2 for one $k$: multiply the sound with a turning arrow,
$e^{-2\pi i\,kn/N}$, and add up. Python writes $i$ as `1j`. `np.fft` is what we build, so it is not allowed here.""",
    trains="what a spectrum is made of",
    signature="x (sample,), k: a whole number → one complex number",
    reference=dft_bin,
    rights=(_cosine_and_sine, _horner),
    forbidden=(
        "numpy.fft.fft",
        "numpy.fft.rfft",
        "numpy.fft.hfft",
        "scipy.fft.fft",
        "scipy.fft.rfft",
        "jax.numpy.fft.fft",
        "scipy.linalg.dft",
        "scipy.signal.czt",
        "scipy.signal.zoom_fft",
    ),
    wrongs=(
        Wrong(_plus, "the arrow turns the other way", "The exponent has a minus: e^(−2πi kn/N)."),
        Wrong(_half_a_turn, "the arrow makes half of its turns", "A whole turn is 2π, not π."),
        Wrong(_degrees, "a whole turn is 360", "NumPy counts angles in radians: a turn is 2π."),
        Wrong(_from_one, "samples are counted from 1", "Sample 0 stands at angle 0."),
        Wrong(_mean, "the sum is divided by N", "That is another convention. In ours the way back divides."),
        Wrong(_unitary, "the sum is divided by √N", "That is another convention. In ours the way back divides by N."),
        Wrong(
            _cosine_only,
            "only the cosine counts",
            "A wave that starts a quarter of a turn later would be missed: keep the imaginary part.",
        ),
        Wrong(_size, "only the size is returned", "Keep the complex number: it also says where the wave stands."),
        Wrong(_power, "the power is returned", "That is the next step. Here: the complex number itself."),
        Wrong(
            _one_less, "the last sample stands where the first does", "N samples make the turn: n / N, not n / (N − 1)."
        ),
    ),
    cases=_cases,
    rtol=1e-4,
    atol=1e-5,
    hints=(
        "n = np.arange(len(x)) are the numbers of the samples. At which angle is the arrow at sample n?",
        "np.exp(-2j * np.pi * k * n / len(x)) is the arrow at all samples at once.",
    ),
    takeaway="A spectrum is a row of such sums: how like each wave the sound is.",
    minutes=8,
    difficulty=2,
    points=2,
)
