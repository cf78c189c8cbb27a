"""How many numbers does a layer learn?"""

from vmm_edu.course.exercise import Code, Wrong


def count_parameters(kernel, channels, filters, height, width):
    """Weights and offsets of a convolution layer; the image's size does not matter."""
    return kernel * kernel * channels * filters + filters


def _per_filter(kernel, channels, filters, height, width):
    return filters * (kernel**2 * channels + 1)


def _by_adding(kernel, channels, filters, height, width):
    total = 0
    for _ in range(filters):
        total += 1
        for _ in range(channels):
            total += kernel**2
    return total


def _no_offsets(kernel, channels, filters, height, width):
    return kernel**2 * channels * filters


def _offset_per_pixel(kernel, channels, filters, height, width):
    return kernel**2 * channels * filters + filters * height * width


def _one_offset(kernel, channels, filters, height, width):
    return kernel**2 * channels * filters + 1


def _channels_forgotten(kernel, channels, filters, height, width):
    return kernel**2 * filters + filters


def _weights_per_pixel(kernel, channels, filters, height, width):
    return (kernel**2 * channels + 1) * filters * height * width


def _dense(kernel, channels, filters, height, width):
    return height * width * channels * filters + filters


def _one_side(kernel, channels, filters, height, width):
    return kernel * channels * filters + filters


def _cases(rng):
    yield 5, 3, 16, 64, 64
    yield 1, 8, 4, 7, 9
    for _ in range(4):
        yield tuple(int(rng.integers(2, 9)) for _ in range(5))


EXERCISE = Code(
    name="04.count_parameters",
    title="How many numbers are learned?",
    text="""A convolution layer has kernels of `kernel` × `kernel` pixels, `channels` maps come in, `filters` maps go
out, and each filter has one offset. The maps that come in are `height` × `width`.
Write `count_parameters(kernel, channels, filters, height, width)`: how many numbers does the layer learn? Not every
argument is needed.""",
    trains="weights are shared between places",
    signature="five whole numbers → whole number",
    reference=count_parameters,
    rights=(_per_filter, _by_adding),
    wrongs=(
        Wrong(
            _no_offsets,
            "the offsets are forgotten",
            "Each filter adds one number of its own.",
        ),
        Wrong(
            _offset_per_pixel,
            "every pixel of a map has an offset of its own",
            "The offset is shared by all places of a map, as the weights are: one per filter.",
        ),
        Wrong(
            _one_offset,
            "all filters share one offset",
            "One per filter.",
        ),
        Wrong(
            _channels_forgotten,
            "a kernel looks at one channel",
            "A kernel has weights for every channel that comes in, and sums over all of them.",
        ),
        Wrong(
            _weights_per_pixel,
            "every place has weights of its own",
            "The same kernel is used at every place: that is what a convolution is.",
        ),
        Wrong(
            _dense,
            "every pixel has a weight for every filter",
            "That is a linear layer. A kernel only has kernel × kernel pixels.",
        ),
        Wrong(
            _one_side,
            "a kernel is a row of pixels",
            "It is a square: kernel × kernel.",
        ),
    ),
    cases=_cases,
    hints=(
        "How many weights has one kernel? It covers a square of pixels, in every channel.",
        "There is one kernel and one offset for each filter. Where does the image's size come in?",
    ),
    takeaway="k²·channels·filters + filters, whatever the size of the image.",
    minutes=4,
    difficulty=1,
    points=2,
)
