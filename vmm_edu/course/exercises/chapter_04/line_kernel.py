"""A kernel of one's own."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def line_kernel():
    """A kernel that answers to upright lines and to nothing flat, sloping or lying."""
    return np.array([[-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0]])


def _one_row():
    return 4 * np.outer([0.0, 1.0, 0.0], [-0.5, 1.0, -0.5])


def _smoothed_second_difference():
    kernel = np.zeros((3, 3))
    for row, share in enumerate((0.25, 0.5, 0.25)):
        kernel[row] = share * np.array([-1, 2, -1])
    return kernel


def _normalised_to_nothing_in_the_mean():
    bright = np.zeros((3, 3), np.float32)
    bright[:, 1] = 255
    return bright - bright.mean(axis=1, keepdims=True)


def _tiny():
    return np.tile([-1e-9, 2e-9, -1e-9], (3, 1))


def _edge():
    return np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])


def _bright_column():
    return np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])


def _lying():
    return np.array([[-1.0, -1.0, -1.0], [2.0, 2.0, 2.0], [-1.0, -1.0, -1.0]])


def _spot():
    return np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])


def _dark():
    return np.array([[1.0, -2.0, 1.0], [1.0, -2.0, 1.0], [1.0, -2.0, 1.0]])


def _one_side():
    return np.array([[-1.0, 1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])


def _cases(rng):
    yield ()


def _verify(cases, results):
    from vmm_edu.course.comparing import real_numbers

    for kernel in results:
        k = real_numbers(kernel)
        if k is None:
            return "the kernel is no array of numbers; expected one of shape (3, 3)."
        if k.shape != (3, 3):
            return f"the kernel should have shape (3, 3); got {k.shape}."
        if not np.isfinite(k).all():
            return "every weight must be a finite number."
        # Half a kernel is as good as a kernel: what counts as 0 goes by the largest weight.
        nothing = 1e-6 * max(np.abs(k).max(), 1e-30)
        flat, upright, lying = (
            np.ones((3, 3)),
            np.array([[0.0, 1.0, 0.0]] * 3),
            np.array([[0.0] * 3, [1.0] * 3, [0.0] * 3]),
        )
        slope = np.array([[0.0, 1.0, 2.0]] * 3)

        def answer(image, k=k):
            return float((image * k).sum())

        if abs(answer(flat)) > nothing:
            return f"on a flat grey patch it answers {answer(flat):.3g}. A wall is no line: the weights must sum to 0."
        if abs(answer(lying)) > nothing:
            return f"a lying line makes it answer {answer(lying):.3g}. Each row of weights must sum to 0 on its own."
        if abs(answer(slope)) > nothing:
            return f"where the light changes evenly it answers {answer(slope):.3g}. Make it the same left and right."
        if answer(upright) <= nothing:
            return f"a bright upright line makes it answer {answer(upright):.3g}; expected a number above 0."
        if any(
            abs(answer(slope.T)) > nothing or abs(answer(image)) > nothing
            for image in (lying[::-1], np.roll(lying, 1, 0))
        ):
            return "a lying line, or light that changes downwards, makes it answer. Each row of weights must sum to 0."
    return None


EXERCISE = Code(
    name="04.line_kernel",
    title="Open: a kernel of your own",
    text="""Design a 3 × 3 kernel by thinking. `line_kernel()` returns it. It must
- answer with a number **above 0** to a bright upright line, one pixel wide, through its middle column,
- answer **0** to a flat patch, to a lying line, and to light that rises evenly from left to right.

Many kernels do. Then let it run over the photograph with `convolve` and look at what it finds.""",
    trains="reading a kernel",
    signature="→ (3, 3)",
    reference=line_kernel,
    rights=(_one_row, _smoothed_second_difference, _normalised_to_nothing_in_the_mean, _tiny),
    wrongs=(
        Wrong(
            _edge,
            "an edge is found instead of a line",
            "A line looks the same from left and right; so must the kernel.",
        ),
        Wrong(
            _bright_column,
            "everything bright in the middle column is found",
            "A flat wall is bright in the middle column too. Let the neighbours count against it.",
        ),
        Wrong(
            _lying,
            "lying lines are found",
            "Upright means: the columns differ, the rows do not.",
        ),
        Wrong(
            _spot,
            "spots are found",
            "A lying line through the middle also excites it. Make each row sum to 0.",
        ),
        Wrong(
            _dark,
            "dark lines are found",
            "Turn the signs around.",
        ),
        Wrong(
            _one_side,
            "the line is compared with its left neighbour only",
            "Then evenly rising light excites it. Compare with both neighbours.",
        ),
    ),
    cases=_cases,
    verify=_verify,
    hints=(
        "Begin with one row of three weights. It must be 0 on (1, 1, 1) and on (0, 1, 2), and above 0 on (0, 1, 0).",
        "(−1, 2, −1) is such a row. What may the three rows look like?",
    ),
    takeaway="Weights that sum to 0 ignore what is flat; symmetric ones ignore what slopes.",
    minutes=12,
    difficulty=3,
    points=3,
)
