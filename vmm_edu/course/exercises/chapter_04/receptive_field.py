"""How far does a deep layer see?"""

from vmm_edu.course.exercise import Code, Wrong


def receptive_field(kernels, strides):
    """Side of what one number of the last map sees, in pixels."""
    size, step = 1, 1
    for layer, kernel in enumerate(kernels):
        size += (kernel - 1) * step
        step *= strides[layer]
    return size


def _backwards(kernels, strides):
    size = 1
    for kernel, stride in list(zip(kernels, strides, strict=True))[::-1]:
        size = (size - 1) * stride + kernel
    return size


def _as_a_sum(kernels, strides):
    total = 1
    for layer, kernel in enumerate(kernels):
        step = 1
        for stride in strides[:layer]:
            step = step * stride
        total = total + step * (kernel - 1)
    return total


def _sum_of_kernels(kernels, strides):
    return sum(kernels)


def _strides_forgotten(kernels, strides):
    return 1 + sum(kernel - 1 for kernel in kernels)


def _own_stride_first(kernels, strides):
    size, step = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        step *= stride
        size += (kernel - 1) * step
    return size


def _last_kernel(kernels, strides):
    return kernels[-1]


def _product(kernels, strides):
    total = 1
    for kernel in kernels:
        total *= kernel
    return total


def _only_the_stride_before(kernels, strides):
    size, before = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        size += (kernel - 1) * before
        before = stride
    return size


def _without_itself(kernels, strides):
    size, step = 0, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        size += (kernel - 1) * step
        step *= stride
    return size


def _cases(rng):
    yield (5, 3, 3), (2, 2, 2)
    yield (3, 3), (1, 1)
    yield (4,), (3,)
    yield (3, 2, 5, 3), (1, 3, 2, 2)
    for _ in range(3):
        layers = int(rng.integers(3, 6))
        yield tuple(map(int, rng.integers(2, 6, layers))), tuple(map(int, rng.integers(1, 4, layers)))


EXERCISE = Code(
    name="04.receptive_field",
    title="How far does it see?",
    text="""`kernels` and `strides` list the layers from the image on. Write `receptive_field(kernels, strides)`: how
many pixels a side does **one** number of the last map see? A layer with a kernel of $k$ widens the view by $k - 1$
*places of the map below it*, and those lie as many pixels apart as all strides below it multiplied.""",
    trains="receptive field",
    signature="kernels (layer,), strides (layer,), whole numbers → whole number of pixels",
    reference=receptive_field,
    rights=(_backwards, _as_a_sum),
    wrongs=(
        Wrong(
            _sum_of_kernels,
            "the kernels are added up",
            "Neighbouring views overlap: two kernels of 3 see 5 pixels, not 6.",
        ),
        Wrong(
            _strides_forgotten,
            "all strides are taken as 1",
            "After a stride of 2, neighbouring places lie 2 pixels apart.",
        ),
        Wrong(
            _own_stride_first,
            "a layer's own stride widens its own view",
            "The stride moves the kernel; it does not stretch it. It counts from the next layer on.",
        ),
        Wrong(
            _last_kernel,
            "the last layer alone is looked at",
            "It looks at maps, and each place of those sees several pixels.",
        ),
        Wrong(
            _product,
            "the kernels are multiplied",
            "That would hold if views did not overlap. Two kernels of 3 with stride 1 see 5 pixels.",
        ),
        Wrong(
            _only_the_stride_before,
            "only the stride of the layer before counts",
            "Steps multiply: after strides of 2 and 2, places lie 4 pixels apart.",
        ),
        Wrong(
            _without_itself,
            "the pixel in the middle is forgotten",
            "Without any layer a pixel sees one pixel: itself. Start at 1.",
        ),
    ),
    cases=_cases,
    forbidden=("vmm_edu.features.receptive_field",),
    hints=(
        "Carry two numbers from layer to layer: the size so far, and how many pixels lie between two places.",
        "size += (kernel − 1) · step, then step *= stride. Both start at 1.",
    ),
    takeaway="Depth and stride widen the view; the stride counts for the layers above it.",
    minutes=8,
    difficulty=2,
    points=3,
)
