"""The moments of words in; a score for every word of the vocabulary out, from each sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float, Key

from vmm_edu.features.arrays import AnyArray
from vmm_edu.fusion import sum_log_probabilities
from vmm_edu.grid.words import Clock
from vmm_edu.sequence import LSTM, bidirectional_lstm

Moments = Float[AnyArray, "batch word _step _feature"]
Logits = tuple[Float[Array, "batch _class"], ...]
LOOKS, HIDDEN = 48, 48


class WordReader(nnx.Module):
    r"""One sense: a linear layer, an LSTM in both directions, and for each place in the sentence a layer of its own.

    All six kinds of word share the layer and the LSTM, so each learns from six times as many words; only the last
    layers know which words are possible there. They see every step, and the linear layer's output beside the LSTM's:
    where a linear model is enough, the LSTM need add nothing.

    Attributes:
        look: features to a few numbers, at each step.
        forward, backward: the LSTM's two directions.
        heads: one layer for each place in the sentence.
    """

    def __init__(
        self, features: int, clock: Clock, classes: Sequence[int], *, looks: int, hidden: int, rngs: nnx.Rngs
    ) -> None:
        """Make the parameters.

        Args:
            features: length of the vector at each step.
            clock: of the sense; its `steps` count.
            classes: number of words at each place in the sentence.
            looks: what the linear layer makes of the features.
            hidden: length of the LSTM's state, in each direction.
            rngs: source of the random initial values.

        Raises:
            ValueError: a size below 1.
        """
        if min(features, clock.steps, looks, hidden, *classes) < 1:
            raise ValueError(f"expected sizes of at least 1, got {(features, clock.steps, looks, hidden, *classes)}")
        self.look = nnx.Linear(features, looks, rngs=rngs)
        self.forward, self.backward = (LSTM(looks, hidden, rngs=rngs) for _ in range(2))
        wide = clock.steps * (2 * hidden + looks)
        zeros = nnx.initializers.zeros
        self.heads = nnx.List([nnx.Linear(wide, size, kernel_init=zeros, rngs=rngs) for size in classes])

    def __call__(
        self, x: Moments, *, key: Key[Array, ""] | None = None, dropout: tuple[float, float] = (0.0, 0.0)
    ) -> Logits:
        """Score the words.

        Args:
            x: features at the steps of each word.
            key: source of dropout; None: nothing is dropped.
            dropout: share of the features (the same at all steps of a word), and of what the heads see.

        Returns:
            Logits of each place in the sentence.

        Raises:
            ValueError: another number of words than places.
        """
        batch, words, steps, features = x.shape
        if words != len(self.heads):
            raise ValueError(f"expected {len(self.heads)} words a clip, got {words}")
        x = jnp.asarray(x).reshape(batch * words, steps, features)
        first, second = (None, None) if key is None else jax.random.split(key)
        if first is not None:
            x = drop(x, (batch * words, 1, features), dropout[0], first)
        seen = self.look(x)
        h, _ = bidirectional_lstm(self.forward.params, self.backward.params, seen)
        both = jnp.concatenate([h, seen], axis=2)
        if second is not None:
            both = drop(both, both.shape, dropout[1], second)
        # Divided so that the heads' weights learn about as quickly as the rest.
        flat = both.reshape(batch, words, -1) / jnp.sqrt(float(steps))
        return tuple(head(flat[:, place]) for place, head in enumerate(self.heads))


class SpeechReader(nnx.Module):
    """Several senses, each with a `WordReader`; together they add their log-probabilities (late fusion).

    Attributes:
        senses: name → its reader.
    """

    def __init__(
        self,
        features: Mapping[str, int],
        clocks: Mapping[str, Clock],
        classes: Sequence[int],
        *,
        looks: int = LOOKS,
        hidden: int = HIDDEN,
        rngs: nnx.Rngs,
    ) -> None:
        """Make the parameters.

        Args:
            features: name of each sense → length of its vectors.
            clocks: name → its clock.
            classes: as `WordReader`.
            looks: as `WordReader`.
            hidden: as `WordReader`.
            rngs: source of the random initial values.

        Raises:
            ValueError: no sense, a sense without a clock, or a size below 1.
        """
        if not features or set(features) != set(clocks):
            raise ValueError(f"expected a clock for each sense, got senses {sorted(features)}, clocks {sorted(clocks)}")
        self.senses = nnx.Dict(
            {
                name: WordReader(size, clocks[name], classes, looks=looks, hidden=hidden, rngs=rngs)
                for name, size in sorted(features.items())
            }
        )

    def each(
        self, x: Mapping[str, Moments], *, key: Key[Array, ""] | None = None, dropout: tuple[float, float] = (0.0, 0.0)
    ) -> dict[str, Logits]:
        """Score the words from each sense alone.

        Args:
            x: name → features at the steps of each word.
            key: as `WordReader`.
            dropout: as `WordReader`.

        Returns:
            name → logits of each place.

        Raises:
            ValueError: an unknown sense.
        """
        if unknown := set(x) - set(self.senses):
            raise ValueError(f"expected senses among {sorted(self.senses)}, got {sorted(unknown)}")
        keys = [None] * len(x) if key is None else jax.random.split(key, len(x))
        return {
            name: self.senses[name](x[name], key=k, dropout=dropout) for name, k in zip(sorted(x), keys, strict=True)
        }

    def __call__(
        self, x: Mapping[str, Moments], *, mask: Mapping[str, Bool[AnyArray, " batch"]] | None = None
    ) -> Logits:
        """Score the words from all senses that are there.

        Args:
            x: name → features at the steps of each word; a name left out is missing.
            mask: name → (batch,), True = present.

        Returns:
            The sum of the senses' log-probabilities, for each place.

        Raises:
            ValueError: no sense, an unknown one, or a wrong mask.
        """
        return fuse(self.each(x), mask=mask)


def fuse(each: Mapping[str, Logits], *, mask: Mapping[str, Bool[AnyArray, " batch"]] | None = None) -> Logits:
    """Add the log-probabilities of the senses, place by place.

    Args:
        each: name → logits of each place.
        mask: name → (batch,), True = present.

    Returns:
        Log-probabilities, not normalised.

    Raises:
        ValueError: as `sum_log_probabilities`.
    """
    places = zip(*each.values(), strict=True)
    return tuple(sum_log_probabilities(dict(zip(each, logits, strict=True)), mask=mask) for logits in places)


def drop(
    x: Float[Array, "*shape"], shape: tuple[int, ...], share: float, key: Key[Array, ""]
) -> Float[Array, "*shape"]:
    """Dropout: set a random share to 0 and make up for it.

    Args:
        x: what to drop from.
        shape: of the choices; an axis of length 1 drops all along it.
        share: 0…1, below 1.
        key: source of the choices.

    Returns:
        As `x`; its mean over many draws is `x`.

    Raises:
        ValueError: a share outside 0…1.
    """
    if not 0 <= share < 1:
        raise ValueError(f"expected a share of at least 0 and below 1, got {share}")
    kept = jax.random.bernoulli(key, 1 - share, shape)
    return jnp.where(jnp.broadcast_to(kept, x.shape), x / (1 - share), jnp.zeros_like(x))
