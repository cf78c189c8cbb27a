"""How often does jit compile?"""

import jax
import jax.numpy as jnp

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def recompiles():
    """Counts how often the function is traced: Python code inside it runs then and only then."""
    traced = []

    @jax.jit
    def double(x):
        traced.append(x.shape)
        return 2 * x

    double(jnp.zeros(3))
    double(jnp.ones(3))
    double(jnp.zeros(4))
    double(jnp.zeros(3, jnp.int32))
    double(jnp.ones(4))
    return len(traced)


EXERCISE = Number(
    name="00b.recompiles",
    title="How often does it compile?",
    text="""`double = jax.jit(lambda x: 2 * x)` is called five times, one after the other:

1. `double(jnp.zeros(3))`
2. `double(jnp.ones(3))`
3. `double(jnp.zeros(4))`
4. `double(jnp.zeros(3, jnp.int32))`
5. `double(jnp.ones(4))`

How many times is it compiled? Say a number before you try.""",
    trains="what jit compiles for",
    reference=recompiles,
    rights=(3.0, 6 / 2),
    wrongs=(
        Wrong(
            5,
            "every call compiles",
            "Other values of the same shape and dtype use the compiled program again.",
        ),
        Wrong(
            1,
            "one program serves every input",
            "A compiled program is for one shape and one dtype.",
        ),
        Wrong(
            2,
            "only the shapes count",
            "Look at the dtype in the fourth call.",
        ),
        Wrong(
            4,
            "other values of a known shape compile once more",
            "Calls 2 and 5 bring new values only. Which of the others bring a new shape or a new dtype?",
        ),
        Wrong(
            0,
            "compiling happens when jax.jit is written",
            "jax.jit waits: it compiles when it first meets a shape and a dtype.",
        ),
    ),
    hints=(
        "Write shape and dtype beside every call.",
        "Each new pair of shape and dtype compiles once. Count the different pairs.",
    ),
    takeaway="One program for each pair of shape and dtype; values do not matter. So pad clips to few lengths.",
    minutes=3,
    difficulty=2,
    points=1,
)
