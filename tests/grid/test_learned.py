"""Features that a small CNN learns: the networks against NumPy and SciPy, what they may see, what they learn."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy.signal import correlate

from vmm_edu.grid import MouthCNN, Schedule, SoundCNN, learn_features, learned, moment_cnn
from vmm_edu.grid.describing import FAINTEST
from vmm_edu.grid.learned import moments_of
from vmm_edu.grid.moment_cnn import FEATURES, LOUDEST, SHIFT, even_light
from vmm_edu.predict import fit_linear, linear_logits

ROWS, COLUMNS, MELS, TAGS = 8, 12, 10, 3


def with_random(model, seed: int):
    """All parameters random and none zero, so that every one counts."""
    for number, leaf in enumerate(jax.tree.leaves(nnx.state(model), is_leaf=lambda x: isinstance(x, nnx.Param))):
        shape = leaf[...].shape
        leaf[...] = jax.random.normal(jax.random.key(100 * seed + number), shape) / np.sqrt(np.prod(shape[:-1]) + 1)
    return model


@pytest.fixture(scope="module")
def eye() -> MouthCNN:
    return with_random(MouthCNN((ROWS, COLUMNS), TAGS, rngs=nnx.Rngs(0)), 1)


@pytest.fixture(scope="module")
def ear() -> SoundCNN:
    return with_random(SoundCNN(MELS, TAGS, rngs=nnx.Rngs(0)), 2)


def maps_by_scipy(cnn, image: np.ndarray) -> np.ndarray:
    """What the last layer of a FrameCNN shows of one image, by full correlations of which every other place is kept."""
    x = 4 * (image - 0.5)
    for convolution in cnn.convolutions:
        kernel, layer = np.asarray(convolution.kernel[...]), convolution.layer
        padded = np.pad(x, ((layer.padding,) * 2, (layer.padding,) * 2, (0, 0)))
        maps = [correlate(padded, kernel[..., k], mode="valid")[..., 0] for k in range(kernel.shape[3])]
        x = np.maximum(np.stack(maps, axis=-1)[:: layer.stride, :: layer.stride] + np.asarray(convolution.bias[...]), 0)
    return x


def test_mouths_are_described_as_by_numpy(eye):
    mouths = np.random.default_rng(0).random((2, 7, ROWS, COLUMNS)).astype(np.float32)
    at = np.array([[0, 3, 6], [5, 1, 2]])
    found = np.asarray(eye(mouths, at))
    for clip, row in enumerate(at):
        for place, now in enumerate(row):
            image = np.stack([mouths[clip, min(max(now + step, 0), 6)] for step in (-2, 0, 2)], axis=-1)
            image = np.clip((image - image.mean()) / (image.std() + 1e-3) * 0.18 + 0.5, 0, 1)
            maps = maps_by_scipy(eye.cnn, image).ravel()
            wanted = maps @ np.asarray(eye.look.kernel[...]) + np.asarray(eye.look.bias[...])
            assert found[clip, place] == pytest.approx(wanted, abs=1e-4)


def test_sound_is_described_as_by_numpy(ear):
    sound = np.random.default_rng(0).uniform(FAINTEST - 1, LOUDEST + 1, (2, 23, MELS)).astype(np.float32)
    at = np.tile(np.arange(6), (2, 1))
    found = np.asarray(ear(sound, at))
    for clip in range(2):
        image = np.clip((sound[clip] - FAINTEST) / (LOUDEST - FAINTEST), 0, 1)[..., None]
        maps = maps_by_scipy(ear.cnn, image)
        assert len(maps) == moments_of(sound) == 6
        maps = maps.reshape(6, -1)
        together = np.concatenate([maps[np.clip(np.arange(6) + step, 0, 5)] for step in (-2, 0, 2)], axis=1)
        wanted = together @ np.asarray(ear.look.kernel[...]) + np.asarray(ear.look.bias[...])
        assert found[clip] == pytest.approx(wanted, abs=1e-4)


def test_light_and_contrast_change_nothing(eye):
    rng, at = np.random.default_rng(0), np.array([[2]])
    mouths = rng.uniform(0.4, 0.6, (1, 5, ROWS, COLUMNS)).astype(np.float32)
    assert np.asarray(eye(1.5 * mouths - 0.1, at)) == pytest.approx(np.asarray(eye(mouths, at)), abs=0.02)
    images = even_light(jnp.asarray(mouths.transpose(0, 2, 3, 1)))
    assert float(images.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(images.std()) == pytest.approx(0.18, abs=0.01)
    assert np.isfinite(np.asarray(even_light(jnp.full((1, 4, 4, 3), 0.3)))).all()  # no contrast at all


def test_later_sound_is_described_later(ear):
    sound = np.random.default_rng(0).uniform(FAINTEST, LOUDEST, (1, 60, MELS)).astype(np.float32)
    later = np.concatenate([sound[:, :4], sound[:, :-4]], axis=1)  # by one moment of four windows
    first, second = (np.asarray(ear(x, np.arange(15)[None])) for x in (sound, later))
    assert second[0, 6:10] == pytest.approx(first[0, 5:9], abs=1e-4)


def test_gradients_reach_every_parameter(eye, ear):
    rng, at = np.random.default_rng(0), np.array([[1, 3]])
    shown = {
        "eye": rng.random((1, 6, ROWS, COLUMNS)).astype(np.float32),
        "ear": rng.uniform(FAINTEST, LOUDEST, (1, 24, MELS)).astype(np.float32),
    }
    for model, x in ((eye, shown["eye"]), (ear, shown["ear"])):
        slopes = nnx.grad(lambda m, x=x: (m.tell(nnx.relu(m(x, at, key=jax.random.key(0)))) ** 2).sum())(model)
        for leaf in jax.tree.leaves(slopes):
            assert np.isfinite(np.asarray(leaf)).all()
            assert np.abs(np.asarray(leaf)).max() > 0


def test_jit_computes_the_same(eye, ear):
    rng, at = np.random.default_rng(0), jnp.array([[1, 3, 4]])
    x = {"eye": rng.random((1, 6, ROWS, COLUMNS)), "ear": rng.uniform(FAINTEST, LOUDEST, (1, 24, MELS))}
    for model, shown in ((eye, x["eye"]), (ear, x["ear"])):
        shown = jnp.asarray(shown, jnp.float32)
        assert np.asarray(nnx.jit(lambda m, x: m(x, at))(model, shown)) == pytest.approx(
            np.asarray(model(shown, at)), abs=1e-4
        )


@pytest.fixture(scope="module")
def made():
    """Mouths that open, spread or stay shut as their tag says, at random moments; and sound that does the like."""
    rng, clips, frames = np.random.default_rng(0), 24, 12
    tags = rng.integers(0, TAGS, (clips, frames // 4)).repeat(4, axis=1)
    mouths = rng.integers(90, 110, (clips, frames, ROWS, COLUMNS))
    mouths[..., 3:5, 2:10] -= 60 * (tags == 1)[..., None, None]
    mouths[..., 1:7, 5:7] -= 60 * (tags == 2)[..., None, None]
    sound = rng.normal(-6, 0.3, (2, clips, 4 * frames, MELS))
    for tag, bands in ((1, slice(1, 4)), (2, slice(6, 9))):
        sound[..., bands] += 5 * (tags == tag).repeat(4, axis=1)[None, :, :, None]
    sound[1] += rng.normal(0, 1, sound[1].shape)
    rows = np.array([np.arange(0, 16), np.arange(8, 24)])
    return {"mouths": mouths.astype(np.uint8), "sound": sound.astype(np.float32)}, tags, rows


SHORT = Schedule(epochs=12, batch=8, rate=5e-3)


@pytest.fixture(scope="module")
def learned_of(made, tmp_path_factory):
    """What networks have learned of both; and the options that they were trained with."""
    (shown, tags, rows), folder = made, tmp_path_factory.mktemp("learned")
    found = {}
    for what, x in shown.items():
        options = {"count": TAGS, "schedule": SHORT, "keep": folder / f"{what}.npz"}
        found[what] = learn_features(x, tags, rows, key=jax.random.key(0), **options), options
    return found


@pytest.mark.parametrize("what", ["mouths", "sound"])
def test_what_is_learned_tells_the_word_on_clips_never_seen(made, what, learned_of):
    shown, tags, rows = made
    network, options = learned_of[what]
    clips = shown[what] if what == "mouths" else shown[what][0]
    features = network(clips)
    assert features.shape == (2, 24, 12, FEATURES)
    for split, own in enumerate(rows):
        unseen = np.setdiff1d(np.arange(24), own)
        linear = fit_linear(features[split, own].reshape(-1, FEATURES), tags[own].ravel(), decay=1e-2, classes=TAGS)
        said = linear_logits(linear, features[split, unseen].reshape(-1, FEATURES)).argmax(axis=1)
        assert np.mean(said == tags[unseen].ravel()) > 0.8
    # Words and looks of clips outside a split change nothing for it.
    outside = ~np.isin(np.arange(24), rows[0])
    other, changed = np.where(outside[:, None], (tags + 1) % TAGS, tags), shown[what].copy()
    others = outside if what == "mouths" else (slice(None), outside)
    changed[others] = changed[others][..., ::-1]
    again = learn_features(changed, other, rows, key=jax.random.key(0), count=TAGS, schedule=SHORT)
    np.testing.assert_array_equal(again(clips)[0], features[0])
    assert not np.array_equal(again(clips)[1], features[1])
    kept = learn_features(shown[what], tags, rows, key=jax.random.key(9), **options)  # read, not trained
    np.testing.assert_array_equal(kept(clips), features)


@pytest.mark.usefixtures("as_user")
def test_bad_input(made):
    shown, tags, rows = made
    options = {"count": TAGS, "key": jax.random.key(0), "schedule": SHORT}
    with pytest.raises(ValueError, match="a tag for each moment of each clip"):
        learn_features(shown["mouths"], tags[:, :-1], rows, **options)
    with pytest.raises(ValueError, match="a tag for each moment of each clip"):
        learn_features(shown["sound"][0], tags, rows, **options)  # one version, without its axis
    for wrong in (np.array([tags, tags]), tags - 1, tags + 1, tags.astype(float)):
        with pytest.raises(ValueError, match=r"a tag for each|tags of two axes, whole numbers within 0 … 2"):
            learn_features(shown["mouths"], wrong, rows, **options)
    for wrong in (rows[0], rows - 1, rows + 1, rows.astype(float), np.isin(np.arange(24), rows[:, None])):
        with pytest.raises(ValueError, match=r"rows of two axes, whole numbers within 0 … 23"):
            learn_features(shown["mouths"], tags, wrong, **options)
    with pytest.raises(ValueError, match="sizes of at least 1"):
        MouthCNN((ROWS, COLUMNS), 0, rngs=nnx.Rngs(0))


@pytest.mark.usefixtures("as_user")
def test_a_network_is_shown_what_it_is_made_for(eye, ear):
    at, mouths, sound = np.zeros((2, 1), int), np.zeros((2, 5, ROWS, COLUMNS)), np.zeros((2, 20, MELS))
    for wrong in ((mouths[0], at), (mouths[..., 1:], at), (mouths, at[0]), (mouths, at[:1]), (mouths[:0], at[:0])):
        with pytest.raises(ValueError, match=r"expected mouths \(clip, frame, row, column\), 8 × 12 each"):
            eye(*wrong)
    for wrong in ((sound[0], at), (sound[..., 1:], at), (sound, at[0]), (sound, at[:1]), (sound[:, :0], at)):
        with pytest.raises(ValueError, match=r"expected spectra \(clip, window, mel\), 10 each"):
            ear(*wrong)


@pytest.mark.usefixtures("as_user")
def test_what_was_learned_on_mouths_describes_mouths_and_the_like(learned_of):
    mouths, sound = np.zeros((2, 12, ROWS, COLUMNS), np.uint8), np.zeros((2, 48, MELS), np.float32)
    for wrong in (mouths / 255, mouths[0], mouths[..., 1:], sound):  # as floats they would be taken for spectra
        with pytest.raises(ValueError, match=r"mouths .* of bytes, 8 × 12 each, as in training"):
            learned_of["mouths"][0](wrong)
    for wrong in (sound[None], sound[0], sound[..., 1:], sound.astype(np.uint8), mouths):
        with pytest.raises(ValueError, match=r"spectra .*, 10 each, as in training"):
            learned_of["sound"][0](wrong)


def test_training_changes_what_is_shown(eye, ear):
    """Shifts, mirrors and dropout for mouths, dropout for sound: where a key is given, and by that key alone."""
    rng, at = np.random.default_rng(0), np.zeros((1, 1), int)
    shown = {eye: rng.random((1, 3, ROWS, COLUMNS)), ear: rng.uniform(FAINTEST, LOUDEST, (1, 24, MELS))}
    for model, x in shown.items():
        once, again, other = (np.asarray(model(x, at, key=jax.random.key(seed))) for seed in (0, 0, 1))
        assert np.array_equal(once, again)
        assert not np.allclose(once, other)
        assert not np.allclose(once, np.asarray(model(x, at)))


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_dropout_alone_changes_sound_and_mouths_are_shifted_as_well(eye, ear, monkeypatch, share):
    monkeypatch.setattr(moment_cnn, "DROPOUT", share)
    monkeypatch.setattr(moment_cnn, "augment", lambda images, *, key, shift: 1 - images if shift == SHIFT else images)
    rng, at = np.random.default_rng(0), np.zeros((1, 1), int)
    mouths, sound = rng.uniform(0.3, 0.7, (1, 3, ROWS, COLUMNS)), rng.uniform(FAINTEST, LOUDEST, (1, 24, MELS))
    key = jax.random.key(0)
    turned = np.allclose(eye(mouths, at, key=key), eye(1 - mouths, at), atol=1e-4)
    as_it_is = np.allclose(ear(sound, at, key=key), ear(sound, at), atol=1e-5)
    assert turned == as_it_is == (share == 0)


class EnoughError(Exception):
    """What was to be seen has been seen."""


def test_networks_learn_from_all_versions_of_sound(made, monkeypatch):
    """Which version is shown to a network is drawn as for readers; its loss is that of this version alone."""
    shown, tags, rows = made
    drawn, losses, lowest = [], [], []

    def draw(key, clips, versions):
        drawn.append(versions)
        return jnp.full(clips, versions - 1)

    def train(make, loss, data, rows, *, key, schedule, keep):
        model = with_random(make(nnx.Rngs(0)), 3)
        tell, model.tell = model.tell, lambda x: lowest.append(float(x.min())) or tell(x)
        losses.append(float(loss(model, data, jnp.arange(4), jax.random.key(1))))
        raise EnoughError

    monkeypatch.setattr(learned, "draw_version", draw)
    monkeypatch.setattr(learned, "train_folds", train)
    for versions in (slice(None), slice(1, None), slice(0, 1)):
        with pytest.raises(EnoughError):
            learn_features(shown["sound"][versions], tags, rows, count=TAGS, key=jax.random.key(0))
    assert drawn == [2, 1, 1]
    assert losses[0] == losses[1] != losses[2]
    assert lowest == [0, 0, 0]  # what is told from went through a ReLU
