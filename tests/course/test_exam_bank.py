"""Every question has a chapter, points and an answer, and every number in an answer is computed again."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu import features, framing, predict, sequence, world
from vmm_edu.course.teaching import CHAPTERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "exam_bank.md").read_text(encoding="utf-8")
HEAD = re.compile(r"^### (\d+) · (\d\d[a-z]?) · (\d) points?$", re.MULTILINE)
PARTS = HEAD.split(PAGE)[1:]
QUESTIONS = {
    int(PARTS[n]): (PARTS[n + 1], int(PARTS[n + 2]), *PARTS[n + 3].split("\n## ")[0].split("**Answer.**"))
    for n in range(0, len(PARTS), 4)
}
SIGMA = math.sqrt(0.45 * 0.55 / 1000)
IMAGE = np.random.default_rng(0).random((64, 64)).astype(np.float32)


def ceiling(task, *senses: str, seen: str = "all") -> str:
    return f"{world.ceiling(task, senses, seen=seen):.3f}"


def lost_at(speed: int) -> int:
    """The smallest stride at which a drift to the left and one to the right show the same places."""
    return next(s for s in range(1, 65) if (s * speed) % 64 == (-s * speed) % 64)


def loss(w):
    return jnp.mean((w * jnp.array([1.0, 2.0, 3.0]) - jnp.array([2.0, 4.0, 6.0])) ** 2)


def compilations() -> int:
    traced = []
    f = jax.jit(lambda x: (traced.append(x.shape), x + 1)[1])
    for shape, dtype in ((3, "f4"), (3, "f4"), (4, "f4"), (3, "i4"), (4, "f4")):
        f(jnp.ones(shape, dtype))
    return len(traced)


def paths() -> tuple[dict[str, float], float]:
    emissions, transitions = np.array([[1, 0], [0, 2]]), np.array([[1, -1], [0, 1]])
    scores = {
        f"{a}{b}": float(emissions[0, a] + transitions[a, b] + emissions[1, b])
        for a, b in itertools.product((0, 1), repeat=2)
    }
    return scores, float(np.log(np.exp(list(scores.values())).sum()))


def seen_pixels(layers) -> int:
    size, step = 1, 1
    for kernel, stride in layers:
        size, step = size + (kernel - 1) * step, step * stride
    return size


def parameters(features_: int, hidden: int) -> int:
    made = sequence.lstm_init(jax.random.key(0), features_, hidden)
    return sum(leaf.size for leaf in jax.tree.leaves(made))


def frames_of_log_mel() -> int:
    return features.log_mel(np.zeros(40_000, np.float32), 16_000).shape[0]


def smoothed_idf() -> float:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer().fit(np.array([[1, 1], [2, 0], [1, 0]])).idf_[0]


def conv_size() -> int:
    out = jax.lax.conv(jnp.ones((1, 1, 64, 64)), jnp.ones((1, 1, 5, 5)), (2, 2), "VALID")
    return out.shape[-1]


def phases(seen: str) -> str:
    return f"{world.ceiling('phases', ('video',), seen=seen):.2f}"


def least_gru_share() -> float:
    return 3 * (7 * 5 + 5 * 5) / (4 * (7 * 5 + 5 * 5))


def heard_alike() -> list[int]:
    """The lowest pitches whose samples at 8 kHz have their peak at 3 kHz."""
    clock = np.arange(8000) / 8000
    tones = range(1000, 12_000, 1000)
    return [hz for hz in tones if np.abs(np.fft.rfft(np.sin(2 * np.pi * hz * clock))).argmax() == 3000]


def energy_of_spectrum() -> float:
    x = np.random.default_rng(0).standard_normal(1000)
    x *= math.sqrt(0.02 / np.mean(x**2))
    return float(np.sum(np.abs(np.fft.fft(x)) ** 2))


def twice_as_loud() -> np.ndarray:
    """By how much each coefficient grows; all but the first by nothing."""
    x = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    one, two = (np.asarray(features.mfcc(features.log_mel(gain * x, 16_000, mels=40))) for gain in (1, 2))
    grown = (two - one).mean(axis=0)
    assert np.allclose(grown[1:], 0, atol=1e-3)
    return grown


def paths_of(text: str, steps: int) -> list[str]:
    """Every path of blanks and letters that means the text."""
    every = ("".join(path) for path in itertools.product("␣" + "".join(sorted(set(text))), repeat=steps))
    return [path for path in every if "".join(a for a, _ in itertools.groupby(path)).replace("␣", "") == text]


def ctc(steps: int, labels: list[int], symbols: int) -> float:
    """−log P of a text where every symbol is equally likely at each step; infinite where no path means it."""
    loss = float(sequence.ctc_loss(jnp.zeros((steps, symbols)), jnp.array(labels)))
    return loss if loss < 1e6 else math.inf


def cosines_of_titles() -> tuple[float, float]:
    # Columns: ball, falls, rings, box.
    rows = features.tf_idf(np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]]))
    return float(rows[0] @ rows[1]), float(rows[0] @ rows[2])


def weights_of_fusions() -> tuple[int, int, int, int]:
    """Products and weights of tensor fusion, weights of low-rank fusion, and how many times fewer."""
    sizes = (33, 65, 17)
    products, low = math.prod(sizes), 4 * 128 * sum(sizes)
    return products, products * 128, low, round(products * 128 / low)


def three_copies() -> tuple[float, float, float]:
    """What one of three senses that show the same fair bit is worth: alone, taken away, and shared out."""
    senses = ("audio", "text", "video")
    subsets = [subset for size in range(4) for subset in itertools.combinations(senses, size)]
    scores = {subset: 1.0 if subset else 0.5 for subset in subsets}
    shares = predict.shapley_shares(scores)
    return scores[("video",)] - 0.5, scores[senses] - scores[("audio", "video")], shares["text"]


RANKED = ([1, 0, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1])
SLOTS = (4, 4, 4, 25, 10, 4)


def covered() -> float:
    right = np.array([True, True, False, True, False, False])
    return predict.coverage_at_risk(predict.risk_coverage(right, -np.arange(6.0)), 0.25)[0]


def word_errors() -> tuple[int, float]:
    errors = predict.count_errors(
        [["bin", "blue", "at", "f", "two", "now"]], [["bin", "blue", "at", "s", "two", "two", "now"]]
    )
    return int(errors.edits[0]), predict.error_rate(errors.edits, errors.lengths)


def letters(*, lips: bool = False, voice: bool = False) -> float:
    """The best accuracy on 25 letters, of which the first three look alike and only these sound different."""
    seen = [max(letter, 2) if lips else 0 for letter in range(25)]
    heard = [min(letter, 3) if voice else 0 for letter in range(25)]
    return len(set(zip(seen, heard, strict=True))) / 25


def trusted(exponent: float) -> float:
    first, second = 0.6 * 0.9**exponent, 0.4 * 0.1**exponent
    return first / (first + second)


def said() -> tuple[float, float]:
    from vmm_edu.grid.alignments import UNITS_PER_S

    return 23_000 / UNITS_PER_S, 29_500 / UNITS_PER_S


# Number of the question → pieces of text that its answer must hold, computed here.
COMPUTED: dict[int, Callable[[], list[str]]] = {
    1: lambda: [ceiling("main", "video")],
    2: lambda: [
        ceiling("main", "video", "audio"),
        ceiling("main", "video", "audio", "text"),
        f"{0.9**3 + 3 * 0.081:.3f}",
    ],
    3: lambda: [f"{SIGMA:.4f}", f"{(0.6 - 0.45) / SIGMA:.1f} standard"],
    4: lambda: [f"{(0.48 - 0.45) / SIGMA:.1f} standard"],
    5: lambda: [ceiling("main", "video"), ceiling("main", "video", "audio")],
    7: lambda: [f"`v.at[10].set({9.0})`"],  # what it gives is tested below
    8: lambda: [f"{compilations()} times"],
    9: lambda: [f"−{-jax.grad(loss)(1.0):.2f}"],
    10: lambda: [f"{jax.grad(jax.grad(loss))(1.0):.2f}", f"{2 / jax.grad(jax.grad(loss))(1.0):.3f}"],
    11: lambda: [f"{0.9**37:.2f}"],
    13: lambda: [", ".join(map(str, framing.uniform_times(5.0, count=5)[:-1])) + " and 4.5"],
    14: lambda: [f"s = {lost_at(4)}", f"s = {lost_at(3)}"],
    15: lambda: [f"{world.ceiling('direction', ('video',), seen=s):.2f}" for s in ("frame", "bag", "pair")],
    16: lambda: [f"{0.2 / 0.5:.2f}"],
    18: lambda: [f"{math.ceil(48_000 / 1024)} blocks", f"{1024 * math.ceil(48_000 / 1024):,}"],
    19: lambda: [str(features.hog_length(64, 64))],
    21: lambda: [f"{math.log(4):.3f} nats", f"{math.log2(4):g} bits"],
    22: lambda: [f"{world.ceiling('shape', ('video',), seen='histogram'):.2f}:"],
    24: lambda: [f"{2 ** (1 / 3):.2f}"],
    25: lambda: [str(4 * 4 * 8)],
    26: lambda: [f"{0.30 / 0.35:.2f}"],
    27: lambda: [str(16 * 128)],
    28: lambda: [str(3 * 3 * 3 * 16 + 16)],
    29: lambda: [f"2 · 2: {seen_pixels([(3, 1), (2, 2), (3, 1)])}."],
    30: lambda: [f"= {conv_size()},"],
    32: lambda: [f"{parameters(2048, 512):,}", f"{4 * 512:,}"],
    33: lambda: [f"{5 * jax.nn.sigmoid(-4.0):.2f}"],
    34: lambda: [f"{0.5**10:.3f}", f"{jax.nn.sigmoid(1.0):.3f}", f"{jax.nn.sigmoid(1.0) ** 10:.3f}"],
    35: lambda: [f"{world.ceiling('order', ('video',), seen='bag'):.2f}", f"{world.ceiling('order', ('video',)):.2f}"],
    36: lambda: [f"= {2048 // 512} times"],
    40: lambda: [f"{4**48 / 1e28:.0f} · 10²⁸", f": {4 * 4 * 47}"],
    41: lambda: [
        ", ".join(f"{s:g}" for s in list(paths()[0].values())[:3]) + " and 3",
        "11 with 3",
        f"{paths()[1]:.2f}",
    ],
    43: lambda: [f"{least_gru_share():.2f} of them"],
    44: lambda: [f"= {frames_of_log_mel()}", f"{1 / 0.025:g} Hz"],
    45: lambda: [f"{world.ceiling('glide', ('audio',), seen=s):.2f}" for s in ("spectrum", "pair")],
    46: lambda: [f"{float(features.hz_to_mel(1000.0)):,.0f}"],
    47: lambda: [f"= {smoothed_idf():g}"],
    55: lambda: ["1/3 and 1", str(world.additive_ceiling(3))],
    56: lambda: [f"{p.R:g}, {p.U_video:g}, {p.U_audio:g} and {p.S:g}" for p in [world.information("sync")]],
    57: lambda: [ceiling(world.erased_copies(), "video"), ceiling(world.erased_copies(), "video", "audio")],
    58: lambda: [
        ceiling("gate", *senses) for senses in (("video",), ("audio",), ("video", "text"), ("video", "audio"))
    ],
    59: lambda: [f"{sum(world.shapley('main').values()):.3f}", f"{world.ceiling('main', ()):.3f}"],
    68: lambda: [f"{1.96 * math.sqrt(0.09 / 1000):.3f}", f"{0.9 - 1.96 * math.sqrt(0.09 / 1000):.3f}"],
    69: lambda: [f"{predict.calibration_error(np.array([0] * 7 + [1] * 3), np.tile([0.9, 0.1], (10, 1))):.2f}"],
    70: lambda: [f"{predict.macro_f1(np.array([0] * 9 + [1]), np.zeros(10, int)):.3f}", f"{2 * 0.9 / 1.9:.3f}"],
    71: lambda: [ceiling("missing", "video"), ceiling("missing", "video", "audio", "text")],
    80: lambda: [f"{4 * 4 * 4 * 25 * 10 * 4:,}"],
    48: lambda: [f"{', '.join(f'{hz:,}' for hz in heard_alike()[:2])} and {heard_alike()[2]:,} Hz"],
    49: lambda: [f"= {energy_of_spectrum():,.0f}"],
    50: lambda: [f"{math.log(4):.3f}", f"{twice_as_loud()[0]:.2f}"],
    51: lambda: [f"{len(paths_of('ab', 3))} paths", f"5/27 = {math.exp(-ctc(3, [1, 2], 3)):.3f}"],
    52: lambda: [f"{next(t for t in range(1, 9) if np.isfinite(ctc(t, [1, 2, 3, 3, 4], 5)))}. Runs"],
    53: lambda: [f"{1 + math.log(4 / 3):.3f}", f"{1 + math.log(2):.3f}", f"= {cosines_of_titles()[0]:.3f}"],
    61: lambda: [f"{weights_of_fusions()[n]:,}" for n in range(3)] + [f"{weights_of_fusions()[3]} times"],
    62: lambda: [f"= {0.81 / (0.81 + 0.01):.3f}", f"{0.9:.3f}"],
    63: lambda: [f"{0.2**3 / (0.2**3 + 0.8**3):.3f}", f"{(0.2**3 / 0.04) / (0.2**3 / 0.04 + 0.8**3 / 0.64):.3f}"],
    64: lambda: ["Alone {:.3f}, taken away {:.3f}, Shapley {:.3f}".format(*three_copies())],
    65: lambda: [f"= {part:.3f}" for p in [world.information("main")] for part in (p.U_video, abs(p.U_audio), p.S)],
    66: lambda: [ceiling(world.task("missing", rule=rule), "video", "audio") for rule in ("sum", "same")],
    73: lambda: [f"{p:.3f}" for t in (1.0, 2.0) for p in predict.at_temperature(np.array([[2.0, 0.0]]), t)[0]],
    74: lambda: [f"= {predict.average_precision(np.array(r), -np.arange(6)):.3f}" for r in RANKED],
    75: lambda: [f"= {math.sqrt(0.09 / 1000):.3f}", f"= {0.10 / math.sqrt(20):.3f}"],
    76: lambda: [f"= {20 / math.sqrt(60):.1f} standard"],
    77: lambda: [f"of {covered():.2f}:"],
    78: lambda: [f"= {weight:.3f}" for weight in predict.class_weights(np.repeat([0, 1], [90, 10]))],
    82: lambda: [f"= {np.mean([1 / n for n in SLOTS]):.3f}", f"1/{math.prod(SLOTS):,}"],
    83: lambda: [f"{word_errors()[0]} repairs of 6", f"{word_errors()[1]:.3f}"],
    84: lambda: [f"= {10**0.5:.2f} times", f"= {10**0.25:.2f} times"],
    85: lambda: [
        f"= {letters(lips=True):.2f}",
        f"= {letters(voice=True):.2f}",
        f"{letters(lips=True, voice=True):.2f}:",
    ],
    86: lambda: [f"= {trusted(1.0):.3f}", f"= {trusted(0.5):.3f}", f"lips' {trusted(0.0):g}."],
    87: lambda: [f"From {said()[0]:.2f} s to {said()[1]:.2f} s", *(f"frame {int(time_s * 25)}" for time_s in said())],
}
# Numbers that a question states, not its answer.
STATED: dict[int, Callable[[], list[str]]] = {
    2: lambda: [ceiling("main", "video", "audio"), ceiling("main", "video", "audio", "text")],
    3: lambda: [ceiling("main", "video")],
    5: lambda: [ceiling("main", "audio"), ceiling("main", "video"), ceiling("main")],
    42: lambda: [phases("frame"), phases("filter"), phases("smoother"), phases("viterbi")],
    56: lambda: [f"{world.ceiling('sync', s):.2f}" for s in (("video",), ("audio",), ("video", "audio"))],
    58: lambda: [ceiling("gate", "video")],
    65: lambda: [
        f"= {world.information('main').bits[senses]:.3f}" for senses in (("video",), ("audio",), ("video", "audio"))
    ],
    59: lambda: [f"{value:.3f}" for value in world.shapley("main").values()],
    72: lambda: [phases("filter"), phases("lag_4"), phases("smoother")],
}


def test_there_are_at_least_forty_numbered_from_one():
    assert list(QUESTIONS) == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) >= 40


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_has_some(chapter: str):
    assert sum(one[0] == chapter for one in QUESTIONS.values()) >= 4


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_a_chapter_points_and_an_answer(number: int):
    chapter, points, *texts = QUESTIONS[number]
    assert chapter in CHAPTERS
    assert points in (1, 2, 3)
    assert len(texts) == 2, "one question, one answer"
    assert all(len(text.split()) > 3 for text in texts)


def test_questions_stand_below_their_chapter():
    found = None
    for line in PAGE.splitlines():
        if line.startswith("## Chapter "):
            found = line.split()[2].rstrip(":")
        elif match := HEAD.match(line):
            assert match[2] == found


@pytest.mark.parametrize(("number", "part", "compute"), [
    *(pytest.param(n, 3, f, id=f"{n}") for n, f in COMPUTED.items()),
    *(pytest.param(n, 2, f, id=f"{n} as stated") for n, f in STATED.items()),
])  # fmt: skip
def test_a_number_is_what_it_is_computed_to_be(number: int, part: int, compute: Callable[[], list[str]]):
    text = QUESTIONS[number][part]
    for piece in compute():
        assert piece in text, f"question {number}: expected {piece}"


def test_an_answer_with_a_decimal_fraction_is_computed():
    for number, (_, _, _, answer) in QUESTIONS.items():
        if re.search(r"\d\.\d", answer):
            assert number in COMPUTED, f"question {number} quotes a number that nothing computes"


def test_what_hog_does_not_see():
    same = features.hog(IMAGE)
    for other in (0.5 * IMAGE, IMAGE * 0.5 + 0.3, 1 - IMAGE):
        np.testing.assert_allclose(features.hog(other.astype(np.float32)), same, atol=1e-4)
    assert not np.allclose(features.hog(np.rot90(IMAGE).copy()), same, atol=1e-2)


def test_what_an_index_past_the_end_does():
    v = jnp.array([1.0, 2.0, 3.0])
    assert v[10] == 3.0
    assert jnp.array_equal(v.at[10].set(9.0), v)
