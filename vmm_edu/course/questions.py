"""The kinds of exercise that ask for a value: a number, a choice, an order, a text."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from vmm_edu.course.exercise import Exercise


@dataclass(frozen=True, kw_only=True)
class Number(Exercise):
    """Predict a number.

    Attributes:
        reference: Computes the number, so that the declaration holds the reasoning and not only its result.
        atol: An answer within atol is right.
        rights: Other ways to write the same number that are accepted: 97.2 for 0.972.
        wrongs: Wrong numbers.
    """

    kind: ClassVar[str] = "number"
    reference: Callable[[], float]
    atol: float = 1e-9

    @property
    def ask(self) -> str:
        """What the comment in the stub asks for."""
        return "a number"

    @property
    def source(self) -> str:
        """The computation behind the number, as Python source."""
        return textwrap.dedent(inspect.getsource(inspect.unwrap(self.reference))).rstrip()


@dataclass(frozen=True, kw_only=True)
class Choice(Exercise):
    """Choose one of several statements.

    Attributes:
        options: Letter → statement; five or more, so that there are four wrong ones.
        reference: The right letter.
        wrongs: One for every other letter.
        because: Why the right one is right; shown by `solution`.
    """

    kind: ClassVar[str] = "choice"
    few_rights: ClassVar[int] = 0
    options: Mapping[str, str]
    reference: str
    because: str

    def __post_init__(self) -> None:
        """Refuses a declaration that breaks the rules."""
        super().__post_init__()
        letters = sorted(wrong.answer for wrong in self.wrongs)
        others = sorted(set(self.options) - {self.reference})
        self._need(letters == others, f"one wrong answer for each of {others}", letters)

    @property
    def ask(self) -> str:
        """What the comment in the stub asks for."""
        return "one of " + ", ".join(f'"{letter}"' for letter in self.options)


@dataclass(frozen=True, kw_only=True)
class Order(Exercise):
    """Put items in order.

    Attributes:
        items: Letter → item, in the shuffled order in which they are shown.
        reference: The letters in the right order, "bca".
        wrongs: Wrong orders, strings of letters.
        because: Why this is the order; shown by `solution`.
    """

    kind: ClassVar[str] = "order"
    few_rights: ClassVar[int] = 0
    items: Mapping[str, str]
    reference: str
    because: str

    def __post_init__(self) -> None:
        """Refuses a declaration that breaks the rules."""
        super().__post_init__()
        for order in (self.reference, *(wrong.answer for wrong in self.wrongs)):
            self._need(sorted(order) == sorted(self.items), f"an order of {''.join(self.items)}", order)

    @property
    def ask(self) -> str:
        """What the comment in the stub asks for."""
        return f'the letters in order, such as "{"".join(self.items)}"'


@dataclass(frozen=True, kw_only=True)
class Explain(Exercise):
    """Explain in your own words; graded by a person.

    Attributes:
        reference: A model answer.
        rubric: What a good answer says, one line each; the learner compares, the lecturer grades by it.
        rights: Two other wordings that a person would accept, and the checker must.
        words: The least number of words.
    """

    kind: ClassVar[str] = "explain"
    few_wrongs: ClassVar[int] = 0
    reference: str
    rubric: Sequence[str]
    words: int = 15

    def __post_init__(self) -> None:
        """Refuses a declaration that breaks the rules."""
        super().__post_init__()
        self._need(len(self.rubric) >= 2, "a rubric of at least two lines", self.rubric)

    @property
    def stub(self) -> str:
        """An empty text in triple quotes."""
        return f'{self.variable} = """\n"""'
