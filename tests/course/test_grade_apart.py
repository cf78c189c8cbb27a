"""An answer is judged in a process of its own, by what its notebook defines, and a process that hangs is ended."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from vmm_edu.course.grade_apart import grade_cells

RIGHT = "def frame_times(duration_s, count):\n    return (np.arange(count) + 0.5) * duration_s / count"


@pytest.mark.parametrize(
    ("cells", "status", "share"),
    [
        (["import numpy as np", RIGHT], "graded", 1.0),
        (["%matplotlib inline\nimport numpy as np\n!ls", "print(1 / 0)", "this is no Python", RIGHT], "graded", 1.0),
        (["import numpy as np\nraise SystemExit", RIGHT], "graded", 1.0),
        (["import numpy as np\nhalf = 0.5", RIGHT.replace("0.5", "half")], "graded", 1.0),
        (["import numpy as np\nhalf = np.float64(0.5)", RIGHT.replace("0.5", "half")], "unsure", 0.0),
        (["import numpy as np", RIGHT.replace("0.5", "1.5")], "graded", 0.0),
        (["import numpy as np", "frame_times = make()"], "missing", 0.0),
        (["import numpy as np", "def frame_times(:"], "missing", 0.0),
        (["import numpy as np", RIGHT + "\ncheck('00.frame_times', frame_times)"], "graded", 1.0),
    ],
)
def test_what_cells_define_is_judged(cells, status, share):
    found = grade_cells("00.frame_times", cells, salt=5)
    assert (found["status"], found["share"]) == (status, share)


def test_a_value_is_judged_too():
    assert (
        grade_cells("00.predict_fused", ["p = 0.9", "predict_fused = p**3 + 3 * p**2 * (1 - p)"], salt=0)["share"]
        == 1.0
    )


def test_an_error_shows_the_line_of_its_cell():
    cells = ["import numpy as np", "def frame_times(duration_s, count):\n    return np.arange(count)[count]"]
    assert (
        "line 2 in frame_times: return np.arange(count)[count]" in grade_cells("00.frame_times", cells, salt=0)["text"]
    )


def own_process(*tasks):
    """Runs in a fresh Python, as the grader does."""
    code = "import json, sys; from vmm_edu.course.grade_apart import in_own_process\n"
    code += "print(json.dumps([in_own_process(task, salt=0) for task in json.load(sys.stdin)]))"
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, input=json.dumps(tasks), capture_output=True, text=True, check=True, timeout=300)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_compiled_loop_ends_with_its_process_and_the_next_task_is_graded():
    endless = (
        "import jax, jax.numpy as jnp\n"
        "def set_first(x, value):\n    return jax.lax.while_loop(lambda x: x[0] > -1e9, lambda x: x + 1.0, x)"
    )
    fine = "def set_first(x, value):\n    return x.at[0].set(value)"
    start = time.monotonic()
    found = own_process(
        {"name": "00b.set_first", "cells": [endless], "limit_s": 8.0},
        {"name": "00b.set_first", "cells": [fine], "limit_s": 120.0},
    )
    assert [task["status"] for task in found] == ["stopped", "graded"]
    assert [task["share"] for task in found] == [0.0, 1.0]
    assert time.monotonic() - start < 250


def test_a_process_that_waits_is_ended_by_the_clock():
    cells = ["import time\nclass Waits:\n    time.sleep(200)\nframe_times = 1"]
    start = time.monotonic()
    (found,) = own_process({"name": "00.frame_times", "cells": cells, "limit_s": 1.0})
    assert found["status"] == "stopped"
    assert time.monotonic() - start < 150


def test_a_process_that_ends_itself_gets_nothing():
    cells = ["import os\ndef frame_times(duration_s, count):\n    os._exit(0)"]
    (found,) = own_process({"name": "00.frame_times", "cells": cells, "limit_s": 60.0})
    assert found == {"status": "stopped", "share": 0.0, "text": "⚠ 00.frame_times: the code ended its own process."}


def test_a_cell_that_never_ends_is_ended():
    cells = ["while True:\n    pass\nframe_times = 1"]
    (found,) = own_process({"name": "00.frame_times", "cells": cells, "limit_s": 1.0})
    assert found["status"] == "stopped"
