"""Moments of a mouth, or of sound, in; a few numbers for each, by a small CNN, out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Integer, Key, Num

from vmm_edu.features import FrameCNN, augment
from vmm_edu.features.arrays import AnyArray
from vmm_edu.features.convolution import output_size
from vmm_edu.grid.describing import FAINTEST
from vmm_edu.grid.reader import drop

CHANNELS, FEATURES = (16, 32, 32), 48
APART = 2
"""Moments between those that are seen together; at 25 a second 80 ms before, now, 80 ms after."""
WINDOWS = 4
"""Of sound, in a moment: the convolutions halve the time twice."""
SHIFT, DROPOUT = 2, 0.3
"""In training: how far a mouth is shifted, pixels; which share of what the maps show is dropped."""
LOUDEST = 5.0
"""Of a log-mel spectrum: what is at least as loud is 1 in the image, what is at most `FAINTEST` is 0."""
SETTINGS = (CHANNELS, FEATURES, APART, SHIFT, DROPOUT, LOUDEST)


class MouthCNN(nnx.Module):
    """A mouth two frames before, now and two frames after, as the three channels of one image, to a few numbers.

    The maps of the `FrameCNN` are not averaged over all places: on a mouth that has been cut out, it counts where
    something is.

    Attributes:
        size: rows and columns of a mouth, pixels.
        cnn: the convolutions.
        look: maps to a few numbers.
        tell: these to a score for each tag; for training alone.
    """

    def __init__(self, places: tuple[int, int], tags: int, *, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            places: rows and columns of a mouth, pixels.
            tags: how many tags there are.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        self.size = tuple(places)
        self.cnn = FrameCNN(CHANNELS, kernels=(3, 3, 3), rngs=rngs)
        self.look, self.tell = _ends(CHANNELS[-1] * _left(self.cnn, places[0]) * _left(self.cnn, places[1]), tags, rngs)

    def __call__(
        self,
        mouths: Float[AnyArray, "clip frame row column"],
        at: Integer[AnyArray, "clip moment"],
        *,
        key: Key[Array, ""] | None = None,
    ) -> Float[Array, "clip moment feature"]:
        """Describe mouths at some moments.

        Args:
            mouths: grey, 0…1.
            at: numbers of frames; beyond the ends of a clip its first and last frame are taken again.
            key: for training: source of shifts, mirrors and dropout. None: nothing is changed.

        Returns:
            `FEATURES` numbers for each moment, from which `tell` makes scores after a ReLU.

        Raises:
            ValueError: mouths of another size, or moments that are not those of the clips.
        """
        _check(mouths, at, self.size, "mouths (clip, frame, row, column)")
        together = jnp.stack([taken(mouths, at + step * APART) for step in (-1, 0, 1)], axis=-1)
        images = even_light(together.reshape(-1, *together.shape[2:]))
        if key is not None:
            key, vary_key = jax.random.split(key)
            images = augment(images, key=vary_key, shift=SHIFT)
        maps = self.cnn.maps(images)[-1].reshape(len(images), -1)
        return self.look(_dropped(maps, key)).reshape(*at.shape, FEATURES)


class SoundCNN(nnx.Module):
    """A spectrogram as an image: what its maps show 80 ms before, now and 80 ms after, to a few numbers.

    Attributes:
        size: bands of the spectrogram.
        cnn: the convolutions; they halve the time twice.
        look: maps to a few numbers.
        tell: these to a score for each tag; for training alone.
    """

    def __init__(self, mels: int, tags: int, *, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            mels: bands of the spectrogram.
            tags: how many tags there are.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        self.size = (mels,)
        self.cnn = FrameCNN(CHANNELS, kernels=(5, 3, 3), strides=(2, 2, 1), input_channels=1, rngs=rngs)
        self.look, self.tell = _ends(3 * CHANNELS[-1] * _left(self.cnn, mels), tags, rngs)

    def __call__(
        self,
        sound: Float[AnyArray, "clip window mel"],
        at: Integer[AnyArray, "clip moment"],
        *,
        key: Key[Array, ""] | None = None,
    ) -> Float[Array, "clip moment feature"]:
        """Describe sound at some moments.

        Args:
            sound: from `sound_features`, 100 windows a second.
            at: numbers of moments of 40 ms; beyond the ends of a clip its first and last one are taken again.
            key: for training: source of dropout. None: nothing is dropped.

        Returns:
            As `MouthCNN`.

        Raises:
            ValueError: another number of bands, or moments that are not those of the clips.
        """
        _check(sound, at, self.size, "spectra (clip, window, mel)")
        images = jnp.clip((jnp.asarray(sound) - FAINTEST) / (LOUDEST - FAINTEST), 0, 1)[..., None]
        maps = self.cnn.maps(images)[-1]
        maps = maps.reshape(*maps.shape[:2], -1)
        together = jnp.concatenate([taken(maps, at + step * APART) for step in (-1, 0, 1)], axis=-1)
        return self.look(_dropped(together, key))


def even_light(images: Float[Array, "image row column channel"]) -> Float[Array, "image row column channel"]:
    """Give all images the same mean and contrast: light is not what is said.

    Args:
        images: 0…1.

    Returns:
        Images of mean 0.5 and standard deviation 0.18, then cut off at 0 and 1.

    Raises:
        ValueError: none of its own.
    """
    mean, spread = images.mean(axis=(1, 2, 3), keepdims=True), images.std(axis=(1, 2, 3), keepdims=True)
    return jnp.clip((images - mean) / (spread + 1e-3) * 0.18 + 0.5, 0, 1)


def taken(x: Num[AnyArray, "clip time *what"], at: Integer[AnyArray, "clip moment"]) -> Num[Array, "clip moment *what"]:
    """Take moments of clips, others from each.

    Args:
        x: one entry for each moment of each clip.
        at: which moments; beyond the ends the first and last are taken again.

    Returns:
        x[clip, at[clip, moment]].

    Raises:
        ValueError: none of its own.
    """
    return jnp.asarray(x)[jnp.arange(len(x))[:, None], jnp.clip(at, 0, x.shape[1] - 1)]


def _check(
    x: Num[AnyArray, "clip time *size"], at: Integer[AnyArray, "clip moment"], size: tuple[int, ...], what: str
) -> None:
    if x.ndim != len(size) + 2 or x.shape[2:] != size or not x.size or at.ndim != 2 or len(at) != len(x):
        raise ValueError(
            f"expected {what}, {' × '.join(map(str, size))} each, and moments (clip, moment) of the same clips, got "
            f"{x.shape} and {at.shape}"
        )


def _ends(wide: int, tags: int, rngs: nnx.Rngs) -> tuple[nnx.Linear, nnx.Linear]:
    if min(wide, tags) < 1:
        raise ValueError(f"expected sizes of at least 1, got {wide} places times channels and {tags} tags")
    return nnx.Linear(wide, FEATURES, rngs=rngs), nnx.Linear(FEATURES, tags, rngs=rngs)


def _dropped(x: Float[Array, "*shape"], key: Key[Array, ""] | None) -> Float[Array, "*shape"]:
    return x if key is None else drop(x, x.shape, DROPOUT, key)


def _left(cnn: FrameCNN, size: int) -> int:
    """Places left of a row of pixels, or of bands, after all convolutions."""
    for layer in cnn.layers:
        size = output_size(size, kernel=layer.kernel, stride=layer.stride, padding=layer.padding)
    return size
