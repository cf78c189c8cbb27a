"""Tables: exact weights, checked at the edge."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmm_edu.world import Source, Task, ceiling, flip, joint_table, sample, task, tasks, uniform
from vmm_edu.world.tables import observed, outcomes

ENUMERABLE = [name for name in tasks() if name not in ("phases", "streaming")]


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any), min_size=0, max_size=3))
def test_weights_are_the_exact_products(parts):
    sources = [Source(f"s{k}", tuple(Fraction(part, sum(counts)) for part in counts)) for k, counts in enumerate(parts)]
    columns, weight, total = outcomes(sources)
    assert weight.sum() == total
    for row in range(len(weight)):
        exact = math.prod((s.probabilities[int(columns[s.name][row])] for s in sources), start=Fraction(1))
        assert Fraction(int(weight[row]), total) == exact


@pytest.mark.parametrize("name", ENUMERABLE)
def test_a_view_says_the_same_of_one_clip_and_of_a_column(name):
    """Views take ints and arrays; a view that mixed up rows would give every ceiling wrong."""
    table = task(name)
    columns, _, _ = outcomes(table.sources)
    rows = np.random.default_rng(5).integers(len(next(iter(columns.values()))), size=20)
    whole = {modality: view(columns) for modality, view in table.views.items()}
    labels = table.label(columns)
    for row in rows:
        one = {key: int(column[row]) for key, column in columns.items()}
        assert int(table.label(one)) == labels[row]
        for modality, view in table.views.items():
            assert {key: int(value) for key, value in view(one).items()} == {
                key: int(value[row]) for key, value in whole[modality].items()
            }


@pytest.mark.parametrize("name", ENUMERABLE)
def test_every_label_occurs_and_no_weight_is_lost(name):
    table = task(name)
    columns, weight, total = outcomes(table.sources)
    assert set(table.label(columns).tolist()) == set(range(len(table.label_names)))
    counts = joint_table(table, ())[1]
    assert counts.shape == (1, len(table.label_names))
    assert counts.sum() == weight.sum() == total


def test_observed_keeps_what_differs():
    table = task("sync")
    columns, _, _ = outcomes(table.sources)
    symbols = {modality: view(columns) for modality, view in table.views.items()}
    rows = observed(table, symbols, ("video", "audio"))
    slots = zip(symbols["video"]["slot"].tolist(), symbols["audio"]["slot"].tolist(), strict=True)
    assert len(np.unique(rows, axis=0)) == len(set(slots))


def test_bad_tables_are_refused():
    show, both = {"video": lambda s: {"s": s["s"]}}, ("0", "1")
    with pytest.raises(ValueError, match="sum to 1"):
        Task("t", (Source("s", (Fraction(1, 2),)),), show, lambda s: s["s"], both)
    with pytest.raises(ValueError, match="repeat"):
        Task("t", (uniform("s", 2), uniform("s", 2)), show, lambda s: s["s"], both)
    with pytest.raises(ValueError, match="names no source"):
        Task("t", (uniform("s", 2),), show, lambda s: s["s"], both, strata=("z",))
    with pytest.raises(ValueError, match="unknown modality"):
        Task("t", (uniform("s", 2),), {"smell": show["video"]}, lambda s: s["s"], both)
    with pytest.raises(ValueError, match="at least 1 value"):
        uniform("s", 0)
    with pytest.raises(ValueError, match="0…1"):
        flip("s", Fraction(3, 2))
    with pytest.raises(ValueError, match="cannot be listed"):
        outcomes([uniform(str(k), 10) for k in range(9)])
    with pytest.raises(ValueError, match="62 bits"):
        outcomes([flip(str(k), Fraction(1, 10**9 + k)) for k in range(3)])


def test_unknown_names_say_what_is_known():
    with pytest.raises(ValueError, match="expected one of direction, sampling"):
        task("directions")
    with pytest.raises(ValueError, match=r"no parameter \['klasses'\]; it has \('classes',\)"):
        task("xor", klasses=3)
    with pytest.raises(ValueError, match="no modality"):
        ceiling("direction", ("audio",))
    with pytest.raises(ValueError, match="unknown seen"):
        ceiling("direction", ("video",), seen="bags")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("direction", {"speeds": (32,)}),
        ("direction", {"speeds": ()}),
        ("direction", {"frames": 1}),
        ("sampling", {"stride": 24}),
        ("sampling", {"speeds": (64,)}),
        ("shots", {"frames": 12}),
        ("order", {"gaps": (2,)}),
        ("order", {"gaps": (26,)}),
        ("order", {"gaps": (3,), "duration": 2}),
        ("parity", {"taps": 0}),
        ("phases", {"frames": 0}),
        ("glide", {"windows": 1}),
        ("sync", {"slots": 5}),
        ("xor", {"classes": 1}),
        ("gate", {"classes": 1}),
        ("missing", {"rule": "product"}),
        ("missing", {"lost": Fraction(2)}),
        ("main", {"noise": Fraction(-1, 10)}),
        ("talker", {"noise": Fraction(2, 3)}),
    ],
)
def test_numbers_out_of_range_are_refused(name, parameters):
    with pytest.raises(ValueError, match=r"expected|need|must"):
        task(name, **parameters)


def test_labels_mean_what_they_say():
    """A swapped meaning leaves every ceiling as it is, so meanings need their own test."""
    for clip in sample("sync", clips=100, seed=0, split="test"):
        apart = (clip.symbols["audio"]["slot"] - clip.symbols["video"]["slot"]) % 10
        assert apart == 0 if clip.label == 1 else 3 <= apart <= 7
    names, wrong = task("main").label_names, 0
    for clip in sample("main", clips=1000, seed=0, split="test"):
        seen, heard = clip.symbols["video"], clip.symbols["audio"]
        name = names[clip.label]
        assert ("box" in name) == (seen["shape"] == 1)
        assert name.endswith("sound fits") == (seen["size"] == heard["size"])
        said = {seen["material"], heard["material"], clip.symbols["text"]["material"]}
        wrong += len(said) == 1 and ("wood" in name) != (said == {1})
    # All three senses err together once in a thousand.
    assert wrong == 1
    for clip in sample("talker", clips=16, seed=0, split="test"):
        spoken = task("talker").label_names[clip.label]
        assert clip.symbols["video"]["viseme"] == {"a": 0, "i": 1, "o": 2, "u": 2}[spoken]
        assert clip.symbols["audio"]["vowel"] == clip.label or spoken in "iu"
    for clip in sample("shots", clips=90, seed=0):
        shown = clip.symbols["video"]
        assert clip.label == sum(shown[f"frame_{k}"] >= 0 for k in (1, 2))
        assert all((shown[f"kind_{k}"] == 0) == (shown[f"frame_{k}"] == -1) for k in (1, 2))
        assert shown["frame_1"] + 6 < 24
        assert shown["frame_2"] == -1 or 24 < shown["frame_2"] < 48 - 6
