"""How many places are there?"""

from vmm_edu.course.exercise import Code, Wrong


def output_size(size, kernel, stride, padding):
    """The places of a kernel along one side."""
    return (size + 2 * padding - kernel) // stride + 1


def _by_counting(size, kernel, stride, padding):
    places = 0
    for start in range(-padding, size + padding, stride):
        if start + kernel <= size + padding:
            places += 1
    return places


def _by_range(size, kernel, stride, padding):
    return len(range(0, size + padding + padding - kernel + 1, stride))


def _without_the_one(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride


def _padding_on_one_side(size, kernel, stride, padding):
    return (size + padding - kernel) // stride + 1


def _stride_forgotten(size, kernel, stride, padding):
    return size + 2 * padding - kernel + 1


def _kernel_forgotten(size, kernel, stride, padding):
    return (size + 2 * padding) // stride


def _rounded_up(size, kernel, stride, padding):
    return -(-(size + 2 * padding - kernel) // stride) + 1


def _rounded(size, kernel, stride, padding):
    return round((size + 2 * padding - kernel) / stride) + 1


def _padding_forgotten(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


def _not_whole(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) / stride + 1


def _cases(rng):
    yield 64, 5, 2, 2
    yield 7, 3, 2, 0
    yield 8, 3, 3, 1
    yield 5, 5, 1, 0
    yield 9, 4, 2, 3
    yield 10, 3, 4, 0
    for _ in range(6):
        kernel = int(rng.integers(1, 8))
        yield int(rng.integers(kernel, 40)), kernel, int(rng.integers(1, 5)), int(rng.integers(0, 4))


EXERCISE = Code(
    name="04.output_size",
    title="How many places?",
    text="""An image has `size` pixels a side. `padding` rows of zeros are put on **each** side; the kernel moves by
`stride`.
Write `output_size(size, kernel, stride, padding)`: at how many places does the kernel fit along a side?""",
    trains="padding and stride",
    signature="size, kernel, stride, padding, whole numbers → whole number",
    reference=output_size,
    rights=(_by_counting, _by_range),
    wrongs=(
        Wrong(
            _without_the_one,
            "the first place is not counted",
            "A kernel as large as the image fits once, not zero times.",
        ),
        Wrong(
            _padding_on_one_side,
            "zeros are put on one side only",
            "There are two sides: 2 · padding.",
        ),
        Wrong(
            _stride_forgotten,
            "the stride is left out",
            "With a stride of 2 every other place is skipped.",
        ),
        Wrong(
            _kernel_forgotten,
            "the kernel may begin on every pixel",
            "It must end inside the image too.",
        ),
        Wrong(
            _rounded_up,
            "a last place is counted where the kernel hangs over",
            "Round down: what does not fit is not visited.",
        ),
        Wrong(
            _rounded,
            "the number of steps is rounded to the nearest",
            "Round down, always: three quarters of a step are no step.",
        ),
        Wrong(
            _padding_forgotten,
            "the padding is left out",
            "The kernel also visits the zeros around the image.",
        ),
        Wrong(
            _not_whole,
            "the number of steps is not rounded",
            "Places are counted: divide with //.",
        ),
    ),
    cases=_cases,
    forbidden=("vmm_edu.features.output_size",),
    hints=(
        "How far can the kernel's corner move, in pixels? The image is size + 2 · padding wide.",
        "The corner moves by stride: how many steps fit into that way? One place is there before the first step.",
    ),
    takeaway="⌊(n + 2p − k) / s⌋ + 1. With k = 3, p = 1, s = 1 the size stays.",
    minutes=5,
    difficulty=1,
    points=2,
)
