"""Chapter 09, prediction: what a score says, how sure it is, when to stay silent, and how late to answer."""

ORDER = (
    "average_precision",
    "class_weights",
    "global_precision",
    "bootstrap",
    "calibration_gap",
    "risk_at_coverage",
    "silence",
    "which_split",
    "how_late",
    "carry_state",
)
