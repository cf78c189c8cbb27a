"""A finished file in, its symbols out: the proof that nothing is lost on the way into the media."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from vmm_edu.world import (
    captions,
    container,
    dropped,
    edited,
    face,
    hearing,
    impact,
    seeing,
    shape,
    shown,
    talking,
    tapped,
    watched,
    wording,
)
from vmm_edu.world.drift_tasks import TORUS
from vmm_edu.world.sound_tasks import VOWELS

Symbols = dict[str, dict[str, int]]
_TURNS = tuple(np.linspace(-0.2, 0.2, 5))


def _heard(media: container.Media) -> impact.Samples:
    if media.samples is None:
        raise ValueError("expected a sound track, got none")
    return media.samples


def _direction(media: container.Media, path: Path) -> Symbols:
    masks = seeing.paint_masks(media.images, ("yellow", "navy"))
    step_x, step_y, x, y = seeing.drift(masks[masks.sum(axis=(1, 2, 3)).argmax()])
    speed = abs(step_x) + abs(step_y)
    signs = (int(np.sign(step_x)), int(np.sign(step_y)))
    if signs not in shown.STEPS:
        raise ValueError(f"expected a drift along one axis, got ({step_x}, {step_y}) pixels a frame")
    return {"video": {"direction": shown.STEPS.index(signs), "start_x": x, "start_y": y, "speed": speed}}


def _sampling(media: container.Media, path: Path) -> Symbols:
    step, start = seeing.turning(media.images, mark="red", hub="yellow", positions=TORUS)
    if step == 0:
        raise ValueError("expected a wheel that turns, got one that stands still")
    return {"video": {"direction": 0 if step > 0 else 1, "start_x": start, "speed": abs(step)}}


def _shots(media: container.Media, path: Path) -> Symbols:
    changes = seeing.tint_changes(media.images)
    half = len(media.images) // 2
    symbols: dict[str, int] = {}
    for k, frames in ((1, changes[changes < half]), (2, changes[changes >= half])):
        runs = {0: 0, 1: 1, edited.DISSOLVE_FRAMES + 1: 2}
        if len(frames) not in runs or (len(frames) and frames[-1] - frames[0] != len(frames) - 1):
            raise ValueError(f"expected a cut, a dissolve or nothing, got changes at frames {frames.tolist()}")
        symbols |= {f"kind_{k}": runs[len(frames)], f"frame_{k}": int(frames[0]) if len(frames) else -1}
    return {"video": symbols}


def _shape(media: container.Media, path: Path) -> Symbols:
    mask = seeing.standing_out(media.images[0])
    tone = np.abs(np.array(shown.TONES) - seeing.luminance(media.images[0], mask)).argmin()
    name = seeing.best_outline(mask, [(name, turn) for name in shape.SHAPES for turn in _TURNS])
    size = np.abs(np.array(shown.SHAPE_RADIUS) - seeing.radius(mask)).argmin()
    return {
        "video": {
            "shape": shape.SHAPES.index(name),
            "colour": int(tone),
            "size": int(size),
        }
    }


def _order(media: container.Media, path: Path) -> Symbols:
    first, second, brighter = seeing.flashes(media.images)
    return {"video": {"first": 0 if brighter else 1, "gap": second - first, "onset": first}}


def _parity(media: container.Media, path: Path) -> Symbols:
    slots = (len(media.images) + 2 - tapped.FIRST_SLOT) // tapped.SLOT_FRAMES
    lit = [seeing.lit_lamps(media.images[frame]) for frame in tapped.slot_frames(slots)]
    return {"video": {f"tap_{k}": min(count, 1) for k, count in enumerate(lit)}}


def _material(media: container.Media, path: Path) -> Symbols:
    material, size = hearing.material_and_size(_heard(media), dropped.MATERIALS)
    colour = dropped.COLOURS.index(seeing.paint(media.images[:1], dropped.COLOURS))
    return {
        "video": {"colour": colour},
        "audio": {"material": dropped.MATERIALS.index(material), "size": dropped.SIZES.index(size)},
    }


def _glide(media: container.Media, path: Path) -> Symbols:
    rises, low_hz = hearing.glide(_heard(media))
    pitch = round(float(np.log(low_hz / shown.GLIDE_LOW_HZ) / np.log(shown.GLIDE_STEP)))
    return {"audio": {"glide": 0 if rises else 1, "pitch": pitch}}


def _sync(media: container.Media, path: Path) -> Symbols:
    masks = seeing.paint_masks(media.images, dropped.COLOURS)
    seen = seeing.landing(masks[masks.sum(axis=(1, 2, 3)).argmax()])
    heard = hearing.onset(_heard(media)) / impact.RATE_HZ * dropped.FRAME_RATE_HZ
    slots = np.array(dropped.SLOT_FRAMES)
    return {
        "video": {"slot": int(np.abs(slots - seen).argmin())},
        "audio": {"slot": int(np.abs(slots - heard).argmin())},
    }


def _xor(media: container.Media, path: Path) -> Symbols:
    value_of = {shown.bell_hz(value, step): value for value in range(shown.VALUES) for step in shown.BELL_DETUNE}
    _, frequency_hz = hearing.best_modes(_heard(media), [("glass", f) for f in value_of])
    return {
        "video": {"value": seeing.lit_lamps(media.images[-1]) - 1},
        "audio": {"value": value_of[frequency_hz]},
    }


def _gate(media: container.Media, path: Path) -> Symbols:
    return {
        "video": {"value": seeing.lit_lamps(media.images[-1]) - 1},
        "audio": {"value": hearing.count_strokes(_heard(media)) - 1},
        "text": {"trust": wording.believed(captions.read_webvtt(path.with_suffix(".vtt")))},
    }


def _missing(media: container.Media, path: Path) -> Symbols:
    """A count of 0 is what only an absent sense gives: the value after the last."""
    counts = {
        "video": seeing.lit_lamps(media.images[-1]),
        "audio": hearing.count_strokes(_heard(media)),
        "text": wording.named(captions.read_webvtt(path.with_suffix(".vtt"))),
    }
    return {sense: {"value": count - 1 if count else shown.VALUES} for sense, count in counts.items()}


def _main(media: container.Media, path: Path) -> Symbols:
    mask = seeing.hanging(media.images)
    outline = seeing.best_outline(mask, [("disc", 0.0), ("square", 0.0)])
    radii = np.array([dropped.RADIUS_PX[size] for size in dropped.SIZES])
    material, size = hearing.material_and_size(_heard(media), dropped.FINISHES)
    named = captions.named_material(captions.read_webvtt(path.with_suffix(".vtt")))
    return {
        "video": {
            "shape": ("disc", "square").index(outline),
            "material": 0 if seeing.luminance(media.images[0], mask) > 135 else 1,
            "size": int(np.abs(radii - seeing.radius(mask)).argmin()),
        },
        "audio": {"material": dropped.FINISHES.index(material), "size": dropped.SIZES.index(size)},
        "text": {"material": dropped.FINISHES.index(named)},
    }


def _retrieval(media: container.Media, path: Path) -> Symbols:
    masks = seeing.paint_masks(media.images[:1], dropped.COLOURS)[:, 0]
    colour = int(masks.sum(axis=(1, 2)).argmax())
    outline = seeing.best_outline(
        seeing.largest_part(masks[colour]), [(name, turn) for name in shape.SHAPES for turn in _TURNS]
    )
    material, _ = hearing.material_and_size(_heard(media), dropped.MATERIALS)
    return {
        "video": {"shape": shape.SHAPES.index(outline), "colour": colour},
        "audio": {"material": dropped.MATERIALS.index(material)},
        "text": wording.described(captions.read_webvtt(path.with_suffix(".vtt"))),
    }


def _talker(media: container.Media, path: Path) -> Symbols:
    width, height = seeing.mouth_form(media.images)
    outlines = [2 * np.array((m.half_width + face.LIP_PX, m.half_height + face.LIP_PX)) for m in face.VISEMES]
    viseme = int(np.argmin([np.hypot(width - w, height - h) for w, h in outlines]))
    return {
        "video": {"viseme": viseme},
        "audio": {"vowel": VOWELS.index(hearing.vowel(_heard(media), talking.TRACTS))},
    }


def _phases(media: container.Media, path: Path) -> Symbols:
    return {
        "video": {f"lamp_{t}": seeing.lit_lamp(image, watched.LAMPS) for t, image in enumerate(media.images)},
    }


_READERS: Mapping[str, Callable[[container.Media, Path], Symbols]] = {
    "direction": _direction,
    "sampling": _sampling,
    "shots": _shots,
    "shape": _shape,
    "order": _order,
    "parity": _parity,
    "material": _material,
    "glide": _glide,
    "sync": _sync,
    "xor": _xor,
    "gate": _gate,
    "missing": _missing,
    "main": _main,
    "retrieval": _retrieval,
    "talker": _talker,
    "phases": _phases,
    "streaming": _phases,
}


def decode(path: str | os.PathLike[str], task: str) -> Symbols:
    """Read a clip's symbols from its pictures, sound and captions.

    The oracle knows how the task is drawn (outlines, paints, modes, words) and neither the sidecar nor the
    nuisance seed. It errs on no clip that ``render`` writes, so the media hold all that the symbols do. One exception
    is part of a task: a wheel ("sampling") that turns by half a turn or more a frame cannot be told from a slower one,
    and the slower one is read.

    Args:
        path: The MP4 file; its captions lie beside it (.vtt).
        task: Name of the task.

    Returns:
        Modality → symbol → value, as in ``Clip.symbols``.

    Raises:
        FileNotFoundError: If the file or its captions are missing.
        ValueError: If the task cannot be read back, or the file is not a clip of it.
    """
    if task not in _READERS:
        raise ValueError(f"no oracle is known for task {task!r}; expected one of {', '.join(_READERS)}")
    path = Path(path)
    try:
        return _READERS[task](container.read_mp4(path), path)
    except ValueError as error:
        raise ValueError(f"{path}: not a clip of task {task!r}: {error}") from error
