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
    48: lambda: ["1/3 and 1", str(world.additive_ceiling(3))],
    49: lambda: [f"{p.R:g}, {p.U_video:g}, {p.U_audio:g} and {p.S:g}" for p in [world.information("sync")]],
    50: lambda: [ceiling(world.erased_copies(), "video"), ceiling(world.erased_copies(), "video", "audio")],
    51: lambda: [
        ceiling("gate", *senses) for senses in (("video",), ("audio",), ("video", "text"), ("video", "audio"))
    ],
    52: lambda: [f"{sum(world.shapley('main').values()):.3f}", f"{world.ceiling('main', ()):.3f}"],
    54: lambda: [f"{1.96 * math.sqrt(0.09 / 1000):.3f}", f"{0.9 - 1.96 * math.sqrt(0.09 / 1000):.3f}"],
    55: lambda: [f"{predict.calibration_error(np.array([0] * 7 + [1] * 3), np.tile([0.9, 0.1], (10, 1))):.2f}"],
    56: lambda: [f"{predict.macro_f1(np.array([0] * 9 + [1]), np.zeros(10, int)):.3f}", f"{2 * 0.9 / 1.9:.3f}"],
    57: lambda: [ceiling("missing", "video"), ceiling("missing", "video", "audio", "text")],
    59: lambda: [f"{4 * 4 * 4 * 25 * 10 * 4:,}"],
}
# Numbers that a question states, not its answer.
STATED: dict[int, Callable[[], list[str]]] = {
    2: lambda: [ceiling("main", "video", "audio"), ceiling("main", "video", "audio", "text")],
    3: lambda: [ceiling("main", "video")],
    5: lambda: [ceiling("main", "audio"), ceiling("main", "video"), ceiling("main")],
    42: lambda: [phases("frame"), phases("filter"), phases("smoother"), phases("viterbi")],
    49: lambda: [f"{world.ceiling('sync', s):.2f}" for s in (("video",), ("audio",), ("video", "audio"))],
    51: lambda: [ceiling("gate", "video")],
    52: lambda: [f"{value:.3f}" for value in world.shapley("main").values()],
    58: lambda: [phases("filter"), phases("lag_4"), phases("smoother")],
}


def test_there_are_at_least_forty_numbered_from_one():
    assert list(QUESTIONS) == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) >= 40


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
