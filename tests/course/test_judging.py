"""Numbers, choices, orders and texts, as learners really write them."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from vmm_edu.course import registry
from vmm_edu.course.checking import examine
from vmm_edu.course.questions import Explain


def judge(name, answer):
    return examine(registry.find(name), answer)


@pytest.mark.parametrize(
    "answer",
    [
        0.972,
        "0.972",
        " 97.2 % ",
        "97,2%",
        "0,972",
        97.2,
        np.float32(0.972),
        jnp.array(0.972),
        np.array([0.972]),
        0.9719,
    ],
)
def test_a_number_in_any_clothes(answer):
    assert judge("00.predict_fused", answer).passed


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (True, "expected a number, got True"),
        ("about a lot", "expected a number"),
        ("1.2.3", "expected a number"),
        ("3/0", "expected a number"),
        ("3 of 4", "expected a number, got '3 of 4'"),
        (float("nan"), "expected a number, got nan"),
        ([0.9, 0.972], "expected a number"),
        (judge, "expected a number"),
        ({"a": 1}, "expected a number"),
        (0.97, "0.97 is right as far as it goes; give one more digit"),
        (1.0, "1 is not it"),
        (0.5, "0.5 is not it (right is within 0.0006)"),
        (10**400, "expected a number"),
        ("9" * 400, "expected a number"),
    ],
)
def test_what_is_no_number_or_not_the_one(answer, message):
    outcome = judge("00.predict_fused", answer)
    assert outcome.result == "wrong"
    assert message in str(outcome)


def test_a_share_may_be_written_as_a_fraction():
    assert judge("08.best_sum", "3/4").passed
    assert judge("08.best_sum", " 6 / 8 ").passed
    assert not judge("08.best_sum", "4/3").passed


@pytest.mark.parametrize("answer", ["c", "C", " c) ", "(c)", "c.", ["c"]])
def test_a_letter_in_any_clothes(answer):
    assert judge("00.which_sense", answer).passed


def test_the_text_of_an_option_is_as_good_as_its_letter():
    exercise = registry.find("00.which_sense")
    assert examine(exercise, exercise.options["c"]).passed
    assert examine(exercise, exercise.options["a"].upper() + ".").misconception == "a"
    assert examine(exercise, f"c: {exercise.options['c']}").passed
    assert examine(exercise, f"a: {exercise.options['a']}").misconception == "a"
    assert examine(exercise, f"b: {exercise.options['c']}").result == "wrong"


@pytest.mark.parametrize("answer", ["f", "cc", "", 3, ["c", "d"], "the third"])
def test_what_is_no_option(answer):
    assert judge("00.which_sense", answer).result == ("blank" if answer == "" else "wrong")


@pytest.mark.parametrize(
    "answer",
    [
        "dbeac",
        "DBEAC",
        "d, b, e, a, c",
        "d → b → e → a → c",
        "d-b-e-a-c",
        list("dbeac"),
        np.array(list("dbeac")),
        ["framing", "features", "sequence", "fusion", "prediction"],
        "framing, features, sequence, fusion, prediction",
        "framing -> features -> sequence -> fusion -> prediction",
    ],
)
def test_an_order_in_any_clothes(answer):
    assert judge("00.pipeline_order", answer).passed


def test_an_order_is_told_how_far_it_is_right():
    assert "right up to place 2; place 3 is not a (fusion)" in str(judge("00.pipeline_order", "dbace"))
    assert "every letter of abcde once" in str(judge("00.pipeline_order", "dbea"))
    assert "every letter of abcde once" in str(judge("00.pipeline_order", "ddddd"))


@pytest.mark.parametrize("answer", ["", "\n", "...", "  "])
def test_an_empty_text_is_a_blank(answer):
    assert judge("00.break_sound", answer).result == "blank"


def test_a_text_is_compared_by_its_writer():
    text = (
        "The first part is safe as it was only seen, the second loses a witness, the third becomes a coin toss for us."
    )
    outcome = judge("00.break_sound", text)
    assert outcome.passed
    assert "Model answer:" in str(outcome)
    assert all(line in str(outcome) for line in registry.find("00.break_sound").rubric)
    assert judge("00.break_sound", 42).result == "wrong"


def test_a_number_may_come_in_any_form():
    from decimal import Decimal
    from fractions import Fraction

    exercise = registry.find("00.predict_fused")
    for answer in (Fraction(972, 1000), Decimal("0.972"), [0.972], (0.972,), np.array([0.972])):
        assert examine(exercise, answer).passed, answer
    for answer in ([0.972, 1.0], [], ["?"], [[[]]]):
        assert examine(exercise, answer).result == "wrong", answer


@pytest.mark.parametrize("name", [e.name for e in registry.exercises() if isinstance(e, Explain)])
def test_what_is_copied_from_the_page_explains_nothing(name: str):
    exercise = registry.find(name)
    halves = exercise.text.split()[: max(exercise.words + 5, len(exercise.text.split()) // 2)]
    for answer in (" ".join(exercise.hints), " ".join(exercise.rubric), " ".join(halves), exercise.reference.upper()):
        outcome = examine(exercise, answer)
        assert outcome.result == "wrong"
        assert "word for word" in outcome.message or "the least" in outcome.message
