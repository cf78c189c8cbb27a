"""Which shifts do the maps follow exactly?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Choice

OPTIONS = {
    "a": "for every shift, because a convolution follows its input",
    "b": "for every even shift, because the stride is 2",
    "c": "for shifts of 4, 8, 12 … pixels, because one place of the last map is a step of 4 pixels",
    "d": "for no shift but 0, because pixels at the border are lost",
    "e": "for shifts up to the size of the kernel",
}

EXERCISE = Choice(
    name="04.which_shift",
    title="A shifted thing",
    text="""A network has two convolutions, each with a stride of 2. A thing on a plain wall is moved to the right,
away from every border, and you compare the last maps before and after. For which shifts are the new maps *exactly* the
old ones, moved by whole places? Decide before you try it in a cell.

"""
    + "\n".join(f"* {letter}: {text}" for letter, text in OPTIONS.items()),
    trains="equivariance and stride",
    options=OPTIONS,
    reference="c",
    because="With a stride the kernel visits only some of the pixels. The first layer visits every second pixel, the "
    "second every second of those: every fourth pixel. Only if the thing moves by a multiple of 4 does it meet the "
    "same kernels in the same way. For other shifts the maps are similar, not equal.",
    wrongs=(
        Wrong(
            "a",
            "the stride were 1",
            "A kernel that skips pixels meets a thing moved by 1 in another way.",
        ),
        Wrong(
            "b",
            "there were one layer",
            "The second layer skips again, every second place of the first map.",
        ),
        Wrong(
            "d",
            "the thing touched the border",
            "It stays away from it: everything around it is plain wall.",
        ),
        Wrong(
            "e",
            "the kernel's size decided it",
            "The kernel's size says how far a place sees. How far apart the places are says the stride.",
        ),
    ),
    hints=(
        "Which pixels does the corner of the first kernel visit with a stride of 2?",
        "Neighbours in the last map are 2 · 2 pixels apart in the image.",
    ),
    takeaway="Maps follow shifts by whole steps, the product of all strides; other shifts change them a little.",
    minutes=3,
    difficulty=2,
    points=1,
)
