"""What jit does to a side effect."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "3, because it is called three times",
    "b": "1, because the line runs while the function is traced, and never again for that shape",
    "c": "0, because jit removes everything that is not an array",
    "d": "an error, because a compiled function cannot see a list",
    "e": "2, once for tracing and once for compiling",
}
EXERCISE = Choice(
    name="00b.which_is_pure",
    title="Break it: a side effect",
    text="""`calls` is an empty list, and this function is called three times with arrays of the same shape and
dtype.

    @jax.jit
    def double(x):
        calls.append("called")
        return 2 * x

How long is `calls` afterwards?

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="pure functions",
    options=OPTIONS,
    reference="b",
    because="jit runs your Python once, with placeholders, to see what is computed. Only the computation is "
    "compiled; "
    "the append is no part of it.",
    wrongs=(
        Wrong(
            "a",
            "jit ran your Python at every call",
            "It runs the compiled computation. Try it with a print inside.",
        ),
        Wrong(
            "c",
            "jit read your source and left lines out",
            "It does run your function, with placeholders, to see what it computes.",
        ),
        Wrong(
            "d",
            "the compiled program touched the list",
            "Python touches it, while tracing. That is what makes side effects so treacherous: no error.",
        ),
        Wrong(
            "e",
            "compiling ran your Python a second time",
            "The compiler works on what tracing wrote down.",
        ),
    ),
    hints=(
        "When does the Python inside a jitted function run?",
        "Once for each new pair of shape and dtype. Here there is one pair.",
    ),
    takeaway="A jitted function should only take and return; anything else happens once or not at all.",
    minutes=3,
    difficulty=2,
    points=1,
)
