"""Which senses each clip has and a rate in; which of them a training step may use out (modality dropout)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key

from vmm_edu.fusion.senses import Masks


def drop_senses(
    present: Masks, *, key: Key[Array, ""], rate: float, keep_one: bool = True
) -> dict[str, Bool[Array, " batch"]]:
    r"""Hide senses at random, so that a model learns to do without any one of them, and trains what stands in for it.

    Each sense of each clip is dropped with probability `rate`, on its own. A clip that would lose its last sense keeps
    one of those it had, drawn evenly: with M senses the share of dropped ones is then $q - q^M / M$ for a rate of $q$.

    Args:
        present: name → (batch,), True = present; what is missing stays missing.
        key: source of the draws.
        rate: probability 0…1.
        keep_one: False lets a clip lose all its senses, which teaches a model what to say when it knows nothing.

    Returns:
        name → (batch,), for the `mask` of a fusion module. The order of `present` changes nothing.

    Raises:
        ValueError: no sense, masks that are not Bool of one length, or `rate` not within 0…1.

    Reference:
        Neverova et al., "ModDrop: adaptive multi-modal gesture recognition", TPAMI 38 (2016),
        doi:10.1109/TPAMI.2015.2461544. Deviations: a dropped sense is masked instead of set to 0; a clip keeps one.
    """
    if not present:
        raise ValueError("expected the masks of at least one sense, got an empty dictionary")
    shapes = {name: (str(rows.dtype), rows.shape) for name, rows in present.items()}
    if len(set(shapes.values())) > 1 or any(kind != "bool" or len(shape) != 1 for kind, shape in shapes.values()):
        raise ValueError(f"expected masks bool (batch,) of one length, got {shapes}")
    if not 0 <= rate <= 1:
        raise ValueError(f"expected rate within 0…1, got {rate}")
    names = sorted(present)
    there = jnp.stack([jnp.asarray(present[name]) for name in names])
    drop_key, keep_key = jax.random.split(key)
    kept = there & jax.random.bernoulli(drop_key, 1 - rate, there.shape)
    if keep_one:
        # The largest of one random number for each sense that is there: each is the last one equally often.
        luck = jnp.where(there, jax.random.uniform(keep_key, there.shape), -1.0)
        saved = jnp.arange(len(names), dtype=jnp.int32)[:, None] == jnp.argmax(luck, axis=0).astype(jnp.int32)[None]
        kept = kept | (saved & there & ~kept.any(axis=0)[None])
    return dict(zip(names, kept, strict=True))
