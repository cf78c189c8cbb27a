"""Chapter 00, start here: the whole pipeline on one clip."""

ORDER = (
    "frame_times",
    "break_sound",
    "mean_over_time",
    "predict_fused",
    "share_of_ceiling",
    "which_sense",
    "many_witnesses",
    "pipeline_order",
)
