"""How long is the vector?"""

from vmm_edu.course.exercise import Wrong
from vmm_edu.course.questions import Number


def window_length():
    """Blocks, times cells in a block, times bins."""
    cells_down, cells_across = 128 // 8, 64 // 8
    blocks = (cells_down - 1) * (cells_across - 1)
    return blocks * 2 * 2 * 9


EXERCISE = Number(
    name="02.window_length",
    title="How long is the vector of a person?",
    text="""The paper that made HOG famous looks for people in windows 64 pixels wide and 128 high: cells of 8 ×
8 pixels, 9 bins, blocks of 2 × 2 cells at **every** place where a block fits. How many numbers describe one
window? Say a number before you try `features.hog_length`.""",
    trains="counting blocks that overlap",
    reference=window_length,
    rights=(3780.0, 7 * 15 * 36),
    wrongs=(
        Wrong(
            1152,
            "every cell counts once",
            "Blocks overlap: a cell in the middle is part of four blocks and counts four times.",
        ),
        Wrong(
            4608,
            "there are as many blocks as cells",
            "A block is two cells wide. How many places does it have in a row of 8 cells?",
        ),
        Wrong(945, "a block holds one histogram", "A block holds 2 × 2 histograms of 9 values."),
        Wrong(420, "bins are forgotten", "Each of the four cells of a block has 9 bins."),
        Wrong(105, "blocks are counted, not their values", "Now multiply by what one block holds."),
        Wrong(
            6804,
            "a block has nine cells",
            "Blocks of 3 × 3 cells would give 6 × 14 blocks of 81 values. Here they are 2 × 2.",
        ),
    ),
    hints=(
        "The window has 8 × 16 cells. In how many places of a row does a block of 2 cells fit?",
        "7 × 15 places, and each block holds 2 × 2 × 9 numbers.",
    ),
    takeaway="A cell in the middle is described four times, each time beside other neighbours.",
    minutes=3,
    difficulty=1,
    points=1,
)
