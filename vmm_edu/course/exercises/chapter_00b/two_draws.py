"""Two random arrays from one key."""

import jax
import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def two_draws(key, length):
    """Two independent arrays of normal numbers."""
    first, second = jax.random.split(key)
    return jax.random.normal(first, (length,)), jax.random.normal(second, (length,))


def _one_draw_cut_in_two(key, length):
    both = jax.random.normal(key, (2 * length,))
    return both[:length], both[length:]


def _folded(key, length):
    return tuple(jax.random.normal(jax.random.fold_in(key, i), (length,)) for i in range(2))


def _same_key_twice(key, length):
    return jax.random.normal(key, (length,)), jax.random.normal(key, (length,))


def _own_seed(key, length):
    first, second = jax.random.split(jax.random.key(0))
    return jax.random.normal(first, (length,)), jax.random.normal(second, (length,))


def _uniform(key, length):
    first, second = jax.random.split(key)
    return jax.random.uniform(first, (length,)), jax.random.uniform(second, (length,))


def _key_used_and_split(key, length):
    _, second = jax.random.split(key)
    return jax.random.normal(second, (length,)), -jax.random.normal(second, (length,))


def _only_one(key, length):
    first, _ = jax.random.split(key)
    return jax.random.normal(first, (length,))


def _numpy_seeded(key, length):
    rng = np.random.default_rng(0)
    return rng.normal(size=length), rng.normal(size=length)


LENGTH = 4000


def _cases(rng):
    for _ in range(3):
        yield jax.random.key(int(rng.integers(2**31))), LENGTH


def _verify(cases, results):
    for result in results:
        if not isinstance(result, tuple) and not (hasattr(result, "shape") and result.shape == (2, LENGTH)):
            return "the result should be a tuple of two arrays."
        if len(result) != 2 or any(np.shape(draw) != (LENGTH,) for draw in result):
            return f"the result should be two arrays of shape ({LENGTH},); got {[np.shape(draw) for draw in result]}."
        a, b = (np.asarray(draw, np.float64) for draw in result)
        if np.array_equal(a, b):
            return "both draws are the same numbers. A key that is used twice gives the same numbers twice: split it."
        if abs(np.corrcoef(a, b)[0, 1]) > 0.1:
            return "the two draws depend on each other. Each one needs a key of its own."
        for draw in (a, b):
            # 0.1 is more than six standard errors at this length, for the mean and for the standard deviation.
            if abs(draw.mean()) > 0.1 or abs(draw.std() - 1) > 0.1 or not 2 < draw.max() < 7:
                return (
                    f"expected normal numbers, mean 0 and standard deviation 1; got mean {draw.mean():.1f} "
                    f"and standard deviation {draw.std():.1f}."
                )
    if any(np.array_equal(results[0][i], other[j]) for other in results[1:] for i in (0, 1) for j in (0, 1)):
        return "another key gives the same numbers. Let the randomness come from the key that is passed in."
    return None


EXERCISE = Code(
    name="00b.two_draws",
    title="Two draws from one key",
    text="""Write `two_draws(key, length)`: two arrays of normal numbers that have nothing to do with each other.
The same key gives the same two arrays again; another key gives others.""",
    trains="random keys",
    signature="key, length → two arrays (length,), normal",
    reference=two_draws,
    rights=(_one_draw_cut_in_two, _folded),
    wrongs=(
        Wrong(
            _same_key_twice,
            "one key is used for both draws",
            "A key is a seed, not a stream: the same key gives the same numbers. Split it into two first.",
        ),
        Wrong(
            _own_seed,
            "the key that is passed in is ignored and a fixed one is used",
            "Whoever calls your function chooses the key. Split that one.",
        ),
        Wrong(
            _uniform,
            "the numbers are drawn uniformly from 0 to 1",
            "jax.random.normal draws normal ones.",
        ),
        Wrong(
            _key_used_and_split,
            "both draws come from one of the two new keys",
            "split gives two keys. Use each of them once.",
        ),
        Wrong(
            _only_one,
            "only one array is returned",
            "Return both: return a, b.",
        ),
        Wrong(
            _numpy_seeded,
            "NumPy draws with a seed of its own",
            "Then the key changes nothing. Draw with jax.random and the key.",
        ),
    ),
    cases=_cases,
    verify=_verify,
    equivalents={
        "return (jax.random.normal(first, (length,)), jax.random.normal(second, (length,))) ⇒ "
        "return (jax.random.normal(second, (length,)), jax.random.normal(first, (length,)))": "two independent draws "
        "have no order",
    },
    hints=(
        "What does jax.random.normal give when it is called twice with one key?",
        "first, second = jax.random.split(key)",
    ),
    takeaway="One key, one draw: split before you draw again.",
    minutes=4,
    difficulty=1,
    points=2,
)
