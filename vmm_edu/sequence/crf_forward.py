"""A checked chain in; log Z of each clip out: the forward algorithm in log space.

JAX's gradient of this scan is the backward algorithm. A backward pass written by hand (the shares of every step kept,
or computed again) took between 0.8 and 1.6 of its time, so there is none.

A step in log space takes one exponential for each *pair* of tags. Where no two scores of a clip lie far apart, the
exponentials can be taken of the K scores α and, once, of the K × K transitions: the sum over j is then a product.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from vmm_edu.sequence.crf_inputs import Chain, first_real

Alpha = Float[Array, "batch tag"]
Through = Callable[[Alpha], Alpha]

# Up to this spread of scores (nats) the largest term of every sum is above exp(−60), and what float32 rounds to 0,
# below exp(−87), is less than a billionth of it.
NARROW = 60.0
FEW_PAIRS = 3000  # Fewer pairs of tags in a batch are not worth the test and the compilation of both ways.


@jax.jit
def log_z_of(chain: Chain) -> Float[Array, " batch"]:
    r"""Run the forward algorithm.

    $$α_t[k] = e_t[k] + \log Σ_j \exp(α_{t-1}[j] + A[j, k])$$

    With $m = \max_j α_{t-1}[j]$ and $n = \max_{jk} A[j, k]$ the logarithm is
    $m + n + \log Σ_j \exp(α_{t-1}[j] - m) \exp(A[j, k] - n)$: a vector times a matrix. That is used for many tags where
    the scores are near enough to each other for it to be exact (`is_narrow`), which a forbidden transition never is.
    Elsewhere `jax.nn.logsumexp` subtracts the largest term of each sum before it takes exponentials, so nothing
    overflows, and at least one term is exp(0) = 1, so the sum cannot vanish.

    Args:
        chain: checked scores.

    Returns:
        log Z of each clip, 0 where no step is real.

    Raises:
        Nothing.
    """
    none = jnp.zeros(chain.emissions.shape[0], chain.emissions.dtype)
    if not chain.emissions.shape[1]:
        return none
    if chain.emissions.shape[0] * chain.transitions.size < FEW_PAIRS:
        alpha = last_alpha_by_sums(chain)
    else:
        alpha = jax.lax.cond(is_narrow(chain), last_alpha_by_products, last_alpha_by_sums, chain)
    log_z = jax.nn.logsumexp(alpha + chain.end[None], axis=1)
    return log_z if chain.mask is None else jnp.where(chain.mask.any(axis=1), log_z, none)


def is_narrow(chain: Chain) -> Bool[Array, ""]:
    """Tell whether sums over tags can be matrix products.

    Two entries of α differ by no more than the spread of a step's emissions and that of the transitions.

    Args:
        chain: checked scores, at least one step.

    Returns:
        True where α, and α with a transition added, spread by less than `NARROW`.

    Raises:
        Nothing.
    """
    emitted = (chain.emissions.max(axis=2) - chain.emissions.min(axis=2)).max(initial=0.0)
    begun = chain.start.max() - chain.start.min()
    return emitted + jnp.maximum(begun, chain.transitions.max() - chain.transitions.min()) < NARROW


def last_alpha_by_sums(chain: Chain) -> Alpha:
    """α after the last step, by `jax.nn.logsumexp` over pairs of tags.

    Args:
        chain: checked scores, at least one step.

    Returns:
        One number for each clip and tag.

    Raises:
        Nothing.
    """

    def through(alpha: Alpha) -> Alpha:
        return jax.nn.logsumexp(alpha[:, :, None] + chain.transitions[None], axis=1)

    return _last_alpha(chain, through)


def last_alpha_by_products(chain: Chain) -> Alpha:
    """α after the last step, by products with exp(transitions); exact where `is_narrow`.

    Args:
        chain: checked scores, at least one step.

    Returns:
        One number for each clip and tag.

    Raises:
        Nothing.
    """
    highest = jax.lax.stop_gradient(chain.transitions.max())
    weights = jnp.exp(chain.transitions - highest)
    tiny = jnp.finfo(weights.dtype).tiny

    def through(alpha: Alpha) -> Alpha:
        top = jax.lax.stop_gradient(alpha.max(axis=1, keepdims=True))
        # Not less than the smallest number: where both ways are computed and one is chosen, this one must stay finite.
        return top + highest + jnp.log(jnp.maximum(jnp.exp(alpha - top) @ weights, tiny))

    return _last_alpha(chain, through)


def _last_alpha(chain: Chain, through: Through) -> Alpha:
    """α after the last step; a masked step leaves it as it was, and before a clip's first real step it is 0."""
    emissions = jnp.swapaxes(chain.emissions, 0, 1)
    start = jnp.broadcast_to(chain.start, emissions.shape[1:])
    if chain.mask is None:
        return jax.lax.scan(lambda alpha, now: (now + through(alpha), None), start + emissions[0], emissions[1:])[0]

    def masked_step(
        alpha: Alpha, now: tuple[Alpha, Bool[Array, " batch"], Bool[Array, " batch"]]
    ) -> tuple[Alpha, None]:
        emission, real, begins = now
        before = jnp.where(begins[:, None], start, through(alpha))
        return jnp.where(real[:, None], emission + before, alpha), None

    now = (emissions, chain.mask.T, first_real(chain.mask).T)
    return jax.lax.scan(masked_step, jnp.zeros_like(start), now)[0]
