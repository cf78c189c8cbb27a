"""Chapter 10, lip reading: the mouth's window, clips that belong together, what may be done with people's faces."""

ORDER = (
    "mouth_window",
    "siblings",
    "whose_face",
)
