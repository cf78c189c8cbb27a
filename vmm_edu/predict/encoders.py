"""One sense's features over time, or the ids of its words, in; one vector per clip out."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Bool, Float, Num

from vmm_edu.predict.describing import Described
from vmm_edu.sequence import LSTM


class Fixed(nnx.Variable):
    """A number that is measured on the training clips and stored with the model, but not learned."""


class SenseEncoder(nnx.Module):
    r"""One sense's features over time to one vector: standardise, project, and read with an LSTM.

    $$h_t = \mathrm{LSTM}(\mathrm{relu}(W (x_t - μ) / σ + b), h_{t-1}), \qquad z = h_T$$
    """

    def __init__(self, features: int, hidden: int, *, rngs: nnx.Rngs) -> None:
        """Make the parameters; mean 0 and scale 1 until `standardise` is called.

        Args:
            features: length of the input vectors.
            hidden: length of the result.
            rngs: source of the random initial values.

        Raises:
            ValueError: `features` or `hidden` below 1.
        """
        self.mean, self.scale = Fixed(jnp.zeros(features)), Fixed(jnp.ones(features))
        self.project = nnx.Linear(features, hidden, rngs=rngs)
        self.lstm = LSTM(hidden, hidden, rngs=rngs)

    def standardise(self, sense: Described) -> None:
        """Measure mean and scale on training clips, over all real steps.

        Args:
            sense: features of the training clips.

        Raises:
            ValueError: no real step.
        """
        real = np.asarray(sense.steps)[np.asarray(sense.mask)]
        if not len(real):
            raise ValueError("expected at least one clip that has this sense, got none")
        self.mean[...] = jnp.asarray(real.mean(axis=0), jnp.float32)
        # A feature that never varies in training is left small rather than blown up at the first new value.
        self.scale[...] = jnp.asarray(np.maximum(real.std(axis=0), 1e-2), jnp.float32)

    def __call__(
        self, x: Num[Array | np.ndarray, "batch time feature"], *, mask: Bool[Array | np.ndarray, "batch time"]
    ) -> Float[Array, "batch hidden"]:
        """Read clips.

        Args:
            x: features.
            mask: True = real step; what masked steps contain changes nothing.

        Returns:
            The hidden state after the last real step; 0 for a clip without one.

        Raises:
            ValueError: shapes that do not fit.
        """
        mask = jnp.asarray(mask)
        x = jnp.where(mask[..., None], jnp.asarray(x).astype(jnp.float32), 0.0)
        standard = (x - self.mean[...][None, None, :]) / self.scale[...][None, None, :]
        return jnp.asarray(self.lstm(nnx.relu(self.project(standard)), mask=mask)[1].h)


class WordEncoder(nnx.Module):
    """Ids of words to one vector: a learned vector for each word, read with an LSTM."""

    def __init__(self, words: int, hidden: int, *, rngs: nnx.Rngs) -> None:
        """Make the parameters.

        Args:
            words: number of ids, padding and "unknown" among them.
            hidden: length of the word vectors and of the result.
            rngs: source of the random initial values.

        Raises:
            ValueError: `hidden` below 1.
        """
        self.embed = nnx.Embed(words, hidden, rngs=rngs)
        self.lstm = LSTM(hidden, hidden, rngs=rngs)

    def __call__(
        self, tokens: Num[Array | np.ndarray, "batch token"], *, mask: Bool[Array | np.ndarray, "batch token"]
    ) -> Float[Array, "batch hidden"]:
        """Read texts.

        Args:
            tokens: ids.
            mask: True = a real token.

        Returns:
            The hidden state after the last real token; 0 for an empty text.

        Raises:
            ValueError: shapes that do not fit.
        """
        return jnp.asarray(self.lstm(self.embed(jnp.asarray(tokens, jnp.int32)), mask=jnp.asarray(mask))[1].h)
