import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.features import Vocabulary, tokenize

TEXTS = ["A red ball falls.", "A blue ball rises", "红色的球落下", "the ball"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A red ball, falling!", ["a", "red", "ball", "falling"]),
        ("红色的球落下。", ["红", "色", "的", "球", "落", "下"]),
        ("这是a红ball。", ["这", "是", "a", "红", "ball"]),
        ("don't 'quote' it’s", ["don't", "quote", "it's"]),
        ("ＭＰ４ ２", ["mp4", "2"]),
        ("cafe\u0301 snake_case", ["café", "snake", "case"]),
        ("𠮷野", ["𠮷", "野"]),
        ("", []),
        (" …?! \n\t", []),
    ],
)
def test_tokens(text, tokens):
    assert tokenize(text) == tokens


@given(st.text(), st.text())
def test_tokens_of_two_texts_are_those_of_each(first, second):
    assert tokenize(first + "\n" + second) == tokenize(first) + tokenize(second)
    assert all(token and not any(letter.isspace() for letter in token) for token in tokenize(first))


@given(st.text())
def test_tokens_are_stable(text):
    tokens = tokenize(text)
    assert tokenize(" ".join(tokens)) == tokens


def test_ids_follow_frequency_then_code_point_whatever_the_order_of_the_texts():
    vocabulary = Vocabulary.build(TEXTS)
    assert vocabulary.tokens[:2] == ("ball", "a")
    assert vocabulary.tokens[2:] == tuple(sorted(vocabulary.tokens[2:]))
    assert Vocabulary.build(TEXTS[::-1]) == vocabulary
    assert Vocabulary.build(TEXTS, min_count=2).tokens == ("ball", "a")
    assert Vocabulary.build(TEXTS, size=1).tokens == ("ball",)
    assert len(vocabulary) == len(vocabulary.tokens) + 2


def test_encoding_by_hand():
    encoded = Vocabulary(("ball", "a")).encode(["a ball", "", "A green BALL a"])
    np.testing.assert_array_equal(encoded.tokens, [[3, 2, 0, 0], [0, 0, 0, 0], [3, 1, 2, 3]])
    np.testing.assert_array_equal(encoded.mask, [[1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
    assert encoded.tokens.dtype == np.int32
    assert encoded.mask.dtype == bool


@given(st.lists(st.text(max_size=20), max_size=5))
def test_known_texts_come_back(texts):
    vocabulary = Vocabulary.build(texts)
    encoded = vocabulary.encode(texts)
    assert encoded.tokens.shape == encoded.mask.shape
    for text, tokens, mask in zip(texts, *encoded, strict=True):
        assert vocabulary.decode(tokens) == tokenize(text)
        assert mask.sum() == len(tokenize(text))


def test_length():
    vocabulary = Vocabulary.build(TEXTS)
    assert vocabulary.encode(TEXTS, length=9).tokens.shape == (4, 9)
    cut = vocabulary.encode(TEXTS, length=3, longer="cut")
    np.testing.assert_array_equal(cut.tokens, vocabulary.encode(TEXTS).tokens[:, :3])
    with pytest.raises(ValueError, match="at most 3 tokens, got 6; raise length, or longer='cut'"):
        vocabulary.encode(TEXTS, length=3)
    assert vocabulary.encode([]).tokens.shape == (0, 1)
    assert vocabulary.encode([""]).tokens.shape == (1, 1)


def test_unknown_tokens_are_said_to_be():
    vocabulary = Vocabulary(("ball",))
    assert vocabulary.decode(vocabulary.encode(["green ball"]).tokens[0]) == ["<unknown>", "ball"]
    with pytest.raises(ValueError, match="expected ids within 0 … 2, got 1 … 3"):
        vocabulary.decode(np.array([1, 3]))
    with pytest.raises(ValueError, match="expected ids within"):
        vocabulary.decode(np.array([-1]))


def test_survives_json_and_cannot_be_changed():
    vocabulary = Vocabulary.build(TEXTS)
    assert Vocabulary.from_dict(json.loads(json.dumps(vocabulary.to_dict()))) == vocabulary
    with pytest.raises(dataclasses.FrozenInstanceError):
        vocabulary.tokens = ()  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="expected a string, got bytes"):
        tokenize(b"ball")  # pyright: ignore[reportArgumentType]
    for call in (Vocabulary.build, Vocabulary(()).encode):
        with pytest.raises(ValueError, match="expected a sequence of texts, got one string; put it in a list"):
            call("ball")
    with pytest.raises(ValueError, match="min_count and size of at least 1, got 0"):
        Vocabulary.build(TEXTS, min_count=0)
    with pytest.raises(ValueError, match="size of at least 1"):
        Vocabulary.build(TEXTS, size=0)
    with pytest.raises(ValueError, match="length of at least 1"):
        Vocabulary(()).encode(["a"], length=0)
    with pytest.raises(ValueError, match="got 'a' more than once"):
        Vocabulary(("a", "b", "a"))
    with pytest.raises(ValueError, match="not empty"):
        Vocabulary(("a", ""))
    for stored in ({}, {"tokens": "ab"}, [], {"tokens": [1]}):
        with pytest.raises(ValueError, match="expected"):
            Vocabulary.from_dict(stored)  # pyright: ignore[reportArgumentType]
