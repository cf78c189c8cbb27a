"""Chapter 10, lip reading: mouths and words cut out, noise mixed in, the grammar as a lattice, other people's faces."""

ORDER = (
    "mouth_window",
    "word_frames",
    "unseen_scale",
    "mix_noise",
    "one_sense_fails",
    "sentence_path",
    "siblings",
    "another_talker",
    "whose_face",
)
