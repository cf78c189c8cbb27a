"""Chapter 04, features that are learned: convolution, pooling, receptive field, training, transfer."""

ORDER = (
    "correlate",
    "output_size",
    "line_kernel",
    "count_parameters",
    "which_shift",
    "max_pool",
    "global_average",
    "receptive_field",
    "break_jit",
    "why_transfer",
)
