"""Chapter 07, sound and text: what a machine hears, what it reads, and how the one becomes the other."""

ORDER = (
    "heard_hz",
    "dft_bin",
    "frame_count",
    "average_blind",
    "slopes",
    "best_delay",
    "believe",
    "collapse",
    "how_many_paths",
    "ctc_step",
    "break_spaces",
    "rarity",
    "masked_mean",
)
