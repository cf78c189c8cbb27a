"""How telling is a token?"""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def rarity(counts):
    """1 + ln((1 + texts) / (1 + texts that hold the token))."""
    texts = len(counts)
    holding = (counts > 0).sum(axis=0)
    return 1 + np.log((1 + texts) / (1 + holding))


def _logs(counts):
    some = np.count_nonzero(counts, axis=0)
    return np.log1p(np.shape(counts)[0]) - np.log1p(some) + 1.0


def _loop(counts):
    found = []
    for column in np.asarray(counts).T:
        holding = sum(1 for count in column if count > 0)
        found.append(np.log(np.e * (len(counts) + 1) / (holding + 1)))
    return np.array(found)


def _tokens_counted(counts):
    return 1 + np.log((1 + len(counts)) / (1 + np.asarray(counts).sum(axis=0)))


def _all_tokens(counts):
    counts = np.asarray(counts)
    return 1 + np.log((1 + counts.sum()) / (1 + counts.sum(axis=0)))


def _by_text(counts):
    counts = np.asarray(counts)
    return 1 + np.log((1 + counts.shape[1]) / (1 + (counts > 0).sum(axis=1)))


def _not_smoothed(counts):
    counts = np.asarray(counts)
    with np.errstate(divide="ignore"):
        return 1 + np.log(len(counts) / (counts > 0).sum(axis=0))


def _no_one(counts):
    counts = np.asarray(counts)
    return np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0)))


def _upside_down(counts):
    counts = np.asarray(counts)
    return 1 + np.log((1 + (counts > 0).sum(axis=0)) / (1 + len(counts)))


def _no_log(counts):
    counts = np.asarray(counts)
    return (1 + len(counts)) / (1 + (counts > 0).sum(axis=0))


def _base_ten(counts):
    counts = np.asarray(counts)
    return 1 + np.log10((1 + len(counts)) / (1 + (counts > 0).sum(axis=0)))


def _base_two(counts):
    counts = np.asarray(counts)
    return 1 + np.log2((1 + len(counts)) / (1 + (counts > 0).sum(axis=0)))


def _weighted(counts):
    counts = np.asarray(counts)
    return counts * (1 + np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0))))


def _cases(rng):
    yield (np.array([[1, 0, 2], [3, 0, 0], [1, 0, 1], [2, 0, 0]]),)
    yield (rng.poisson(0.6, (9, 5)),)
    yield (rng.poisson(1.5, (3, 6)).astype(np.float32),)
    yield (np.array([[0, 4]]),)


EXERCISE = Code(
    name="07.rarity",
    title="How telling is a token?",
    text="""Write `rarity(counts)`: the factor of the equation above for every token, $1 + \\ln \\frac{1 + D}{1 + D_k}$.
`counts[i, k]` says how often text $i$ holds token $k$; there are $D$ texts, and $D_k$ of them hold the token at least
once.""",
    trains="counting texts, not tokens",
    signature="counts (document, token) → (token,)",
    reference=rarity,
    rights=(_logs, _loop),
    forbidden=(
        "vmm_edu.features.tf_idf",
        "sklearn.feature_extraction.text.TfidfTransformer",
        "sklearn.feature_extraction.text.TfidfVectorizer",
    ),
    wrongs=(
        Wrong(
            _tokens_counted,
            "every occurrence counts",
            "A text that says it three times is still one text: counts > 0 before you sum.",
        ),
        Wrong(_all_tokens, "shares of all tokens are compared", "Count texts: how many there are, how many hold it."),
        Wrong(_by_text, "tokens are counted in each text", "One number for each token: sum over the texts, axis 0."),
        Wrong(
            _not_smoothed,
            "the ones inside the fraction are left out",
            "A token of no training text would then divide by 0. The formula pretends one more text that holds all.",
        ),
        Wrong(_no_one, "the 1 in front is left out", "A token of every text would then weigh nothing at all."),
        Wrong(_upside_down, "the fraction is turned round", "Rare tokens weigh more: D stands on top."),
        Wrong(_no_log, "the logarithm is missing", "Without it a token of one text in a thousand drowns all others."),
        Wrong(_base_ten, "the logarithm is to base 10", "ln is the natural one, np.log."),
        Wrong(_base_two, "the logarithm is to base 2", "ln is the natural one, np.log."),
        Wrong(_weighted, "the counts are weighted already", "First the factor alone, one for each token."),
    ),
    cases=_cases,
    hints=(
        "counts > 0 says which text holds which token. Sum it over the texts.",
        "1 + np.log((1 + len(counts)) / (1 + holding))",
    ),
    takeaway="A word is telling when few texts have it, however often those say it.",
    minutes=5,
    difficulty=2,
    points=2,
)
