"""Low-rank fusion: a tensor that is never written down."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def low_rank(v, a, u, w):
    """Sum over the ranks of (v times its factor) ⊙ (a times its factor)."""
    seen = np.einsum("bi,rio->rbo", v, u)
    heard = np.einsum("bj,rjo->rbo", a, w)
    return (seen * heard).sum(axis=0)


def _whole_tensor(v, a, u, w):
    tensor = np.einsum("rio,rjo->ijo", u, w)
    outer = v[:, :, None] * a[:, None, :]
    return np.tensordot(outer, tensor, axes=2)


def _rank_by_rank(v, a, u, w):
    total = 0.0
    for one, other in zip(u, w, strict=True):
        total = total + (v @ one) * (a @ other)
    return total


def _matmul(v, a, u, w):
    return np.multiply(v @ u, a @ w).sum(0)


def _summed_first(v, a, u, w):
    return (v @ u).sum(axis=0) * (a @ w).sum(axis=0)


def _added(v, a, u, w):
    return (v @ u + a @ w).sum(axis=0)


def _product_of_ranks(v, a, u, w):
    return (v @ u * (a @ w)).prod(axis=0)


def _mean(v, a, u, w):
    return (v @ u * (a @ w)).mean(axis=0)


def _ranks_kept(v, a, u, w):
    return v @ u * (a @ w)


def _first_rank(v, a, u, w):
    return (v @ u[0]) * (a @ w[0])


def _all_pairs_of_ranks(v, a, u, w):
    pairs = (v @ u)[:, None] * (a @ w)[None]
    return pairs.mean(axis=1).sum(axis=0)


def _outputs_summed(v, a, u, w):
    return (v @ u * (a @ w)).sum(axis=(0, 2))


def _cases(rng):
    for batch, seen, heard, rank, out in ((2, 2, 2, 2, 2), (3, 3, 4, 2, 5), (4, 5, 3, 3, 2), (2, 3, 2, 1, 4)):
        shapes = ((batch, seen), (batch, heard), (rank, seen, out), (rank, heard, out))
        yield tuple(rng.normal(0.4, 1, shape).astype(np.float32) for shape in shapes)


EXERCISE = Code(
    name="08.low_rank",
    title="A tensor never written down",
    text=r"""Write `low_rank(v, a, u, w)`, equation 08.6. `v` and `a` have their 1 already. For each rank $r$
multiply `v` with the factor `u[r]` and `a` with the factor `w[r]`, take the product of the two element by element,
and **then** sum over the ranks. Nowhere is there a table of all products.""",
    trains="factors instead of a tensor",
    signature="v (batch, seen), a (batch, heard), u (rank, seen, out), w (rank, heard, out) → (batch, out)",
    reference=low_rank,
    rights=(_whole_tensor, _rank_by_rank, _matmul),
    forbidden=("vmm_edu.fusion.LowRankFusion",),
    wrongs=(
        Wrong(
            _summed_first,
            "the ranks are summed before the product",
            "(a + b)(c + d) is not ac + bd. That is rank 1: multiply within each rank, then sum.",
        ),
        Wrong(_added, "the two senses are added", "A sum holds no product of the senses. Multiply within each rank."),
        Wrong(_product_of_ranks, "the ranks are multiplied", "Ranks are added: each is one term of the tensor."),
        Wrong(_mean, "the ranks are averaged", "Sum them: the tensor is the sum of its terms."),
        Wrong(_ranks_kept, "the ranks are not summed", "Sum over the first axis at the end."),
        Wrong(_first_rank, "only the first rank counts", "Go through all of them."),
        Wrong(
            _all_pairs_of_ranks,
            "every rank of one is multiplied with every rank of the other",
            "Rank r of sight meets rank r of sound only.",
        ),
        Wrong(_outputs_summed, "the outputs are summed as well", "The last axis stays: one number for each output."),
    ),
    cases=_cases,
    rtol=1e-3,
    hints=(
        "v @ u has the shape (rank, batch, out). So has a @ w.",
        "Multiply the two element by element, then sum over the axis of the ranks.",
    ),
    takeaway="A sum of products of sums: all pairs, at the price of a few factors.",
    minutes=8,
    difficulty=2,
    points=2,
)
