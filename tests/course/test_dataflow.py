"""What a cell takes from the cells above, what it leaves behind, and how far a value reaches."""

from __future__ import annotations

import pytest

from vmm_edu.course.dataflow import flow, reach


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("y = x + 1\nz = y", {"x"}),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("def f(a):\n    return a + b\nb = 2", set()),
        ("def f(a, c=d):\n    def g(e):\n        return a + e + h\n    return g", {"d", "h"}),
        ("[i * k for i in x if i]", {"x", "k"}),
        ("x = [x for x in x]", {"x"}),
        ("lambda a: a + b", {"b"}),
        ("for i in items:\n    total = total + i", {"items", "total"}),
        ("%timeit f(x)\nprint(y)", {"print", "y"}),
        ("with open(p) as f:\n    t = f.read()", {"open", "p"}),
        ("@jit\ndef f(x):\n    return x", {"jit"}),
        ("f'{a:{w}}'", {"a", "w"}),
        ("this is no Python", set()),
    ],
)
def test_what_a_cell_reads(source: str, reads: set[str]):
    assert flow(source).reads == reads


def test_what_a_cell_binds_and_changes():
    found = flow("import a.b, c as d\nfrom e import f\nx[0] = 1\nif x:\n    y = 2\n(g, h) = x\nclass K: pass\nz.w = 3")
    assert found.binds == {"a", "d", "f", "y", "g", "h", "K"}
    assert found.sure == found.binds - {"y"}
    assert found.changes == {"x", "z"}
    assert flow("losses.append(v)\noptimizer.update(model, grads)").changes == {
        "losses",
        "v",
        "optimizer",
        "model",
        "grads",
    }
    assert flow("y = x.sum()").changes == set()


def test_a_value_reaches_through_functions_and_ends_where_its_name_is_bound_anew():
    sources = [
        "def answer(): ...",  # 0: the origin
        "def uses(x):\n    return answer() + x",  # 1: by a function's body
        "y = uses(2)",  # 2: by that function
        "z = 3",  # 3: not at all
        "log = []",  # 4
        "log.append(y)",  # 5: changed in place
        "print(log)",  # 6
        "y = 1",  # 7: a new value
        "print(y, z)",  # 8: not reached any more
    ]
    found = reach([flow(source) for source in sources], {0: "A"})
    assert [place for place, at in enumerate(found) if at.by] == [0, 1, 2, 5, 6]
    assert found[2].made_in == {"uses": (1,)}
    assert found[6].made_in == {"log": (5,)}


def test_a_value_bound_in_a_branch_may_be_the_old_one():
    sources = ["a = 1", "if c:\n    a = 2", "print(a)"]
    found = reach([flow(source) for source in sources], {0: "A"})
    assert found[2].by == {"A"}


def test_two_origins_meet():
    sources = ["a = 1", "b = 2", "c = a + b", "d = b"]
    found = reach([flow(source) for source in sources], {0: "A", 1: "B"})
    assert [at.by for at in found] == [{"A"}, {"B"}, {"A", "B"}, {"B"}]
