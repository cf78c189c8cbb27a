import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer

from vmm_edu.features import Vocabulary, count_tokens, tf_idf, tokenize

TRAIN = ["a red ball falls", "a blue ball rises and a red one falls", "红球落下", "the ball", "红球"]
TEST = ["a ball falls a ball", "green 球", ""]


def test_counts_equal_scikit_learns():
    vocabulary = Vocabulary.build(TRAIN)
    theirs = CountVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False, vocabulary=vocabulary.tokens)
    counts = count_tokens(TEST, vocabulary=vocabulary)
    np.testing.assert_array_equal(counts[:, 2:], theirs.transform(TEST).toarray())
    np.testing.assert_array_equal(counts[:, 0], 0)
    np.testing.assert_array_equal(counts[:, 1], [0, 1, 0])


def test_equals_scikit_learn():
    vocabulary = Vocabulary.build(TRAIN)
    theirs = TfidfVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False, vocabulary=vocabulary.tokens)
    train, test = (count_tokens(texts, vocabulary=vocabulary) for texts in (TRAIN, TEST))
    np.testing.assert_allclose(tf_idf(train)[:, 2:], theirs.fit_transform(TRAIN).toarray(), atol=1e-12)
    weights = tf_idf(np.delete(test, 1, axis=1), training_counts=np.delete(train, 1, axis=1))
    np.testing.assert_allclose(weights[:, 1:], theirs.transform(TEST).toarray(), atol=1e-12)


def test_equals_scikit_learn_on_random_counts():
    rng = np.random.default_rng(0)
    train, test = rng.poisson(0.4, (20, 15)), rng.poisson(0.4, (7, 15))
    expected = TfidfTransformer().fit(train).transform(test).toarray()
    np.testing.assert_allclose(tf_idf(test, training_counts=train), expected, atol=1e-12)


def test_a_text_without_tokens_is_all_zero():
    np.testing.assert_array_equal(tf_idf(np.array([[0, 0], [1, 2]]))[0], 0)


@pytest.mark.usefixtures("as_user")
def test_bad_input_is_named():
    counts = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"expected counts \(batch, token\) over one vocabulary"):
        tf_idf(counts[0])
    with pytest.raises(ValueError, match="count both with the same vocabulary"):
        tf_idf(counts, training_counts=np.ones((2, 4)))
    with pytest.raises(ValueError, match="finite and at least 0"):
        tf_idf(-counts)
    with pytest.raises(ValueError, match="finite and at least 0"):
        tf_idf(counts, training_counts=counts * np.nan)
    with pytest.raises(ValueError, match="at least one training text"):
        tf_idf(counts, training_counts=counts[:0])
