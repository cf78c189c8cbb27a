"""Text in; tokens, and token ids with a mask, out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Int32

from vmm_edu.features.arrays import AnyArray

PADDING, UNKNOWN = 0, 1
RESERVED = 2
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003323f"
TOKEN = re.compile(f"[{HAN}]|(?:(?![{HAN}])[^\\W_])+(?:'(?:(?![{HAN}])[^\\W_])+)*")


def tokenize(text: str) -> list[str]:
    """Cut text into tokens: words, in lower case, and single Chinese characters.

    Width and composition of characters are made uniform (Unicode NFKC) first. Punctuation is left out; an apostrophe
    inside a word stays. Other scripts without spaces (Thai, Japanese kana) come out as long tokens.

    Args:
        text: any text; empty text has no tokens.

    Returns:
        Tokens in order.

    Raises:
        ValueError: `text` is not a string.
    """
    if not isinstance(text, str):
        raise ValueError(f"expected a string, got {type(text).__name__}; tokenize texts one by one")
    return TOKEN.findall(unicodedata.normalize("NFKC", text).replace("\u2019", "'").lower())


class Encoded(NamedTuple):
    """Texts as numbers.

    Attributes:
        tokens: int32 (batch, token); 0 = padding, 1 = unknown.
        mask: bool (batch, token); True = a real token.
    """

    tokens: Int32[np.ndarray, "batch token"]
    mask: Bool[np.ndarray, "batch token"]


@dataclass(frozen=True)
class Vocabulary:
    """The tokens a model knows, each with its id; build it from training texts only.

    Attributes:
        tokens: known tokens; `tokens[k]` has the id k + 2, because 0 is padding and 1 is "unknown".
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(isinstance(token, str) and token for token in self.tokens):
            raise ValueError("expected tokens that are strings and not empty")
        if len(set(self.tokens)) != len(self.tokens):
            twice = next(token for token, count in Counter(self.tokens).items() if count > 1)
            raise ValueError(f"expected different tokens, got {twice!r} more than once")

    @classmethod
    def build(cls, texts: Sequence[str], *, min_count: int = 1, size: int | None = None) -> Vocabulary:
        """Collect the tokens of training texts, the most frequent first, equally frequent ones in code-point order.

        Args:
            texts: the training texts.
            min_count: tokens seen less often are left out, and become "unknown".
            size: at most so many tokens; None: all.

        Returns:
            The vocabulary.

        Raises:
            ValueError: one string instead of a sequence of texts, or `min_count` or `size` below 1.
        """
        if min_count < 1 or (size is not None and size < 1):
            raise ValueError(f"expected min_count and size of at least 1, got {min_count} and {size}")
        counts = Counter(token for text in _texts(texts) for token in tokenize(text))
        ranked = sorted((-count, token) for token, count in counts.items() if count >= min_count)
        return cls(tuple(token for _, token in ranked[:size]))

    def __len__(self) -> int:
        """Number of ids, padding and "unknown" among them: the rows that an embedding needs."""
        return len(self.tokens) + RESERVED

    def encode(
        self, texts: Sequence[str], *, length: int | None = None, longer: Literal["refuse", "cut"] = "refuse"
    ) -> Encoded:
        """Turn texts into ids, padded at the end to one length.

        Args:
            texts: any texts; an empty one gives a row that is all padding.
            length: tokens per row; None: as many as the longest text has, at least 1.
            longer: what to do with a text of more than `length` tokens.

        Returns:
            Ids and mask.

        Raises:
            ValueError: one string instead of a sequence, `length` below 1, or a text that is longer and not to be cut.
        """
        ids = {token: k + RESERVED for k, token in enumerate(self.tokens)}
        rows = [[ids.get(token, UNKNOWN) for token in tokenize(text)] for text in _texts(texts)]
        longest = max(map(len, rows), default=0)
        width = max(longest, 1) if length is None else length
        if width < 1:
            raise ValueError(f"expected length of at least 1 token, got {length}")
        if longest > width and longer == "refuse":
            raise ValueError(f"expected texts of at most {width} tokens, got {longest}; raise length, or longer='cut'")
        tokens = np.full((len(rows), width), PADDING, np.int32)
        for row, values in zip(tokens, rows, strict=True):
            row[: len(values)] = values[:width]
        return Encoded(tokens, tokens != PADDING)

    def decode(self, tokens: Int[AnyArray, " token"]) -> list[str]:
        """Turn the ids of one text back into tokens; padding is left out, "unknown" reads `<unknown>`.

        Args:
            tokens: ids 0 … len(self) − 1.

        Returns:
            Tokens in order.

        Raises:
            ValueError: an id that the vocabulary does not have.
        """
        ids = np.asarray(tokens)
        if ids.size and not (ids.min() >= 0 and ids.max() < len(self)):
            raise ValueError(f"expected ids within 0 … {len(self) - 1}, got {ids.min()} … {ids.max()}")
        names = ("", "<unknown>", *self.tokens)
        return [names[k] for k in ids.tolist() if k != PADDING]

    def to_dict(self) -> dict[str, list[str]]:
        """Give what JSON can hold.

        Returns:
            A dictionary with one entry, "tokens".
        """
        return {"tokens": list(self.tokens)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Vocabulary:
        """Make a vocabulary from what `to_dict` gave.

        Args:
            stored: a dictionary, for instance read from JSON.

        Returns:
            An equal vocabulary.

        Raises:
            ValueError: no list "tokens", or one that does not hold different strings.
        """
        tokens = stored.get("tokens") if isinstance(stored, Mapping) else None
        if not isinstance(tokens, list | tuple):
            raise ValueError('expected a dictionary with a list "tokens"; was this made by Vocabulary.to_dict?')
        return cls(tuple(tokens))


def _texts(texts: Sequence[str]) -> Sequence[str]:
    if isinstance(texts, str):
        raise ValueError("expected a sequence of texts, got one string; put it in a list")
    return texts
