"""Chapter 06, the GRU and the CRF: two gates, paths of labels, their sum and their best."""

ORDER = (
    "how_many_segments",
    "gru_step",
    "reset_gate",
    "path_score",
    "log_sum_exp",
    "forward_step",
    "viterbi_path",
    "why_not_greedy",
    "mask_step",
    "edit_distance",
)
