"""Chapter 03, SIFT: blurs and their differences, extrema, edges, directions, matches, visual words."""

ORDER = (
    "two_blurs",
    "dog",
    "is_extremum",
    "corner_or_edge",
    "main_direction",
    "ratio_test",
    "break_wall",
    "count_words",
    "leftovers",
)
