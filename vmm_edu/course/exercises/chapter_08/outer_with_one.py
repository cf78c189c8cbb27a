"""Tensor fusion: every product of a seen and a heard number, and the numbers themselves."""

import numpy as np

from vmm_edu.course.exercise import Code, Wrong


def outer_with_one(v, a):
    """All products of [1; v] with [1; a], row by row, flat."""
    one = np.ones((len(v), 1))
    v = np.concatenate([one, v], axis=1)
    a = np.concatenate([one, a], axis=1)
    return (v[:, :, None] * a[:, None, :]).reshape(len(v), -1)


def _einsum(v, a):
    v, a = (np.pad(x, ((0, 0), (1, 0)), constant_values=1.0) for x in (v, a))
    outer = np.einsum("bi,bj->bij", v, a)
    return outer.reshape(outer.shape[0], outer.shape[1] * outer.shape[2])


def _kron(v, a):
    return np.array(
        [np.kron(np.insert(seen, 0, 1.0), np.insert(heard, 0, 1.0)) for seen, heard in zip(v, a, strict=True)]
    )


def _loops(v, a):
    flat = []
    for clip in range(v.shape[0]):
        row = []
        for i in range(v.shape[1] + 1):
            left = v[clip, i - 1] if i else 1.0
            row.append(left)
            row += [left * a[clip, j] for j in range(a.shape[1])]
        flat.append(row)
    return np.array(flat)


def _product(v, a):
    return (v[:, :, None] * a[:, None, :]).reshape(len(v), -1)


def _with(x):
    return np.concatenate([np.ones((len(x), 1)), x], axis=1)


def _behind(x):
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def _without_one(v, a):
    return _product(v, a)


def _one_behind(v, a):
    return _product(_behind(v), _behind(a))


def _one_on_sight_only(v, a):
    return _product(_with(v), a)


def _one_on_sound_only(v, a):
    return _product(v, _with(a))


def _concatenated(v, a):
    return np.concatenate([np.ones((len(v), 1)), v, a], axis=1)


def _other_order(v, a):
    return _product(_with(a), _with(v))


def _not_flat(v, a):
    return _with(v)[:, :, None] * _with(a)[:, None, :]


def _sums(v, a):
    return (_with(v)[:, :, None] + _with(a)[:, None, :]).reshape(len(v), -1)


def _over_the_batch(v, a):
    return (_with(v).T @ _with(a)).reshape(1, -1)


def _cases(rng):
    yield np.array([[2.0, 3.0]], np.float32), np.array([[5.0, 7.0]], np.float32)
    for batch, seen, heard in ((3, 2, 3), (4, 4, 2), (2, 1, 3)):
        yield rng.normal(0.5, 1, (batch, seen)).astype("f4"), rng.normal(0.5, 1, (batch, heard)).astype("f4")


EXERCISE = Code(
    name="08.outer_with_one",
    title="Every product",
    text="""Write `outer_with_one(v, a)`, the heart of equation 08.5: put a 1 in front of each row of `v` and of
`a`, then give for each clip **all products** of an entry of one with an entry of the other, as one flat row: first
1 times everything in `a`, then `v[0]` times everything, and so on. From (2, 3) and (5, 7): `[1, 5, 7, 2, 10, 14, 3,
15, 21]`.""",
    trains="an outer product for each clip",
    signature="v (batch, seen), a (batch, heard) → (batch, (seen + 1)·(heard + 1))",
    reference=outer_with_one,
    rights=(_einsum, _kron, _loops),
    forbidden=("vmm_edu.fusion.TensorFusion",),
    wrongs=(
        Wrong(
            _without_one,
            "the 1 is left out",
            "Without it only products are left: what one sense knows alone is lost, and a silent clip is all zeros.",
        ),
        Wrong(_one_behind, "the 1 stands behind", "Here it stands in front: [1, v]."),
        Wrong(
            _one_on_sight_only, "only `v` has a 1", "Then the entries of `v` themselves are missing. `a` needs one too."
        ),
        Wrong(
            _one_on_sound_only, "only `a` has a 1", "Then the entries of `a` themselves are missing. `v` needs one too."
        ),
        Wrong(_concatenated, "the senses stand side by side", "That is early fusion. Here every pair is multiplied."),
        Wrong(
            _other_order,
            "`a` runs outside and `v` inside",
            "First 1 times everything in `a`, then v[0] times everything.",
        ),
        Wrong(_not_flat, "the table is not flattened", "One flat row for each clip: reshape(len(v), -1)."),
        Wrong(_sums, "the entries are added", "Multiply each entry of one with each entry of the other."),
        Wrong(
            _over_the_batch,
            "the clips are summed up",
            "Each clip has its own table: v[:, :, None] * a[:, None, :] keeps the batch axis.",
        ),
    ),
    cases=_cases,
    equivalents={
        "return (v[:, :, None] * a[:, None, :]).reshape(len(v), -1) ⇒ "
        "return (v[:, :, None] * a[:, None, :]).reshape(len(v), -2)": "NumPy works out any negative length",
    },
    hints=(
        "np.concatenate([v, np.ones((len(v), 1))], axis=1) puts a 1 behind. In front it goes the same way.",
        "v[:, :, None] * a[:, None, :] is a table for each clip. Now flatten it.",
    ),
    takeaway="The products carry what only the pair knows, the 1 carries what each knows alone.",
    minutes=8,
    difficulty=2,
    points=2,
)
