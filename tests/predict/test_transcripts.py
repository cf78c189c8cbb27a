import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmm_edu.framing import Cue
from vmm_edu.predict import bootstrap_interval, count_errors, error_rate, spoken_cues
from vmm_edu.predict.segments import edit_distance

WORDS = st.lists(st.sampled_from("abc"), max_size=6)


def slow(a, b):
    """The edit distance from its recursion."""
    if not a or not b:
        return len(a) + len(b)
    return min(slow(a[1:], b) + 1, slow(a, b[1:]) + 1, slow(a[1:], b[1:]) + (a[0] != b[0]))


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_the_edit_distance_equals_its_recursion(a, b):
    assert edit_distance(a, b) == slow(a, b)
    assert edit_distance("".join(a), "".join(b)) == slow(a, b)


def test_errors_are_counted_in_words_or_in_letters():
    truth, heard = ["metal hits wood", "wood lifts glass"], ["metal hit wood", "glass"]
    words = count_errors([t.split() for t in truth], [h.split() for h in heard])
    assert words.edits.tolist() == [1, 2]
    assert words.lengths.tolist() == [3, 3]
    assert error_rate(*words) == pytest.approx(3 / 6)
    letters = count_errors(truth, heard)
    assert letters.edits.tolist() == [1, 11]
    assert error_rate(*letters) == pytest.approx(12 / 31)


def test_long_utterances_weigh_more_and_insertions_exceed_one():
    assert error_rate(np.array([1, 0]), np.array([1, 9])) == pytest.approx(0.1)
    assert error_rate(*count_errors(["a"], ["bcd"])) == 3


def test_the_rate_has_an_interval():
    errors = count_errors(["aaaa"] * 20, ["aaaa"] * 15 + ["baaa"] * 5)
    interval = bootstrap_interval(error_rate, *errors, rng=np.random.default_rng(0))
    assert interval.estimate == pytest.approx(5 / 80)
    assert 0 <= interval.low < 5 / 80 < interval.high < 0.15


def test_words_are_shown_from_their_first_letter_to_the_separator():
    times = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert spoken_cues("ia  aa", times, end_s=0.8) == (Cue(0.1, 0.3, "ia"), Cue(0.5, 0.8, "aa"))
    assert spoken_cues(" a ", np.array([0.0, 0.1, 0.2]), end_s=0.2) == (Cue(0.1, 0.2, "a"),)
    assert spoken_cues("", np.zeros(0), end_s=1.0) == ()
    assert spoken_cues("   ", np.zeros(3), end_s=1.0) == ()


@pytest.mark.usefixtures("as_users_run")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="one transcript for each utterance, at least one, got 0 for 0"):
        count_errors([], [])
    with pytest.raises(ValueError, match="got 1 for 2"):
        count_errors(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="at least one word or letter"):
        error_rate(np.array([1]), np.array([0]))
    with pytest.raises(ValueError, match="a time for each of 2 letters"):
        spoken_cues("ab", np.zeros(3), end_s=1.0)
    with pytest.raises(ValueError, match="times in order"):
        spoken_cues("ab", np.array([0.2, 0.1]), end_s=1.0)
    with pytest.raises(ValueError, match="end_s after the last"):
        spoken_cues("ab", np.array([0.1, 0.2]), end_s=0.1)
