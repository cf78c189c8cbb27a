"""A hidden cycle seen through a flickering lamp: how well each frame's phase can be told, with what delay (T7, T8)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from vmm_edu.world.tables import Chain, Columns, Task, flip, uniform

PHASES = ("rest", "roll", "fly", "bounce")


class Estimate(NamedTuple):
    """An expected accuracy, 0…1, with the standard error of its Monte Carlo estimate."""

    accuracy: float
    standard_error: float


def phases(*, frames: int = 48, advance: Fraction = Fraction(1, 10), truth: Fraction = Fraction(3, 5)) -> Task:
    """T7: in which phase of rest → roll → fly → bounce → rest is the object, in each frame?

    Args:
        frames: length of a clip, at least 1.
        advance: probability to move on to the next phase from one frame to the next.
        truth: probability that the lamp shows the phase; else it shows any of the other three.

    Returns:
        The task. The label is the phase in the last frame; clips also carry the phase of every frame.

    Raises:
        ValueError: if there is no frame or a probability lies outside 0…1.
    """
    if frames < 1:
        raise ValueError(f"phases: expected at least 1 frame, got {frames}")
    states = len(PHASES)
    sources = [uniform("start", states)]
    for t in range(frames):
        sources += [flip(f"lie_{t}", 1 - Fraction(truth)), uniform(f"shift_{t}", states - 1)]
        sources += [flip(f"advance_{t}", advance)] if t else []

    def track(s: Columns) -> Any:
        moves = np.stack([np.asarray(s["start"]), *(np.asarray(s[f"advance_{t}"]) for t in range(1, frames))], axis=-1)
        return np.cumsum(moves, axis=-1) % states

    def video(s: Columns) -> dict[str, Any]:
        phase = track(s)
        return {f"lamp_{t}": (phase[..., t] + s[f"lie_{t}"] * (1 + s[f"shift_{t}"])) % states for t in range(frames)}

    return Task(
        name="phases",
        sources=tuple(sources),
        views={"video": video},
        label=lambda s: track(s)[..., -1],
        label_names=PHASES,
        track=track,
        chain=Chain(states, Fraction(advance), Fraction(truth), frames),
        parameters={"frames": frames, "advance": advance, "truth": truth},
    )


def streaming(*, frames: int = 48, advance: Fraction = Fraction(1, 10), truth: Fraction = Fraction(3, 5)) -> Task:
    """T8: the phases of T7, told while the clip runs with a bounded delay (seen="lag_4": four frames late).

    Args:
        frames: as in `phases`.
        advance: as in `phases`.
        truth: as in `phases`.

    Returns:
        The task.

    Raises:
        ValueError: as in `phases`.
    """
    same = phases(frames=frames, advance=advance, truth=truth)
    return Task(**{**vars(same), "name": "streaming"})


def _draw(chain: Chain, clips: int, rng: np.random.Generator) -> Int[np.ndarray, "batch time"]:
    """Observations of independent clips."""
    moves = rng.random((clips, chain.frames)) < float(chain.advance)
    moves = np.concatenate([rng.integers(chain.states, size=(clips, 1)), moves[:, 1:]], axis=1)
    lies = rng.random((clips, chain.frames)) >= float(chain.truth)
    return (np.cumsum(moves, axis=1) + lies * rng.integers(1, chain.states, size=lies.shape)) % chain.states


def posteriors(chain: Chain, seen: Int[np.ndarray, "batch time"], *, lag: int) -> Float[np.ndarray, "batch time tag"]:
    """Probability of each phase in frame t, given the observations up to frame t + lag (or the end).

    The forward recursion α_t ∝ (α_{t−1} A) ⊙ e_t gives what the past says; `lag` backward steps β ← A (e ⊙ β)
    give what the known future says.

    Args:
        chain: the hidden chain.
        seen: observed states.
        lag: frames of delay, 0 for the causal filter, frames − 1 for the smoother.

    Returns:
        Probabilities that sum to 1 over the last axis.

    Raises:
        ValueError: if the lag is negative.

    Reference:
        Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77(2), 1989. doi:10.1109/5.18626
    """
    if lag < 0:
        raise ValueError(f"expected lag ≥ 0 frames, got {lag}")
    move, emit = _matrices(chain)
    likelihood = emit.T[seen]
    frames = seen.shape[1]
    belief = np.empty_like(likelihood)
    now = np.full(likelihood[:, 0].shape, 1 / chain.states)
    for t in range(frames):
        now = (now @ move if t else now) * likelihood[:, t]
        now /= now.sum(axis=-1, keepdims=True)
        belief[:, t] = now
    future = np.ones_like(belief)
    if lag >= frames - 1:
        for t in range(frames - 2, -1, -1):
            future[:, t] = (likelihood[:, t + 1] * future[:, t + 1]) @ move.T
            future[:, t] /= future[:, t].sum(axis=-1, keepdims=True)
    for _ in range(lag if lag < frames - 1 else 0):
        # After k rounds, entry t speaks for the observations t+1…t+k; past the end there is nothing to add.
        future[:, :-1] = (likelihood[:, 1:] * future[:, 1:]) @ move.T
        future /= future.sum(axis=-1, keepdims=True)
    joint = belief * future
    return joint / joint.sum(axis=-1, keepdims=True)


def _matrices(chain: Chain) -> tuple[Float[np.ndarray, "tag tag"], Float[np.ndarray, "tag tag"]]:
    """Transition and emission probabilities; rows are the state come from, or shown."""
    here, advance, truth = np.eye(chain.states), float(chain.advance), float(chain.truth)
    other = (1 - truth) / (chain.states - 1)
    return (1 - advance) * here + advance * np.roll(here, 1, axis=1), truth * here + other * (1 - here)


def best_path(chain: Chain, seen: Int[np.ndarray, "batch time"]) -> Int[np.ndarray, "batch time"]:
    """The single most probable sequence of phases (Viterbi).

    Args:
        chain: the hidden chain.
        seen: observed states.

    Returns:
        One state per frame.

    Reference:
        Forney, "The Viterbi algorithm", Proc. IEEE 61(3), 1973. doi:10.1109/PROC.1973.9030
    """
    move, emit = _matrices(chain)
    with np.errstate(divide="ignore"):
        log_move, log_emit = np.log(move), np.log(emit)
    score, pointers = log_emit.T[seen[:, 0]], []
    for t in range(1, seen.shape[1]):
        through = score[:, :, None] + log_move
        pointers.append(through.argmax(axis=1))
        score = through.max(axis=1) + log_emit.T[seen[:, t]]
    path = [score.argmax(axis=1)]
    for pointer in reversed(pointers):
        path.append(np.take_along_axis(pointer, path[-1][:, None], axis=1)[:, 0])
    return np.stack(path[::-1], axis=1)


def frame_accuracy(chain: Chain) -> float:
    """Expected accuracy from one frame alone: exact, because the phase is uniform in every frame.

    Args:
        chain: the hidden chain.

    Returns:
        Accuracy in 0…1.
    """
    return float(_matrices(chain)[1].max())


def lag_accuracy(chain: Chain, *, lag: int, clips: int, rng: np.random.Generator) -> Estimate:
    """Expected accuracy over all frames when each phase is told `lag` frames late, by Monte Carlo over observations.

    Each drawn clip is scored by the posterior probability of the answer instead of a drawn truth, so that only the
    observations are random and a few thousand clips give three digits.

    Args:
        chain: the hidden chain.
        lag: frames of delay, 0 for the causal filter; frames − 1 or more for the smoother.
        clips: number of drawn clips, at least 2.
        rng: source of randomness.

    Returns:
        Accuracy and its standard error.

    Raises:
        ValueError: if there are fewer than 2 clips or the lag is negative.
    """
    return _estimate(posteriors(chain, _draw(chain, clips, rng), lag=lag).max(axis=-1))


def path_accuracy(chain: Chain, *, clips: int, rng: np.random.Generator) -> Estimate:
    """Expected accuracy over all frames of the most probable path, by Monte Carlo over observations.

    It is below the smoother's: the best path is not the path of best frames.

    Args:
        chain: the hidden chain.
        clips: number of drawn clips, at least 2.
        rng: source of randomness.

    Returns:
        Accuracy and its standard error.

    Raises:
        ValueError: if there are fewer than 2 clips.
    """
    seen = _draw(chain, clips, rng)
    belief, path = posteriors(chain, seen, lag=chain.frames), best_path(chain, seen)
    return _estimate(np.take_along_axis(belief, path[..., None], axis=-1)[..., 0])


def _estimate(score: Float[np.ndarray, "batch time"]) -> Estimate:
    if len(score) < 2:
        raise ValueError(f"expected at least 2 clips for a standard error, got {len(score)}")
    per_clip = score.mean(axis=1)
    return Estimate(float(per_clip.mean()), float(per_clip.std(ddof=1) / np.sqrt(len(score))))
