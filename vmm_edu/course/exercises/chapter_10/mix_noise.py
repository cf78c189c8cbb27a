"""Speech in noise of a given strength."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def mix_noise(speech, noise, snr_db):
    """Speech plus noise, the noise scaled so that the powers differ by snr_db decibels."""
    power, noise_power = (speech**2).mean(), (noise**2).mean()
    factor = np.sqrt(power / noise_power * 10 ** (-snr_db / 10))
    return speech + factor * noise


def _by_effective_values(speech, noise, snr_db):
    loud, noisy = np.linalg.norm(speech), np.linalg.norm(noise)
    return speech + noise / noisy * loud / 10 ** (snr_db / 20)


def _in_decibels(speech, noise, snr_db):
    now_db = 10 * np.log10(np.dot(speech, speech) / np.dot(noise, noise))
    return speech + noise * np.exp((now_db - snr_db) * np.log(10) / 20)


def _other_way_round(speech, noise, snr_db):
    return speech + np.sqrt((speech**2).mean() / (noise**2).mean() * 10 ** (snr_db / 10)) * noise


def _as_amplitude(speech, noise, snr_db):
    factor = np.sqrt((speech**2).mean() / (noise**2).mean()) * 10 ** (-snr_db / 10)
    return speech + factor * noise


def _root_forgotten(speech, noise, snr_db):
    return speech + (speech**2).mean() / (noise**2).mean() * 10 ** (-snr_db / 10) * noise


def _own_power_ignored(speech, noise, snr_db):
    return speech + 10 ** (-snr_db / 20) * noise


def _unit_noise(speech, noise, snr_db):
    return speech + noise / np.sqrt((noise**2).mean()) * 10 ** (-snr_db / 20)


def _speech_scaled(speech, noise, snr_db):
    factor = np.sqrt((noise**2).mean() / (speech**2).mean() * 10 ** (snr_db / 10))
    return factor * speech + noise


def _peaks(speech, noise, snr_db):
    return speech + np.abs(speech).max() / np.abs(noise).max() * 10 ** (-snr_db / 20) * noise


def _natural(speech, noise, snr_db):
    return speech + np.sqrt((speech**2).mean() / (noise**2).mean() * np.exp(-snr_db / 10)) * noise


def _noise_alone(speech, noise, snr_db):
    return np.sqrt((speech**2).mean() / (noise**2).mean() * 10 ** (-snr_db / 10)) * noise


def _cases(rng):
    yield np.array([1.0, -1.0, 2.0, 0.0]), np.array([0.5, 0.5, -1.0, 1.0]), 10.0
    for samples, snr_db in ((50, 6.0), (80, -10.0), (30, 0.0), (64, -15)):
        speech = rng.normal(0, 0.05, samples) * np.linspace(0, 2, samples)
        yield speech, rng.normal(0, rng.uniform(0.2, 3), samples), snr_db


EXERCISE = Code(
    name="10.mix_noise",
    title="So many decibels",
    text=r"""Write `mix_noise(speech, noise, snr_db)`: the speech as it is, plus the noise times a factor, chosen so
that

$$10 \log_{10} \frac{\mathrm{mean}(x^2)}{\mathrm{mean}((a n)^2)} = \mathrm{snr}$$

with $x$ the speech, $n$ the noise, $a$ the factor, and snr the signal-to-noise ratio in decibels. At 0 both are
equally strong. At −10 the noise has *ten times* the power.""",
    trains="decibels are about power",
    signature="speech (sample,), noise (sample,), snr_db: a number → (sample,)",
    reference=mix_noise,
    rights=(_by_effective_values, _in_decibels),
    wrongs=(
        Wrong(_other_way_round, "the sign of snr_db is turned round", "A large ratio means little noise."),
        Wrong(
            _as_amplitude,
            "decibels are taken of the amplitude",
            "10 dB is ten times the *power*; the factor multiplies amplitudes. Take the root of all of it.",
        ),
        Wrong(_root_forgotten, "the root is missing", "Power goes with the square of the factor."),
        Wrong(_own_power_ignored, "both are taken to have the same power already", "Measure the mean squares first."),
        Wrong(_unit_noise, "the speech is taken to have power 1", "Speech is faint: its power counts as well."),
        Wrong(_speech_scaled, "the speech is scaled instead of the noise", "Leave the speech as it is."),
        Wrong(_peaks, "peaks are compared", "A single loud click says little. Compare mean squares."),
        Wrong(_natural, "e is raised to a power instead of 10", "Decibels belong to base 10."),
        Wrong(_noise_alone, "the speech is missing", "Add the scaled noise to the speech."),
    ),
    cases=_cases,
    rtol=1e-5,
    atol=1e-7,
    forbidden=("vmm_edu.grid.mix", "vmm_edu.grid.noise.mix"),
    hints=(
        "Which power must the scaled noise have? That of the speech, divided by 10 ** (snr_db / 10).",
        "The factor is the root of wanted power over the noise's own power.",
    ),
    takeaway="Ten decibels are ten times the power, and the root of that in amplitude.",
    minutes=8,
    difficulty=2,
    points=2,
)
