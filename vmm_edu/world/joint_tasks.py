"""Tasks that need more than one sense, and what each of them carries (T10–T15)."""

from __future__ import annotations

from fractions import Fraction

from vmm_edu.world.sight_tasks import COLOURS, SHAPES
from vmm_edu.world.sound_tasks import MATERIALS
from vmm_edu.world.tables import Task, flip, uniform

PAINTS = ("yellow", "sky-blue", "red", "navy-blue")


def sync(*, slots: int = 10, nearest: int = 3) -> Task:
    """T10: do the impact and its sound fall into the same slot? Neither sense alone knows anything.

    Args:
        slots: N, slots in the clip, counted in a circle.
        nearest: smallest distance in slots of a sound that is apart; distances are uniform on nearest…N − nearest.

    Returns:
        The task; label 1 = together.

    Raises:
        ValueError: if no distance is left.
    """
    if nearest < 1 or slots < 2 * nearest:
        raise ValueError(f"sync: expected nearest ≥ 1 and slots ≥ 2·nearest, got {nearest} and {slots}")
    return Task(
        name="sync",
        sources=(uniform("slot", slots), uniform("together", 2), uniform("distance", slots - 2 * nearest + 1)),
        views={
            "video": lambda s: {"slot": s["slot"]},
            "audio": lambda s: {"slot": (s["slot"] + (1 - s["together"]) * (nearest + s["distance"])) % slots},
        },
        label=lambda s: s["together"],
        label_names=("apart", "together"),
        strata=("slot", "together", "distance"),
        parameters={"slots": slots, "nearest": nearest},
    )


def xor(*, classes: int = 4) -> Task:
    """T11: the sum of a seen and a heard number, mod K; one sense alone is at chance.

    Args:
        classes: K, at least 2.

    Returns:
        The task.

    Raises:
        ValueError: if K is below 2.
    """
    if classes < 2:
        raise ValueError(f"xor: expected classes ≥ 2, got {classes}")
    return Task(
        name="xor",
        sources=(uniform("seen", classes), uniform("heard", classes)),
        views={"video": lambda s: {"value": s["seen"]}, "audio": lambda s: {"value": s["heard"]}},
        label=lambda s: (s["seen"] + s["heard"]) % classes,
        label_names=tuple(str(k) for k in range(classes)),
        strata=("seen", "heard"),
        parameters={"classes": classes},
    )


def gate(*, classes: int = 4) -> Task:
    """T12: sight and sound disagree, and the text says which of them to believe.

    Args:
        classes: values that each sense shows, at least 2.

    Returns:
        The task; text "trust" is 0 for sight, 1 for sound.

    Raises:
        ValueError: if there are fewer than 2 classes.
    """
    if classes < 2:
        raise ValueError(f"gate: expected classes ≥ 2, got {classes}")
    return Task(
        name="gate",
        sources=(uniform("seen", classes), uniform("heard", classes), uniform("trust", 2)),
        views={
            "video": lambda s: {"value": s["seen"]},
            "audio": lambda s: {"value": s["heard"]},
            "text": lambda s: {"trust": s["trust"]},
        },
        label=lambda s: (1 - s["trust"]) * s["seen"] + s["trust"] * s["heard"],
        label_names=tuple(str(k) for k in range(classes)),
        strata=("seen", "heard", "trust"),
        parameters={"classes": classes},
    )


def missing(*, classes: int = 4, lost: Fraction = Fraction(1, 4), rule: str = "same") -> Task:
    """T13: noiseless views that are visibly absent now and then; the value `classes` means absent.

    Args:
        classes: K, at least 2.
        lost: q, probability that a view is absent, independent of all else.
        rule: "same" (three senses show the label) or "sum" (the label is the sum of sight and sound, mod K).

    Returns:
        The task.

    Raises:
        ValueError: if K is below 2, q is outside 0…1, or the rule is unknown.
    """
    if classes < 2 or rule not in ("same", "sum"):
        raise ValueError(f"missing: expected classes ≥ 2 and rule 'same' or 'sum', got {classes} and {rule!r}")

    def view(value: str, gone: str):
        return lambda s: {"value": s[value] + s[gone] * (classes - s[value])}

    names = tuple(str(k) for k in range(classes))
    parameters = {"classes": classes, "lost": lost, "rule": rule}
    if rule == "sum":
        return Task(
            name="missing",
            sources=(
                uniform("seen", classes),
                uniform("heard", classes),
                flip("no_video", lost),
                flip("no_audio", lost),
            ),
            views={"video": view("seen", "no_video"), "audio": view("heard", "no_audio")},
            label=lambda s: (s["seen"] + s["heard"]) % classes,
            label_names=names,
            strata=("seen", "heard", "no_video", "no_audio"),
            parameters=parameters,
        )
    senses = ("video", "audio", "text")
    return Task(
        name="missing",
        sources=(uniform("value", classes), *(flip(f"no_{sense}", lost) for sense in senses)),
        views={sense: view("value", f"no_{sense}") for sense in senses},
        label=lambda s: s["value"],
        label_names=names,
        strata=("value", *(f"no_{sense}" for sense in senses)),
        parameters=parameters,
    )


def main(*, noise: Fraction = Fraction(1, 10)) -> Task:
    """T14: an object is dropped. What is it, what is it made of, and does its sound fit its size?

    The shape is only seen. The material is seen, heard and named, each wrong with probability `noise` on its own.
    Whether the sound fits the size is known only to who both sees and hears.

    Args:
        noise: probability that a sense shows the other material.

    Returns:
        The task; label 4·shape + 2·material + (seen size ≠ heard size).

    Raises:
        ValueError: if the probability lies outside 0…1.
    """
    return Task(
        name="main",
        sources=(
            *(uniform(name, 2) for name in ("shape", "material", "size_seen", "size_heard")),
            *(flip(f"flip_{sense}", noise) for sense in ("video", "audio", "text")),
        ),
        views={
            "video": lambda s: {
                "shape": s["shape"],
                "material": s["material"] ^ s["flip_video"],
                "size": s["size_seen"],
            },
            "audio": lambda s: {"material": s["material"] ^ s["flip_audio"], "size": s["size_heard"]},
            "text": lambda s: {"material": s["material"] ^ s["flip_text"]},
        },
        label=lambda s: 4 * s["shape"] + 2 * s["material"] + (s["size_seen"] ^ s["size_heard"]),
        label_names=tuple(
            f"{matter} {body}, sound {fit}"
            for body in ("ball", "box")
            for matter in ("metal", "wood")
            for fit in ("fits", "does not fit")
        ),
        strata=("flip_video", "flip_audio", "flip_text"),
        parameters={"noise": noise},
    )


def retrieval() -> Task:
    """T15: find the clip that a caption describes; shape and colour are seen, the material is heard, text names all.

    Returns:
        The task; its label is the index of the tuple, 0…63. The ceiling of a search is `recall_at_1`, not a
        classifier's accuracy.
    """
    return Task(
        name="retrieval",
        sources=(uniform("shape", 4), uniform("colour", COLOURS), uniform("material", 4)),
        views={
            "video": lambda s: {"shape": s["shape"], "colour": s["colour"]},
            "audio": lambda s: {"material": s["material"]},
            "text": lambda s: {name: s[name] for name in ("shape", "colour", "material")},
        },
        label=lambda s: (s["shape"] * COLOURS + s["colour"]) * 4 + s["material"],
        label_names=tuple(f"{c} {f}, sound of {m}" for f in SHAPES for c in PAINTS for m in MATERIALS),
        strata=("shape", "colour", "material"),
    )
