"""Small tasks that turn one kind of information at a time: redundant, unique, synergistic, copied, erased."""

from __future__ import annotations

from fractions import Fraction

from vmm_edu.world.tables import Task, flip, uniform

_BIT = ("0", "1")


def redundant_bit() -> Task:
    """Both senses show the label.

    Returns:
        The task: R = 1 bit, all else 0.
    """
    return Task(
        name="redundant bit",
        sources=(uniform("b", 2),),
        views={"video": lambda s: {"bit": s["b"]}, "audio": lambda s: {"bit": s["b"]}},
        label=lambda s: s["b"],
        label_names=_BIT,
        strata=("b",),
    )


def unique_bit() -> Task:
    """Only sight shows the label; the sound is an independent coin.

    Returns:
        The task: U_video = 1 bit, all else 0.
    """
    return Task(
        name="unique bit",
        sources=(uniform("b", 2), uniform("coin", 2)),
        views={"video": lambda s: {"bit": s["b"]}, "audio": lambda s: {"bit": s["coin"]}},
        label=lambda s: s["b"],
        label_names=_BIT,
        strata=("b", "coin"),
    )


def synergy_bit(*, noise: Fraction = Fraction(0)) -> Task:
    """The label is the XOR of a seen and a heard coin, turned over with probability `noise`.

    Args:
        noise: e, label noise in 0…1/2.

    Returns:
        The task: S = 1 − h(e) bits, all else 0.

    Raises:
        ValueError: if the noise is not in 0…1/2.
    """
    if not 0 <= noise <= Fraction(1, 2):
        raise ValueError(f"synergy bit: expected noise in 0…1/2, got {noise}")
    return Task(
        name="synergy bit",
        sources=(uniform("b_1", 2), uniform("b_2", 2), flip("error", noise)),
        views={"video": lambda s: {"bit": s["b_1"]}, "audio": lambda s: {"bit": s["b_2"]}},
        label=lambda s: s["b_1"] ^ s["b_2"] ^ s["error"],
        label_names=_BIT,
        strata=("b_1", "b_2", "error"),
    )


def copied_bit(*, copied: Fraction = Fraction(1, 2)) -> Task:
    """Sight shows the label; the sound copies it with probability λ, else it is an independent coin.

    Args:
        copied: λ in 0…1.

    Returns:
        The task: R = 1 − h((1 − λ)/2), U_video = h((1 − λ)/2) bits.

    Raises:
        ValueError: if λ lies outside 0…1.
    """
    return Task(
        name="copied bit",
        sources=(uniform("b", 2), flip("copy", copied), uniform("coin", 2)),
        views={
            "video": lambda s: {"bit": s["b"]},
            "audio": lambda s: {"bit": s["copy"] * s["b"] + (1 - s["copy"]) * s["coin"]},
        },
        label=lambda s: s["b"],
        label_names=_BIT,
        strata=("b", "copy", "coin"),
    )


def erased_copies(*, classes: int = 2, erased: Fraction = Fraction(1, 4)) -> Task:
    """Both senses show the label, each visibly erased with probability e; the value `classes` means erased.

    Args:
        classes: K, at least 2.
        erased: e in 0…1.

    Returns:
        The task: R = (1 − e) log₂ K, S = e (1 − e) log₂ K bits.

    Raises:
        ValueError: if K is below 2 or e lies outside 0…1.
    """
    if classes < 2:
        raise ValueError(f"erased copies: expected classes ≥ 2, got {classes}")

    def view(gone: str):
        return lambda s: {"value": s["y"] + s[gone] * (classes - s["y"])}

    return Task(
        name="erased copies",
        sources=(uniform("y", classes), flip("no_video", erased), flip("no_audio", erased)),
        views={"video": view("no_video"), "audio": view("no_audio")},
        label=lambda s: s["y"],
        label_names=tuple(str(k) for k in range(classes)),
        strata=("y", "no_video", "no_audio"),
    )


def noisy_copies(*, classes: int = 4, right: Fraction = Fraction(9, 10)) -> Task:
    """Each of three senses is right with a given probability, else uniform over the other values.

    Two equally noisy copies do not raise accuracy above one; three do.

    Args:
        classes: K, at least 2.
        right: probability that a sense shows the label, 0…1.

    Returns:
        The task.

    Raises:
        ValueError: if K is below 2 or the probability lies outside 0…1.
    """
    if classes < 2:
        raise ValueError(f"noisy copies: expected classes ≥ 2, got {classes}")
    senses = ("video", "audio", "text")
    sources = [uniform("y", classes)]
    for sense in senses:
        sources += [flip(f"wrong_{sense}", 1 - Fraction(right)), uniform(f"shift_{sense}", classes - 1)]

    def view(sense: str):
        return lambda s: {"value": (s["y"] + s[f"wrong_{sense}"] * (1 + s[f"shift_{sense}"])) % classes}

    return Task(
        name="noisy copies",
        sources=tuple(sources),
        views={sense: view(sense) for sense in senses},
        label=lambda s: s["y"],
        label_names=tuple(str(k) for k in range(classes)),
        strata=("y", *(f"wrong_{sense}" for sense in senses)),
    )


def blocks(*tasks: Task) -> Task:
    """Independent tasks side by side: every sense carries its symbols of all of them, the label is all labels.

    Args:
        *tasks: at least one task; their information adds.

    Returns:
        The joint task.

    Raises:
        ValueError: if no task is given.
    """
    if not tasks:
        raise ValueError("blocks: expected at least one task, got none")

    def local(s, k: int, task: Task):
        return {source.name: s[f"{k}.{source.name}"] for source in task.sources}

    def view(modality: str):
        def symbols(s):
            parts = [(k, t.views[modality](local(s, k, t))) for k, t in enumerate(tasks) if modality in t.views]
            return {f"{k}.{name}": value for k, part in parts for name, value in part.items()}

        return symbols

    def label(s):
        index = 0
        for k, task in enumerate(tasks):
            index = index * len(task.label_names) + task.label(local(s, k, task))
        return index

    names = [""]
    for task in tasks:
        names = [f"{left}|{right}".strip("|") for left in names for right in task.label_names]
    return Task(
        name=" + ".join(task.name for task in tasks),
        sources=tuple(s._replace(name=f"{k}.{s.name}") for k, task in enumerate(tasks) for s in task.sources),
        views={modality: view(modality) for modality in dict.fromkeys(m for task in tasks for m in task.views)},
        label=label,
        label_names=tuple(names),
        strata=tuple(f"{k}.{name}" for k, task in enumerate(tasks) for name in task.strata),
    )
