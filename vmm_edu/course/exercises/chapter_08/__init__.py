"""Chapter 08, fusion: when two senses know more than one, and how to put them together."""

ORDER = (
    "slots_apart",
    "product_of_experts",
    "outer_with_one",
    "low_rank",
    "gated",
    "best_sum",
    "why_invisible",
    "break_zeros",
    "which_fusion",
    "blend_weights",
    "shapley",
    "emap",
)
