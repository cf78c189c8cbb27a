"""One step of the forward algorithm of CTC."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def ctc_step(alpha, log_p, written, blank):
    """Stay, come from the place before, or jump over a blank; then say the symbol of the place."""
    places = np.arange(len(written))
    one_before = np.where(places >= 1, np.roll(alpha, 1), -1e30)
    jump = (places >= 2) & (written != blank) & (written != np.roll(written, 2))
    two_before = np.where(jump, np.roll(alpha, 2), -1e30)
    return log_p[written] + np.logaddexp.reduce([alpha, one_before, two_before])


def _loop(alpha, log_p, written, blank):
    after = []
    for j, symbol in enumerate(written):
        ways = [alpha[j]]
        if j >= 1:
            ways.append(alpha[j - 1])
        if j >= 2 and symbol != blank and symbol != written[j - 2]:
            ways.append(alpha[j - 2])
        after.append(np.logaddexp.reduce(np.array(ways)) + log_p[symbol])
    return np.array(after)


def _table(alpha, log_p, written, blank):
    count = len(written)
    allowed = np.tri(count, dtype=bool) & ~np.tri(count, k=-3, dtype=bool)
    for j in range(2, count):
        allowed[j, j - 2] = written[j] not in (blank, written[j - 2])
    from_all = np.where(allowed, np.asarray(alpha), -1e30)
    return np.asarray(log_p)[np.asarray(written)] + np.log(np.exp(from_all - from_all.max()).sum(1)) + from_all.max()


def _step(alpha, log_p, written, blank, *, jump, join=np.logaddexp.reduce):
    alpha, log_p, written = np.asarray(alpha, float), np.asarray(log_p, float), np.asarray(written)
    after = []
    for j, symbol in enumerate(written):
        ways = list(alpha[max(j - 1, 0) : j + 1])
        if j >= 2 and jump(symbol, written[j - 2]):
            ways.append(alpha[j - 2])
        after.append(join(np.array(ways)) + log_p[symbol])
    return np.array(after)


def _always_jump(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=lambda here, before: True)


def _never_jump(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=lambda here, before: False)


def _jump_over_equals(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=lambda here, before: here != blank)


def _jump_between_blanks(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=lambda here, before: here == blank)


def _may(blank):
    return lambda here, before: here not in (blank, before)


def _best_way(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=_may(blank), join=np.max)


def _logs_added(alpha, log_p, written, blank):
    return _step(alpha, log_p, written, blank, jump=_may(blank), join=np.sum)


def _wraps_around(alpha, log_p, written, blank):
    alpha, log_p, written = np.asarray(alpha, float), np.asarray(log_p, float), np.asarray(written)
    jump = (written != blank) & (written != np.roll(written, 2))
    ways = np.stack([alpha, np.roll(alpha, 1), np.where(jump, np.roll(alpha, 2), -1e30)])
    return np.logaddexp.reduce(ways, axis=0) + log_p[written]


def _cannot_stay(alpha, log_p, written, blank):
    alpha, log_p, written = np.asarray(alpha, float), np.asarray(log_p, float), np.asarray(written)
    after = []
    for j, symbol in enumerate(written):
        ways = [-1e30, *alpha[max(j - 1, 0) : j]]
        if j >= 2 and symbol not in (blank, written[j - 2]):
            ways.append(alpha[j - 2])
        after.append(np.logaddexp.reduce(np.array(ways)) + log_p[symbol])
    return np.array(after)


def _nothing_said(alpha, log_p, written, blank):
    return _step(alpha, np.zeros(len(log_p)), written, blank, jump=_may(blank))


def _said_by_place(alpha, log_p, written, blank):
    ways = _step(alpha, np.zeros(len(log_p)), written, blank, jump=_may(blank))
    return ways + np.resize(np.asarray(log_p, float), len(ways))


def _cases(rng):
    for text, blank in (([1, 1], 0), ([1, 2], 0), ([2, 0], 3), ([2, 0, 0, 1], 3), ([1, 2, 2, 3], 0)):
        written = np.full(2 * len(text) + 1, blank)
        written[1::2] = text
        alpha, log_p = rng.normal(-3, 1, len(written)), rng.normal(0, 1, 4)
        log_p = log_p - np.log(np.exp(log_p).sum())
        alpha, log_p = (np.round(part, 2).astype(np.float32) for part in (alpha, log_p))
        yield alpha, log_p, written, blank
    first = np.where(np.arange(5) == 0, 0.0, -20.0).astype(np.float32)
    yield first, np.log([0.4, 0.3, 0.2, 0.1]).astype(np.float32), np.array([0, 1, 0, 2, 0]), 0


EXERCISE = Code(
    name="07.ctc_step",
    title="Open: one step of CTC",
    text="""The text is written with a blank around each letter: `written` is $l$ of the equation above, for example
`[0, 1, 0, 2, 0]` where the blank is 0. `alpha[j]` is the log of the summed probability of all paths that are at place
$j$ after the step before, `log_p[k]` the log probability of symbol $k$ now. Write
`ctc_step(alpha, log_p, written, blank)`: alpha after this step. Mind the three ways into a place, and when the third
is allowed. Where there is no place before, let the way count as `-1e30`. Then try it: run your step over a whole clip
and compare with `ctc_loss`.""",
    trains="the forward algorithm once more",
    signature="alpha (place,), log_p (symbol,), written (place,), blank: a symbol → (place,)",
    reference=ctc_step,
    rights=(_loop, _table),
    forbidden=("vmm_edu.sequence.ctc_loss", "optax.ctc_loss"),
    wrongs=(
        Wrong(
            _always_jump,
            "every place may be jumped to",
            "From blank to blank would leave a letter out, and between equal letters the blank is needed.",
        ),
        Wrong(
            _never_jump,
            "no blank may be jumped over",
            "Between different letters the blank may be left out: the third way.",
        ),
        Wrong(
            _jump_over_equals,
            "the blank between two equal letters may be left out",
            "Then their runs would merge into one letter. Ask that written[j] differs from written[j - 2].",
        ),
        Wrong(
            _jump_between_blanks,
            "the jump goes from blank to blank",
            "That leaves a letter out. The place jumped to must hold a letter.",
        ),
        Wrong(_best_way, "only the best way counts", "That is Viterbi. Here all ways add up: log of a sum of exp."),
        Wrong(_logs_added, "logarithms are added up", "Numbers add, logarithms do not: logsumexp."),
        Wrong(
            _wraps_around,
            "the first place is reached from the last one",
            "jnp.roll goes around the end. Nothing stands before place 0.",
        ),
        Wrong(_cannot_stay, "a path may not stay where it is", "A letter lasts many steps: alpha[j] itself is a way."),
        Wrong(_nothing_said, "what is said at this step is left out", "Add log_p of the place's own symbol."),
        Wrong(
            _said_by_place,
            "log_p is read at the place, not at its symbol",
            "Place j says written[j]: log_p[written].",
        ),
    ),
    cases=_cases,
    limit_s=20.0,
    equivalents={
        f"jump = (places >= 2) & {rest} ⇒ jump = (places {other}) & {rest}": "place 2 holds a blank: no jump ends there"
        for rest in ("(written != blank) & (written != np.roll(written, 2))",)
        for other in ("> 2", ">= 3")
    },
    rtol=1e-4,
    atol=1e-4,
    hints=(
        "Three rows, one for each way: alpha itself, alpha moved by one place, alpha moved by two.",
        "The third way is open where written[j] is not the blank and is not written[j - 2]; else it is -1e30.",
        "log_p[written] + np.logaddexp.reduce([stay, one, two]); jax.nn.logsumexp does it too.",
    ),
    takeaway="CTC is the forward algorithm of chapter 06 on a chain that the text itself writes.",
    minutes=15,
    difficulty=3,
    points=3,
)
