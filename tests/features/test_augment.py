from __future__ import annotations

import jax
import numpy as np
import pytest

from vmm_edu.features import augment

OFF = {"shift": 0, "mirror": False, "negative": False}


def draw(count=40):
    return np.random.default_rng(0).uniform(size=(count, 12, 10, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("options", "other"),
    [({"mirror": True}, lambda x: x[:, ::-1]), ({"negative": True}, lambda x: 1 - x)],
    ids=["mirror", "negative"],
)
def test_about_half_are_changed_and_the_rest_are_as_they_were(options, other):
    images = draw()
    changed = np.asarray(augment(images, key=jax.random.key(0), **{**OFF, **options}))
    same = [np.array_equal(a, b) for a, b in zip(changed, images, strict=True)]
    turned = [np.array_equal(a, other(b)) for a, b in zip(changed, images, strict=True)]
    assert all(a != b for a, b in zip(same, turned, strict=True))
    assert 8 < sum(same) < 32


def test_a_shift_moves_the_image_and_repeats_its_border():
    images = draw()
    moved = np.asarray(augment(images, key=jax.random.key(0), **{**OFF, "shift": 2}))
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")
    corners = set()
    for image, whole in zip(moved, padded, strict=True):
        found = [(r, c) for r in range(5) for c in range(5) if np.array_equal(whole[r : r + 12, c : c + 10], image)]
        assert len(found) == 1
        corners.add(found[0])
    assert len(corners) > 12
    assert {row for row, _ in corners} == {column for _, column in corners} == set(range(5))


def test_all_off_changes_nothing_and_a_key_decides():
    images = draw()
    np.testing.assert_array_equal(augment(images, key=jax.random.key(0), **OFF), images)
    one, again, other = (np.asarray(augment(images, key=jax.random.key(k))) for k in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    compiled = jax.jit(lambda x, k: augment(x, key=k))(images, jax.random.key(0))
    np.testing.assert_array_equal(compiled, one)


def test_bad_input(as_user):
    with pytest.raises(ValueError, match="at least 0"):
        augment(draw(2), key=jax.random.key(0), shift=-1)
    with pytest.raises(ValueError, match="batch, height"):
        augment(draw(2)[0], key=jax.random.key(0))
