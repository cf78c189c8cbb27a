"""Change a picture so that nobody sees it and HOG does."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong

MOST = 0.01
STRIPES = "return image {} 0.01 * (np.arange(image.shape[1]) % {})"


def invisible_stripes(image):
    """The image with faint stripes, four pixels from one to the next."""
    return image + 0.01 * (np.arange(image.shape[1]) % 4 < 2)


def _grain(image):
    noise = np.random.default_rng(0).uniform(-0.01, 0.01, image.shape)
    return np.clip(image + noise, 0, 1)


def _waves(image):
    rows = np.arange(len(image))[:, None]
    wave = np.sin(rows * np.pi / 3)
    return image - 0.005 * wave


def _as_it_was(image):
    return image + 0


def _brighter(image):
    return image + 0.01


def _less_contrast(image):
    return 0.5 + 0.96 * (image - 0.5)


def _every_other_column(image):
    return image + 0.01 * (np.arange(image.shape[1]) % 2)


def _everyone_sees_it(image):
    return image + 0.1 * (np.arange(image.shape[1]) % 4 < 2)


def _shifted(image):
    return np.roll(image, 1, axis=1)


def _one_pixel(image):
    changed = np.array(image)
    changed[0, 0] += 0.01
    return changed


def _ramp(image):
    return image + 0.01 * np.arange(image.shape[1]) / image.shape[1]


def _cases(rng):
    for _ in range(2):
        image = np.full((48, 64), rng.uniform(0.3, 0.4))
        row, column = rng.integers(8, 24, 2)
        image[row : row + 14, column : column + 14] = rng.uniform(0.6, 0.7)
        yield (image.astype(np.float32),)


def _verify(cases, results):
    from vmm_edu.course.comparing import real_numbers
    from vmm_edu.features import hog

    for (image,), result in zip(cases, results, strict=True):
        numbers = real_numbers(result)
        if numbers is None:
            return "the result is no array of numbers; expected a changed copy of the image."
        changed = numbers.astype(np.float32)
        if changed.shape != image.shape:
            return f"the result has shape {changed.shape}; expected the image's {image.shape}."
        if not np.isfinite(changed).all() or changed.min() < 0 or changed.max() > 1:
            return "the result must stay within 0…1."
        if (seen := np.abs(changed - image).max()) > MOST + 1e-4:
            return f"a pixel changed by {seen:.3g}; at most {MOST} is allowed, or one can see it."
        before, after = np.asarray(hog(image)), np.asarray(hog(changed))
        moved = np.linalg.norm(after - before) / np.linalg.norm(before)
        if moved < 1:
            return f"HOG moved by {moved:.2f} of its own length; make it at least 1."
    return None


EXERCISE = Code(
    name="02.invisible_stripes",
    title="Break it: a change that nobody sees",
    text="""The image is a light square on flat grey. Write `invisible_stripes(image)`: a copy in which no pixel
differs by more than 0.01 (nobody sees that) and whose HOG is nevertheless another one: the change of the vector
must be longer than the vector itself. The name gives one way away. Think of what a block's normalisation does
to a flat wall, and what the central difference cannot see.""",
    trains="what normalisation amplifies",
    signature="image (height, width), within 0.3…0.7 → (height, width)",
    reference=invisible_stripes,
    rights=(_grain, _waves, _ramp),
    wrongs=(
        Wrong(_as_it_was, "nothing changes", "Add something faint to the flat part."),
        Wrong(_brighter, "every pixel gets brighter by the same amount", "Differences do not see an offset."),
        Wrong(
            _less_contrast,
            "contrast changes everywhere by the same factor",
            "Normalisation takes the factor out again. Put edges where there were none.",
        ),
        Wrong(
            _every_other_column,
            "stripes repeat every two pixels",
            "Left and right neighbour are then equal, and the central difference is 0. Make the stripes wider.",
        ),
        Wrong(
            _everyone_sees_it,
            "stripes are ten times too strong",
            "At most 0.01: the blocks make it large by themselves.",
        ),
        Wrong(
            _shifted, "the picture is shifted", "At the edges of the square that changes pixels by far more than 0.01."
        ),
        Wrong(_one_pixel, "a single pixel is changed", "That reaches one or two blocks. There are many flat ones."),
    ),
    cases=_cases,
    verify=_verify,
    equivalents={
        f"{STRIPES.format('+', '4 < 2')} ⇒ {STRIPES.format(*other)}": f"{what}, as faint and as effective"
        for other, what in {
            ("-", "4 < 2"): "dark stripes for light ones",
            ("+", "4 <= 2"): "wider stripes",
            ("+", "4 > 2"): "stripes elsewhere",
            ("+", "5 < 2"): "stripes farther apart",
            ("+", "3 < 2"): "stripes closer together",
            ("+", "4 < 3"): "wider stripes",
            ("+", "4 < 1"): "narrower stripes",
        }.items()
    },
    hints=(
        "A flat block has votes of 0. Any faint edge in it becomes a vector of length 1.",
        "Vertical stripes: np.arange(width) % 4 < 2 is True, True, False, False, and so on.",
    ),
    takeaway="Local normalisation turns faint texture into full strength; a larger ε or less noise is the cure.",
    minutes=10,
    difficulty=2,
    points=3,
)
