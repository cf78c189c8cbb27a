"""Chapter 02, HOG: gradients, votes, cells, blocks; then scores, softmax, gradient descent, honest scores, motion."""

ORDER = (
    "gradients",
    "orientation_bin",
    "cell_histogram",
    "block_normalise",
    "window_length",
    "invisible_stripes",
    "softmax",
    "gradient_step",
    "which_set",
    "which_way",
)
