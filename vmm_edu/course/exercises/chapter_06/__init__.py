"""Chapter 06, the GRU and the CRF: two gates, paths of labels, their sum and their best."""

ORDER = (
    "reset_gate",
    "gru_step",
    "how_many_segments",
    "path_score",
    "log_sum_exp",
    "forward_step",
    "viterbi_path",
    "mask_step",
    "why_not_greedy",
    "edit_distance",
)
