"""Chapter 04, features that are learned: convolution, pooling, receptive field, training, transfer."""

ORDER = (
    "correlate",
    "line_kernel",
    "output_size",
    "count_parameters",
    "which_shift",
    "max_pool",
    "global_average",
    "receptive_field",
    "break_jit",
    "why_transfer",
)
