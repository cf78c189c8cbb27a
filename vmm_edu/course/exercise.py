"""What an exercise is: one declaration that the notebooks, the checker, the tests and the grader all read.

An exercise is one of five kinds. `Code` asks for a function and is checked by calling it; `Number`, `Choice` and
`Order` ask for a value; `Explain` asks for a few sentences, which no program can judge, so it only sees that there are
some and shows a model answer. A declaration that breaks the rules (too few right or wrong answers, no hints) does not
get past its constructor.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

NAME = re.compile(r"(?P<chapter>\d\d[a-z]?)\.(?P<tail>[a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that learners really give, with what to say about it.

    Attributes:
        answer: The wrong function, or the wrong value.
        when: Ends the sentence "your result equals what you get when …".
        advice: What to think about next; whole sentences.
    """

    answer: Any
    when: str
    advice: str

    @property
    def name(self) -> str:
        """A short name: that of the function, or the value itself."""
        return getattr(self.answer, "__name__", str(self.answer)).lstrip("_")


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What all kinds share.

    Attributes:
        name: Chapter, dot, a Python name: "05.keep_or_drop".
        title: A few words for the card.
        text: The task in Markdown, second person, as it stands in the notebook.
        trains: What it trains, a few words.
        hints: At least two, from a nudge to nearly the answer.
        takeaway: One sentence, shown with the pass.
        minutes: Time it takes, in minutes.
        difficulty: 1, 2 or 3.
        points: Points in a graded course.

    Raises:
        ValueError: A field breaks a rule above; the message names it.
    """

    kind: ClassVar[str]
    name: str
    title: str
    text: str
    trains: str
    hints: Sequence[str]
    takeaway: str
    minutes: int
    difficulty: int
    points: int
    wrongs: Sequence[Wrong] = ()
    rights: Sequence[Any] = ()
    few_wrongs: ClassVar[int] = 4
    few_rights: ClassVar[int] = 2

    def __post_init__(self) -> None:
        """Refuses a declaration that breaks the rules."""
        self._need(NAME.fullmatch(self.name), "a name such as '05.keep_or_drop'", self.name)
        self._need(len(self.hints) >= 2, "at least two hints", len(self.hints))
        self._need(self.difficulty in (1, 2, 3), "a difficulty of 1, 2 or 3", self.difficulty)
        self._need(self.minutes > 0 and self.points > 0, "minutes and points above zero", (self.minutes, self.points))
        self._need(
            len(self.rights) >= self.few_rights, f"at least {self.few_rights} further right answers", self.rights
        )
        self._need(len(self.wrongs) >= self.few_wrongs, f"at least {self.few_wrongs} wrong answers", len(self.wrongs))
        names = [wrong.name for wrong in self.wrongs]
        self._need(len(set(names)) == len(names), "wrong answers with different names", names)

    def _need(self, holds: Any, expected: str, got: Any) -> None:
        if not holds:
            raise ValueError(f"exercise {self.name}: expected {expected}, got {got!r}")

    @property
    def chapter(self) -> str:
        """The part of the name before the dot: "05", "00b"."""
        return self.name.partition(".")[0]

    @property
    def variable(self) -> str:
        """The part of the name after the dot: the learner's function or variable."""
        return self.name.partition(".")[2]

    @property
    def stub(self) -> str:
        """The blank that the notebook starts from: one line of Python."""
        return f"{self.variable} = ...  # {self.ask}"

    @property
    def ask(self) -> str:
        """What the comment in the stub asks for."""
        return "your answer"


@dataclass(frozen=True, kw_only=True)
class Code(Exercise):
    """Write a function.

    Attributes:
        signature: Shapes in words, "c (batch, hidden), f (batch, hidden) → (batch, hidden)"; the stub's docstring.
        reference: The model answer; an ordinary function with the name of the exercise, self-contained but for imports.
        rights: At least two more functions that are right in another way.
        wrongs: Wrong functions.
        cases: Takes a random generator, gives the tuples of arguments to try; the first is small, for messages.
        rtol, atol: A value is right within atol + rtol·|expected|.
        forbidden: Dotted names of library functions that would do the exercise: "numpy.cumsum".
        through: Wraps the learner's function before the call, for example `jax.jit`.
        verify: Replaces the comparison with the reference where many results are right. Takes the cases and the
            results; gives what is wrong, or None.
        equivalents: Mutants of the reference that no test can kill: changed statement → why it is equivalent.
        code: The stub's body, where a bare `...` is not enough.
        limit_s: Seconds of processor time that all calls together may take; waiting ends too, but later.
    """

    kind: ClassVar[str] = "code"
    signature: str
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], Iterable[tuple[Any, ...]]]
    rtol: float = 1e-4
    atol: float = 1e-5
    forbidden: Sequence[str] = ()
    through: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    verify: Callable[[Sequence[tuple[Any, ...]], Sequence[Any]], str | None] | None = None
    equivalents: Mapping[str, str] = field(default_factory=dict)
    code: str = "...  # your code"
    limit_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuses a declaration that breaks the rules."""
        super().__post_init__()
        name = getattr(self.reference, "__name__", None)
        self._need(name == self.variable, f"a reference function called {self.variable}", name)

    @property
    def stub(self) -> str:
        """The function that the learner starts from, with its shapes as docstring."""
        arguments = ", ".join(str(p) for p in self.parameters.values())
        body = f'"""{self.signature}."""\n{textwrap.dedent(self.code).strip()}'
        return f"def {self.variable}({arguments}):\n{textwrap.indent(body, '    ')}"

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function, by name."""
        return inspect.signature(self.reference).parameters

    @property
    def source(self) -> str:
        """The reference as Python source."""
        return textwrap.dedent(inspect.getsource(inspect.unwrap(self.reference))).rstrip()
