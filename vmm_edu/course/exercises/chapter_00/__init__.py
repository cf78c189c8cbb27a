"""Chapter 00, start here: the whole pipeline on one clip."""

ORDER = (
    "pipeline_order",
    "frame_times",
    "mean_over_time",
    "which_sense",
    "predict_fused",
    "share_of_ceiling",
    "break_sound",
    "many_witnesses",
)
