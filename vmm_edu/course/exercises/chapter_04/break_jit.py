"""A training step that runs and learns nothing."""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "jax.jit rounds the gradients to 0",
    "b": "jax.jit calls the step on a copy of the model; the copy learns and is thrown away",
    "c": "the optimizer needs jax.grad and not nnx.grad",
    "d": "the learning rate is lost while JAX traces, so it is 0",
    "e": "jax.jit caches the loss, so that later calls do not run at all",
}

EXERCISE = Choice(
    name="04.break_jit",
    title="Break it: a step that learns nothing",
    text="""The cell above wrapped one and the same training step in `jax.jit` and in `nnx.jit`. With `jax.jit` there
was no error and a loss came back, but the weights stayed as they were. Why?

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="state and pure functions in NNX",
    options=OPTIONS,
    reference="b",
    because="jax.jit compiles pure functions: what goes in is taken apart into arrays, and only what is *returned* "
    "comes out. The step changes the model in place and returns the loss alone, so the changes are made to a copy. "
    "nnx.jit carries them back; a step that takes the parameters and returns the new ones (make_step) needs no magic.",
    wrongs=(
        Wrong(
            "a",
            "compiling changed the numbers",
            "The loss is that of the uncompiled step. Ask where the new weights go.",
        ),
        Wrong(
            "c",
            "the gradient were the fault",
            "The same step learns under nnx.jit.",
        ),
        Wrong(
            "d",
            "a number could be lost in tracing",
            "Numbers that are not traced become constants of the program; they stay what they are.",
        ),
        Wrong(
            "e",
            "jit remembered results",
            "It remembers programs, not results. Each call computes; ask what comes out of it.",
        ),
    ),
    hints=(
        "Chapter 00b: which changes does a compiled function make outside itself?",
        "What does the step return? What of its work is not among that?",
    ),
    takeaway="A compiled step must return what it changed. Measure that your weights moved.",
    minutes=4,
    difficulty=2,
    points=1,
)
