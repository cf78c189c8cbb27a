"""A clip's name and its alignment say what is said and when; anything else is refused in words."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from vmm_edu.grid import VOCABULARY, read_alignment, read_sentence, spoken


def test_the_grammar_has_the_corpus_s_sizes():
    assert [len(words) for words in VOCABULARY.values()] == [4, 4, 4, 25, 10, 4]
    assert all(len(set(words)) == len(words) for words in VOCABULARY.values())
    assert "w" not in VOCABULARY["letter"]


def test_names_are_read_as_the_corpus_s_paper_spells_them():
    assert " ".join(read_sentence("bbaf2n").words) == "bin blue at f two now"
    assert " ".join(read_sentence("swwzzs").words) == "set white with z zero soon"
    assert " ".join(read_sentence("prbo9p").words) == "place red by o nine please"
    assert read_sentence("lgik1a") == ("lay", "green", "in", "k", "one", "again")


def test_every_sentence_of_the_grammar_is_read_back_from_its_name():
    """Against a spelling made from the words alone, all 4·4·4·25·10·4 of them."""
    digits = {"zero": "z", **{word: str(k) for k, word in enumerate(VOCABULARY["digit"]) if k}}
    sentences = list(itertools.product(*VOCABULARY.values()))
    assert len(sentences) == 64_000
    for words in sentences[::37]:
        name = "".join(digits.get(word, word[0]) for word in words)
        sentence = read_sentence(name)
        assert sentence.words == words
        assert tuple(VOCABULARY[k][label] for k, label in zip(VOCABULARY, sentence.labels, strict=True)) == words


def test_a_digit_s_number_is_the_digit():
    assert [read_sentence(f"bbaf{d}n").labels[4] for d in "z123456789"] == list(range(10))


def test_a_path_and_an_ending_do_not_matter():
    assert read_sentence(Path("s1") / "bbaf2n.mpg") == read_sentence("bbaf2n") == read_sentence("BBAF2N.align")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bbaf2", "six characters"),
        ("bbaf2nn", "six characters"),
        ("", "six characters"),
        ("xbaf2n", "command one of b l p s, got 'x'"),
        ("byaf2n", "colour one of b g r w"),
        ("bbof2n", "preposition one of a b i w"),
        ("bbaw2n", "letter one of a b c"),
        ("bbaf0n", "digit one of z 1 2"),
        ("bbaf2z", "adverb one of a n p s"),
    ],
)
def test_a_name_that_spells_nothing_is_refused_by_the_word_that_is_wrong(name: str, words: str):
    with pytest.raises(ValueError, match=words):
        read_sentence(name)


def test_an_alignment_is_read_in_seconds(tmp_path: Path):
    path = tmp_path / "bbaf2n.align"
    path.write_bytes(b"0 17750 sil\r\n17750 22500 bin\r\n22500 23000 sp\r\n23000 27000 BLUE\r\n")
    words = read_alignment(path)
    assert [word.word for word in words] == ["sil", "bin", "sp", "blue"]
    assert (words[1].start_s, words[1].end_s) == (0.71, 0.9)
    assert [word.word for word in spoken(words)] == ["bin", "blue"]


def test_a_thousand_units_are_a_frame(tmp_path: Path):
    path = tmp_path / "a.align"
    path.write_text("1000 75000 bin\n")
    (word,) = read_alignment(path)
    assert (word.start_s * 25, word.end_s * 25) == (1, 75)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "got an empty file"),
        (b"\n\n", "got an empty file"),
        (b"0 100\n", "'start end word' in line 1"),
        (b"0 100 bin\n0.5 200 blue", "'start end word' in line 2"),
        (b"-5 100 bin\n", "'start end word' in line 1"),
        (b"100 100 bin\n", "ends after it begins"),
        (b"200 100 bin\n", "ends after it begins"),
        (b"0 100 bin\n50 200 blue\n", "begins when the last one has ended in line 2"),
        (b"\xff\xfe\x00", "expected text"),
    ],
)
def test_a_broken_alignment_is_refused_by_its_line(tmp_path: Path, text: bytes, words: str):
    path = tmp_path / "bbaf2n.align"
    path.write_bytes(text)
    with pytest.raises(ValueError, match=words):
        read_alignment(path)


def test_a_missing_alignment_is_missing(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="fetch the corpus's alignments"):
        read_alignment(tmp_path / "bbaf2n.align")
