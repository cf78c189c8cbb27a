"""Logits of a head and the truth in; the loss that trains it out: one label, many labels, or a label every frame."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Bool, Float, Integer, Num

from vmm_edu.features.arrays import AnyArray, is_concrete


def class_weights(labels: Integer[AnyArray, "*shape"], *, classes: int | None = None) -> Float[np.ndarray, " class"]:
    r"""Weights under which every class counts alike, however rare: $w_k = n / (K n_k)$.

    $K$ counts the classes that occur. Weights move the decision towards the rare classes; they do not make the model
    know more, and the probabilities of a model trained with them are no longer those of the data.

    Args:
        labels: classes of the training clips or frames, of any shape.
        classes: number of classes; None: one more than the largest label.

    Returns:
        One weight per class, 0 for a class that does not occur; their mean over the labels is 1.

    Raises:
        ValueError: no label, not integers, or one outside 0…classes − 1.
    """
    true = np.asarray(labels).ravel()
    if not true.size or true.dtype.kind not in "iu":
        raise ValueError(f"expected at least one label, integers, got {true.dtype} of shape {np.shape(labels)}")
    classes = int(true.max()) + 1 if classes is None else classes
    if true.min() < 0 or true.max() >= classes:
        raise ValueError(f"expected labels in 0…{classes - 1}, got {true.min()}…{true.max()}; leave padding out")
    counts = np.bincount(true, minlength=classes)
    occurring = np.count_nonzero(counts)
    return np.where(counts > 0, len(true) / (occurring * np.maximum(counts, 1)), 0.0)


def one_label_loss(
    logits: Float[AnyArray, "batch class"],
    labels: Integer[AnyArray, " batch"],
    *,
    weights: Num[AnyArray, " class"] | None = None,
) -> Float[Array, ""]:
    r"""Cross-entropy of a softmax: exactly one of the classes is right.

    $$L = \sum_i w_{y_i} \left(-\log \mathrm{softmax}(z_i)_{y_i}\right) \Big/ \sum_i w_{y_i}$$

    Args:
        logits: scores of the classes.
        labels: the right class of each clip.
        weights: one per class, such as `class_weights`; None: all 1.

    Returns:
        Nats, the weighted mean over the clips; 0 where all weights are 0 or there is no clip.

    Raises:
        ValueError: shapes that do not fit, or a label without a column.
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(f"expected logits (batch, class) and labels (batch,), got {logits.shape} and {labels.shape}")
    return every_frame_loss(logits[None], labels[None], weights=weights)


def many_labels_loss(
    logits: Float[AnyArray, "batch label"],
    labels: Num[AnyArray, "batch label"] | Bool[AnyArray, "batch label"],
    *,
    positive_weights: Num[AnyArray, " label"] | None = None,
    mask: Bool[AnyArray, "batch label"] | None = None,
) -> Float[Array, ""]:
    r"""Binary cross-entropy of one sigmoid per label: none, some or all of them are right.

    $$L = -\frac{1}{n} \sum_{i,k} w_k\, y_{ik} \log σ(z_{ik}) + (1 - y_{ik}) \log (1 - σ(z_{ik}))$$

    Computed from the logits, so that neither logarithm sees a 0.

    Args:
        logits: one score per label.
        labels: 1 or True where the label holds.
        positive_weights: w, how much a label that holds counts; None: all 1.
        mask: True where the truth is known; elsewhere `labels` may hold anything.

    Returns:
        Nats, the mean over the n known entries; 0 where there is none.

    Raises:
        ValueError: shapes that do not fit.
    """
    if logits.ndim != 2 or labels.shape != logits.shape or (mask is not None and mask.shape != logits.shape):
        raise ValueError(
            f"expected logits, labels and mask of one shape (batch, label), got {logits.shape}, {labels.shape} and "
            f"{None if mask is None else mask.shape}; one-hot a single label, or use one_label_loss"
        )
    if positive_weights is not None and positive_weights.shape != logits.shape[1:]:
        raise ValueError(f"expected positive_weights {logits.shape[1:]}, one per label, got {positive_weights.shape}")
    known = jnp.ones(logits.shape, bool) if mask is None else jnp.asarray(mask)
    # Replaced before the loss, not after: NaN times 0 would still be NaN in the gradient.
    z = jnp.where(known, jnp.asarray(logits), jnp.zeros((), logits.dtype))
    y = jnp.where(known, jnp.asarray(labels).astype(z.dtype), jnp.zeros((), z.dtype))
    w = jnp.ones(z.shape[1], z.dtype) if positive_weights is None else jnp.asarray(positive_weights).astype(z.dtype)
    each = -(w[None] * y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z))
    total = jnp.where(known, each, jnp.zeros_like(each)).sum()
    return total / jnp.maximum(known.sum(), 1).astype(z.dtype)


def every_frame_loss(
    logits: Float[AnyArray, "batch time class"],
    labels: Integer[AnyArray, "batch time"],
    *,
    mask: Bool[AnyArray, "batch time"] | None = None,
    weights: Num[AnyArray, " class"] | None = None,
) -> Float[Array, ""]:
    """Cross-entropy of a softmax in every frame, over the real frames of all clips.

    Args:
        logits: scores of the classes in each frame.
        labels: the right class of each frame.
        mask: True = real; elsewhere `logits` and `labels` may hold anything, NaN and −1 too.
        weights: one per class, as in `one_label_loss`; None: all 1.

    Returns:
        Nats, the weighted mean over the real frames, so a long clip counts more; a clip without a real frame adds
        nothing, and a batch without any gives 0.

    Raises:
        ValueError: shapes that do not fit, or a label of a real frame without a column.
    """
    if logits.ndim != 3 or labels.shape != logits.shape[:2] or (mask is not None and mask.shape != labels.shape):
        raise ValueError(
            "expected logits (batch, time, class), labels and mask (batch, time), got "
            f"{logits.shape}, {labels.shape} and {None if mask is None else mask.shape}"
        )
    classes = logits.shape[2]
    if weights is not None and weights.shape != (classes,):
        raise ValueError(f"expected weights ({classes},), one per class, got {weights.shape}")
    if is_concrete(labels) and (mask is None or is_concrete(mask)):
        used = np.asarray(labels)[... if mask is None else np.asarray(mask)]
        if used.size and (used.min() < 0 or used.max() >= classes):
            raise ValueError(
                f"expected labels in 0…{classes - 1}, got {used.min()}…{used.max()}; mask the frames that have none"
            )
    real = jnp.ones(labels.shape, bool) if mask is None else jnp.asarray(mask)
    z = jnp.where(real[..., None], jnp.asarray(logits), jnp.zeros((), logits.dtype))
    y = jnp.where(real, jnp.asarray(labels).astype(jnp.int32), 0)
    w = jnp.ones(classes, z.dtype) if weights is None else jnp.asarray(weights).astype(z.dtype)
    share = jnp.where(real, w[y], jnp.zeros((), z.dtype))
    total = (share * optax.softmax_cross_entropy_with_integer_labels(z, y)).sum()
    weight = share.sum()
    return total / jnp.where(weight > 0, weight, jnp.ones_like(weight))
