"""Any number of witnesses."""

import math

from vmm_edu.course.exercise import Code, Wrong


def many_witnesses(n, p):
    """The chance that more than half of n independent witnesses are right."""
    total = 0.0
    for k in range(n // 2 + 1, n + 1):
        total += math.comb(n, k) * p**k * (1 - p) ** (n - k)
    return total


def _one_witness_after_another(n, p):
    chance = [1.0]
    for _ in range(n):
        chance = [
            (chance[k] if k < len(chance) else 0.0) * (1 - p) + (chance[k - 1] if k else 0.0) * p
            for k in range(len(chance) + 1)
        ]
    return sum(c for k, c in enumerate(chance) if 2 * k > n)


def _one_minus_the_wrong(n, p):
    ways = [math.factorial(n) / (math.factorial(k) * math.factorial(n - k)) for k in range(n + 1)]
    return 1 - sum(ways[k] * p**k * (1 - p) ** (n - k) for k in range((n + 1) // 2))


def _all_right(n, p):
    return p**n


def _one_is_enough(n, p):
    return 1 - (1 - p) ** n


def _bare_majority(n, p):
    k = n // 2 + 1
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


def _without_the_ways(n, p):
    return sum(p**k * (1 - p) ** (n - k) for k in range(n // 2 + 1, n + 1))


def _from_the_half_down(n, p):
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n // 2, n + 1))


def _not_all(n, p):
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n // 2 + 1, n))


def _one_witness(n, p):
    return p


def _cases(rng):
    yield 3, 0.9
    yield 1, 0.7
    yield 5, 0.5
    for _ in range(5):
        yield 2 * int(rng.integers(1, 12)) + 1, float(rng.uniform(0.3, 0.95))


EXERCISE = Code(
    name="00.many_witnesses",
    title="Open: many witnesses",
    text="""Now there are `n` independent witnesses (`n` is odd), each right with probability `p`, and the majority
is believed.
Write `many_witnesses(n, p)`: the probability that it is right. Then play with it. How many witnesses
with `p = 0.6` are worth one with 0.9?
And what do many witnesses do when each is right with `p = 0.4`?""",
    trains="ceilings are sums over what can happen",
    signature="n witnesses, odd, p 0…1 → probability",
    reference=many_witnesses,
    rights=(_one_witness_after_another, _one_minus_the_wrong),
    wrongs=(
        Wrong(
            _all_right,
            "all witnesses must be right",
            "More than half is enough. Add up all the counts that are a majority.",
        ),
        Wrong(
            _one_is_enough,
            "one right witness is enough",
            "Nobody tells you which one is right. Count the majorities.",
        ),
        Wrong(
            _bare_majority,
            "exactly the smallest majority is right",
            "Larger majorities count too: sum up to n.",
        ),
        Wrong(
            _without_the_ways,
            "each count is taken once",
            "k right witnesses can be chosen in math.comb(n, k) ways.",
        ),
        Wrong(
            _from_the_half_down,
            "the sum begins one too low",
            "For n = 3 a majority is 2 or 3. What is n // 2 there?",
        ),
        Wrong(
            _not_all,
            "the sum stops before all n are right",
            "range(a, b) leaves b out.",
        ),
        Wrong(
            _one_witness,
            "one witness is asked",
            "Let them vote.",
        ),
    ),
    cases=_cases,
    equivalents={
        "for k in range(n // 2 + 1, n + 1): ⇒ for k in range(n // 2 + 1, n + 2):": "math.comb(n, n + 1) is 0",
    },
    rtol=1e-6,
    atol=1e-9,
    hints=(
        "What is the probability that exactly k of n are right?",
        "math.comb(n, k) * p**k * (1 - p)**(n - k). Which values of k are a majority?",
        "Sum it over range(n // 2 + 1, n + 1).",
    ),
    takeaway="A ceiling is a sum over everything that can happen.",
    minutes=15,
    difficulty=3,
    points=3,
)
