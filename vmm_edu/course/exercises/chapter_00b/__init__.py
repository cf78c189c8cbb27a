"""Chapter 00b, the JAX on-ramp: arrays that do not change, keys, grad, vmap, jit, scan."""

ORDER = (
    "set_first",
    "two_draws",
    "slope",
    "vmap_dot",
    "mend_the_if",
    "recompiles",
    "which_is_pure",
    "running_sum",
    "slope_of_each",
)
