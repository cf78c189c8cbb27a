"""Chapter 01, framing: clocks, sampling, shots, and sound on the same clock."""

ORDER = (
    "seconds",
    "frame_at",
    "seen_step",
    "lost_stride",
    "equal_spokes",
    "windows",
    "why_half",
    "cuts",
    "motion_clock",
    "lag",
)
