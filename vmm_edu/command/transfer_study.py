"""Clips of two tasks in; a network trained on the first, and how far its frozen features carry on the second, out."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata, resources
from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx
from jaxtyping import Float, Int, UInt8

from vmm_edu import world
from vmm_edu.features import FrameClassifier, FrameCNN, VisualVocabulary, grey, hog, sift
from vmm_edu.framing import read_frames
from vmm_edu.predict import accuracy, augmented_loss, fit, linear_probe, load, predict_logits, warm_cosine

PACKAGES = ("vmm-edu", "jax", "flax", "optax", "numpy", "scikit-learn", "av")
SHAPE_SEED, MAIN_SEED = 2, 4
FRAMES_PER_CLIP = 2
FRAME = 20  # of a dropped thing: it has landed, or bounces low
SYMBOLS = ("shape", "material", "size")
SUBSET = {"clips": 100, "test": 200}
BATCH, PEAK = 16, 4e-3
LEARNED, RANDOM = "CNN, learned on shapes", "CNN, random weights"
HOG, SIFT = "HOG", "SIFT, visual words"
ANEW = "CNN, trained anew"
STEPS = 1500
TRAININGS = 3  # of the whole network for each number of clips: other clips, weights and order each time
WORDS, FAINT = 64, 0.005  # 64 pixels a side hold few points that stand out: fainter ones than usual are kept

Frames = UInt8[np.ndarray, "batch height width channel"]
Unseen = UInt8[np.ndarray, "unseen height width channel"]
Features = Float[np.ndarray, "batch feature"]
Describe = Callable[[Frames, Frames], tuple[Any, ...]]


class Study(NamedTuple):
    """The network and the record.

    Attributes:
        model: trained on shapes.
        record: accuracies and versions, of JSON types.
    """

    model: FrameClassifier
    record: dict[str, Any]


def study(*, seeds: int, epochs: int, sizes: Sequence[int], tests: int, say: Callable[[str], object]) -> Study:
    """Train on the task "shape", freeze, and probe on what is dropped in the task "main".

    Args:
        seeds: draws of the training clips of the second task.
        epochs: of the training on shapes.
        sizes: numbers of training clips of the second task.
        tests: unseen clips of the second task.
        say: takes one line about what is going on.

    Returns:
        The network and its record.

    Raises:
        ValueError: a number is out of range, or a score lies above its ceiling by more than 3 σ.
    """
    say("training on shapes")
    model, first = train_on_shapes(epochs=epochs)
    say(f"shapes: {first['accuracy']:.3f}; drawing dropped things")
    frames, labels = dropped(max(sizes), split="train")
    unseen, unseen_labels = dropped(tests, split="validation")
    curves: dict[str, list[list[float]]] = {}
    for name, describe in encoders(model).items():
        say(f"probing {name}")
        known, new = describe(frames, unseen)
        curves[name] = [
            [linear_probe(known[rows], labels[rows], new, unseen_labels) for rows in draws(len(labels), size, seeds)]
            for size in sizes
        ]
    curves[ANEW] = []
    for size in sizes:
        say(f"training anew on {size} clips")
        curves[ANEW].append(
            [
                train_all(None, frames[rows], labels[rows], unseen, unseen_labels, seed=seed)
                for seed, rows in enumerate(draws(len(labels), size, min(seeds, TRAININGS)))
            ]
        )
    say("training on from what was learned on shapes")
    tuned = [
        train_all(model.encoder, frames[rows], labels[rows], unseen, unseen_labels, seed=seed)
        for seed, rows in enumerate(draws(len(labels), max(sizes), min(seeds, TRAININGS)))
    ]
    return Study(
        model,
        {
            "first": first,
            "second": {"task": "main", "symbols": SYMBOLS, "classes": 8, "ceiling": 1.0, "frame": FRAME, "test": tests},
            "clips": list(sizes),
            "fine_tuned": {"clips": max(sizes), "accuracy": np.round(tuned, 4).tolist()},
            "steps": STEPS,
            "curves": {name: [np.round(scores, 4).tolist() for scores in curve] for name, curve in curves.items()},
            "subset": SUBSET | {"accuracy": subset(model)},
            "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in PACKAGES},
        },
    )


def shape_model(seed: int) -> FrameClassifier:
    """An untrained `FrameCNN` with a linear layer for the four shapes.

    Args:
        seed: of the weights.
    """
    rngs = nnx.Rngs(seed)
    return FrameClassifier(FrameCNN(rngs=rngs), 64, 4, rngs=rngs)


def train_on_shapes(*, epochs: int) -> tuple[FrameClassifier, dict[str, Any]]:
    """Train on 320 clips of the task "shape", test on 160, from files on disk.

    Args:
        epochs: times that each frame is seen.

    Raises:
        ValueError: the score lies above its ceiling by more than 3 σ.
    """
    train, test = (world.pool("shape", clips=n, seed=SHAPE_SEED, split=s) for n, s in ((320, "train"), (160, "test")))
    images, unseen = (
        np.stack([read_frames(path, count=FRAMES_PER_CLIP).images for path in clips.paths]) / np.float32(255)
        for clips in (train, test)
    )
    images, labels = images.reshape(-1, *images.shape[2:]), np.repeat(train.labels, FRAMES_PER_CLIP)
    model = shape_model(0)
    rate = warm_cosine(PEAK, steps=epochs * -(-len(labels) // BATCH))
    loss = augmented_loss(negative=True)
    fit(model, images, labels, key=jax.random.key(0), loss=loss, epochs=epochs, batch_size=BATCH, learning_rate=rate)
    logits = jax.nn.log_softmax(predict_logits(model, unseen, batch_size=64))
    score, ceiling = (
        accuracy(test.labels, np.asarray(logits.mean(axis=1).argmax(axis=1))),
        world.ceiling("shape", ("video",)),
    )
    sigma = math.sqrt(ceiling * (1 - ceiling) / len(test))
    if score > ceiling + 3 * sigma:
        raise ValueError(f"expected at most {ceiling + 3 * sigma:.3f}, got {score:.3f}: something leaks")
    clips = {"train": len(train), "test": len(test)}
    return model, {"task": "shape", "clips": clips, "epochs": epochs, "accuracy": score, "ceiling": ceiling}


def dropped(clips: int, *, split: str) -> tuple[Frames, Int[np.ndarray, " batch"]]:
    """One frame of each of so many dropped things, not coded, and which of eight things it is.

    Args:
        clips: how many.
        split: "train" or "validation".
    """
    drawn = world.sample("main", clips=clips, seed=MAIN_SEED, split=split)
    frames = np.stack([world.perform(clip).images[FRAME] for clip in drawn])
    shown = [[clip.symbols["video"][name] for name in SYMBOLS] for clip in drawn]
    return frames, np.array(shown) @ np.array((4, 2, 1))


def encoders(model: FrameClassifier) -> Mapping[str, Describe]:
    """What describes a frame, by name; nothing in them is trained on the second task.

    Args:
        model: trained on shapes.
    """
    random = shape_model(1)
    return {
        LEARNED: lambda *sets: tuple(described(model.encoder, frames) for frames in sets),
        RANDOM: lambda *sets: tuple(described(random.encoder, frames) for frames in sets),
        HOG: lambda *sets: tuple(np.asarray(hog(grey(frames))) for frames in sets),
        SIFT: visual_words,
    }


def described(encoder: nnx.Module, frames: Frames) -> Features:
    """Features of frames 0…255."""
    return predict_logits(encoder, frames / np.float32(255), batch_size=100)


def visual_words(frames: Frames, unseen: Unseen) -> tuple[Features, Float[np.ndarray, "unseen feature"]]:
    """How often each visual word occurs in each frame, as square roots of shares; the words are those of `frames`."""
    found = [[sift(np.asarray(image), contrast=FAINT).descriptors for image in grey(part)] for part in (frames, unseen)]
    vocabulary = VisualVocabulary.learn(np.concatenate(found[0]), words=WORDS, seed=0)
    counts = [np.stack([vocabulary.count(descriptors) for descriptors in part]) for part in found]
    known, new = (np.sqrt(count / np.maximum(count.sum(axis=1, keepdims=True), 1)) for count in counts)
    return known, new


def draws(clips: int, size: int, seeds: int) -> list[Int[np.ndarray, " batch"]]:
    """Rows of so many clips out of all, one draw for each seed."""
    return [np.random.default_rng(seed).permutation(clips)[:size] for seed in range(seeds)]


def train_all(
    start: nnx.Module | None,
    frames: Frames,
    labels: Int[np.ndarray, " batch"],
    unseen: Unseen,
    unseen_labels: Int[np.ndarray, " unseen"],
    *,
    seed: int,
) -> float:
    """Accuracy of the same network when all of its weights are trained on these clips, in as many steps for any number.

    Args:
        start: whose weights to begin with; random ones where None.
        frames: of the training clips.
        labels: their classes.
        unseen: frames of the test clips.
        unseen_labels: their classes.
        seed: of the weights and of the order of the clips.
    """
    rngs = nnx.Rngs(100 + seed)
    model = FrameClassifier(FrameCNN(rngs=rngs) if start is None else nnx.clone(start), 64, 8, rngs=rngs)
    batches = -(-len(labels) // BATCH)
    epochs = max(STEPS // batches, 1)
    rate = warm_cosine(PEAK, steps=epochs * batches)
    options = {"epochs": epochs, "batch_size": BATCH, "learning_rate": rate, "loss": augmented_loss()}
    fit(model, frames / np.float32(255), labels, key=jax.random.key(seed), **options)
    return accuracy(unseen_labels, described(model, unseen).argmax(axis=1))


def subset(model: FrameClassifier) -> dict[str, float]:
    """A small part of the study that a test and a chapter repeat: the first training and test clips, no draws.

    Args:
        model: trained on shapes.
    """
    frames, labels = dropped(SUBSET["clips"], split="train")
    unseen, unseen_labels = dropped(SUBSET["test"], split="validation")
    scores = {}
    for name, describe in encoders(model).items():
        known, new = describe(frames, unseen)
        scores[name] = round(linear_probe(known, labels, new, unseen_labels), 4)
    return scores


def recorded() -> Study:
    """The network and the record that come with the package."""
    folder = resources.files("vmm_edu.predict") / "model"
    model = shape_model(0)
    with resources.as_file(folder / "frame_cnn.safetensors") as path:
        load(path, model)
    return Study(model, json.loads((folder / "transfer.json").read_text(encoding="utf-8")))
