"""Chapter 10, lip reading: words cut out, noise mixed in, the grammar as a lattice, another talker."""

ORDER = (
    "word_frames",
    "unseen_scale",
    "sentence_path",
    "mix_noise",
    "one_sense_fails",
    "another_talker",
)
