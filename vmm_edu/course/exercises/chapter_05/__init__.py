"""Chapter 05, the LSTM: a memory with gates, from its equations to a trained and fast model."""

ORDER = (
    "blind_bag",
    "keep_or_drop",
    "which_gates",
    "lstm_step",
    "run_over_clip",
    "carry_through",
    "memory_left",
    "clip_gradient",
    "products_forward",
    "copied_model",
    "normalised_step",
)
