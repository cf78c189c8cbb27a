"""Draw one picture of ChimeWorld: frames of each task's clips above their spectrograms.

Run: python tools/contact_sheet.py [FILE.png]
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import spectrogram

from vmm_edu import world
from vmm_edu.world.container import read_mp4

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 12
# Two clips of each task whose symbols differ, by position in the smoke set.
TASKS = ("main", "sync", "material", "xor", "glide", "direction", "order", "shape")


def two_clips(clips: world.ClipSet) -> tuple[int, int]:
    """The first clip, and the first after it with another label."""
    return 0, int(np.argmax(clips.labels != clips.labels[0]))


def moments(clip: world.Clip, frames: int) -> np.ndarray:
    """Which frames to show: evenly spaced, but never missing a flash that lasts one frame."""
    even = np.linspace(0, frames - 1, SHOWN).round().astype(int)
    if clip.task == "order":
        seen = clip.symbols["video"]
        for flash in (seen["onset"], seen["onset"] + seen["gap"]):
            even[np.abs(even - flash).argmin()] = flash
    return even


def draw(path: Path) -> None:
    """Write the picture to ``path``."""
    figure = plt.figure(figsize=(12, 18), facecolor="white")
    grid = figure.add_gridspec(len(TASKS) * 2, 2, width_ratios=(3.2, 1), hspace=0.5, wspace=0.06)
    for block, task in enumerate(TASKS):
        clips = world.load_set(ROOT / "data" / "smoke" / task)
        for place, index in enumerate(two_clips(clips)):
            clip, media = clips.clips[index], read_mp4(clips.paths[index])
            frames = figure.add_subplot(grid[2 * block + place, 0])
            strip = np.concatenate(list(media.images[moments(clip, len(media.images))]), axis=1)
            frames.imshow(strip, interpolation="nearest", aspect="equal")
            frames.set_axis_off()
            title = f"{task}: {clips.label_names[clip.label]}"
            if "text" in clip.symbols:
                title += f"    “{clips.texts('en')[index]}”"
            frames.set_title(title, fontsize=9, loc="left", pad=2)
            if media.samples is None:
                continue
            sound = figure.add_subplot(grid[2 * block + place, 1])
            hertz, seconds, power = spectrogram(media.samples, 16_000, nperseg=512, noverlap=384)
            sound.pcolormesh(
                seconds, hertz / 1000, np.log10(power + 1e-10), cmap="magma", vmin=-9, vmax=-3, rasterized=True
            )
            sound.set_ylim(0, 6)
            sound.set_xticks([0.5, 1.0, 1.5, 2.0], labels=[])
            sound.set_yticks([0, 2, 4, 6])
            sound.tick_params(labelsize=6, length=2)
            if place == 0:
                sound.set_title("its sound: kHz, a mark every half second", fontsize=7, loc="left", pad=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=72, bbox_inches="tight")
    plt.close(figure)
    # Five bits a colour lose nothing that shows, and half of the bytes.
    from PIL import Image, ImageOps

    ImageOps.posterize(Image.open(path).convert("RGB"), 5).save(path, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "chimeworld.png")
