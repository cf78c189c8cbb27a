"""Chapter 00b, the JAX on-ramp: arrays that do not change, keys, grad, vmap, jit, scan."""

ORDER = (
    "set_first",
    "two_draws",
    "slope",
    "vmap_dot",
    "recompiles",
    "mend_the_if",
    "running_sum",
    "which_is_pure",
    "slope_of_each",
)
