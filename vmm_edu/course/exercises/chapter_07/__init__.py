"""Chapter 07, sound and text: windows, spectra, the ear's scale, voices; tokens, counts and learned words."""

ORDER = (
    "heard_hz",
    "frame_count",
    "dft_bin",
    "average_blind",
    "slopes",
    "best_delay",
    "believe",
)
