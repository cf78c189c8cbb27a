"""A video file in; what each sense shows, what it says about the label, and what all of them say together, out."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float

from vmm_edu.features import Vocabulary
from vmm_edu.predict.card import model_card
from vmm_edu.predict.describing import Described, describe
from vmm_edu.predict.senses_model import Decisions, SensesModel
from vmm_edu.predict.storage import load, read_metadata, save
from vmm_edu.predict.taking import Recipe, take_clip

SHIPPED = "model/main.safetensors"


class Prediction(NamedTuple):
    """What the model makes of one window of one file. All probabilities are 0…1.

    Attributes:
        labels: name of each class.
        fused: probability of each class from all senses that are there.
        alone: sense → probability of each class from that sense alone; only senses that are there.
        symbols: sense → what it shows ("material") → value ("wood") → probability.
        missing: sense → why it is missing.
        start_s: where the window begins, in seconds.
        end_s: where it ends, in seconds.
    """

    labels: tuple[str, ...]
    fused: Float[np.ndarray, " class"]
    alone: dict[str, Float[np.ndarray, " class"]]
    symbols: dict[str, dict[str, dict[str, float]]]
    missing: dict[str, str]
    start_s: float
    end_s: float

    @property
    def label(self) -> str:
        """The likeliest class from all senses."""
        return self.labels[int(self.fused.argmax())]


class Pipeline:
    """From a file to a prediction: frames, sound and text, their features, an LSTM for each, and their fusion.

    Attributes:
        model: the trained network.
        recipe: how a window of a file becomes features.
        vocabulary: the words it knows.
        labels: name of each class.
        symbols: sense → what it shows → names of the values.
        about: whatever else was stored: how it was trained, its scores.
    """

    def __init__(
        self,
        model: SensesModel,
        *,
        recipe: Recipe,
        vocabulary: Vocabulary,
        labels: tuple[str, ...],
        symbols: Mapping[str, Mapping[str, tuple[str, ...]]],
        about: Mapping[str, Any] | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            model: a trained network.
            recipe: how it was fed.
            vocabulary: built from its training texts.
            labels: name of each class.
            symbols: sense → what it shows → names of the values.
            about: whatever should be stored with it, of JSON types.
        """
        self.model, self.recipe, self.vocabulary = model, recipe, vocabulary
        self.labels, self.symbols, self.about = labels, symbols, dict(about or {})
        self._graph, self._state = nnx.split(model)

    def predict(self, path: str | os.PathLike[str], *, text: str | None = None, start_s: float = 0.0) -> Prediction:
        """Look at one window of a file. A missing sense is left out, and its reason given.

        Args:
            path: a video (with sound or without, of any size, rotation and length) or a sound file.
            text: words that go with it; None: those of the .vtt or .srt file of the same name, if there is one.
            start_s: where the window begins, in seconds; its length is `recipe.window_s`.

        Returns:
            Probabilities and what was missing.

        Raises:
            MediaError: the file cannot be read, or has neither picture nor sound there; the subclass says why.
            ValueError: `start_s` below 0, or a damaged caption file.

        Warns:
            DamagedFileWarning: a part of the file could not be read; the rest is used.
        """
        taken = take_clip(path, recipe=self.recipe, vocabulary=self.vocabulary, text=text, start_s=start_s)
        senses = describe([taken], recipe=self.recipe, vocabulary=self.vocabulary)
        decisions = _decide(self._graph, self._state, senses)
        symbols = {
            sense: {
                symbol: dict(zip(names, _probabilities(decisions.symbols[sense][symbol]).tolist(), strict=True))
                for symbol, names in shown.items()
            }
            for sense, shown in self.symbols.items()
            if sense not in taken.missing
        }
        return Prediction(
            self.labels,
            _probabilities(decisions.early),
            {sense: _probabilities(decisions.alone[sense]) for sense in self.symbols if sense not in taken.missing},
            symbols,
            taken.missing,
            start_s,
            start_s + self.recipe.window_s,
        )

    def save(self, path: str | os.PathLike[str], *, dtype: str | None = None) -> None:
        """Write everything to one safetensors file.

        Args:
            path: the file.
            dtype: store parameters in this type, such as "float16". None: as they are.

        Raises:
            ValueError: as `save`.
            FileNotFoundError: the folder does not exist.
        """
        description = {
            "recipe": self.recipe._asdict(),
            "vocabulary": self.vocabulary.to_dict(),
            "labels": list(self.labels),
            "symbols": {sense: {name: list(v) for name, v in shown.items()} for sense, shown in self.symbols.items()},
            "sizes": self.model.sizes,
            "about": self.about,
        }
        save(path, self.model, metadata={"pipeline": description}, dtype=dtype)

    def card(self, *, uses: Sequence[str], limits: Sequence[str]) -> str:
        """Write the model card from what is stored with the model.

        Args:
            uses: what it is meant for, one sentence each.
            limits: what it must not be used for or was not tested on, one sentence each.

        Returns:
            Markdown, as `model_card` describes it.

        Raises:
            ValueError: no use or no limit.
        """
        return model_card(
            self.about,
            labels=self.labels,
            symbols=self.symbols,
            recipe=self.recipe._asdict(),
            uses=uses,
            limits=limits,
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Pipeline:
        """Read what `save` wrote.

        Args:
            path: the file; None: the model that comes with the package, which knows ChimeWorld's dropped things.

        Returns:
            The same pipeline.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is damaged, or not a pipeline.
        """
        if path is None:
            with resources.as_file(resources.files("vmm_edu.predict") / SHIPPED) as shipped:
                return cls.load(shipped)
        stored: Any = read_metadata(path).get("pipeline")
        try:
            sizes, symbols = stored["sizes"], stored["symbols"]
            # Shapes only: the values come from the file, and drawing them first would take most of the time.
            model = nnx.eval_shape(
                lambda: SensesModel(
                    sizes["inputs"],
                    symbols={sense: {name: len(v) for name, v in shown.items()} for sense, shown in symbols.items()},
                    classes=len(stored["labels"]),
                    hidden=sizes["hidden"],
                    fused=sizes["fused"],
                    rngs=nnx.Rngs(0),
                )
            )
            pipeline = cls(
                model,
                recipe=Recipe(**stored["recipe"]),
                vocabulary=Vocabulary.from_dict(stored["vocabulary"]),
                labels=tuple(stored["labels"]),
                symbols={sense: {name: tuple(v) for name, v in shown.items()} for sense, shown in symbols.items()},
                about=stored["about"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"expected a pipeline in {Path(path)}, got a model whose description lacks or garbles {error}; "
                "was it written by Pipeline.save?"
            ) from error
        load(path, pipeline.model)
        _, pipeline._state = nnx.split(pipeline.model)
        return pipeline


@functools.partial(jax.jit, static_argnums=0)
def _decide(graph: nnx.GraphDef[SensesModel], state: Any, senses: dict[str, Described]) -> Decisions:
    """Compiled once for all pipelines of one architecture: a loaded one answers as fast as the one that was saved."""
    return nnx.merge(graph, state)(senses)


def _probabilities(logits: Float[Any, "1 class"]) -> Float[np.ndarray, " class"]:
    return np.asarray(jax.nn.softmax(logits[0]))
