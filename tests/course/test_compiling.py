"""The compiler's flags are ones that it knows, and a user's own are kept."""

import os
import subprocess
import sys

from vmm_edu.course.compiling import OLD_GENERATOR, quick_flags

PROGRAM = (
    "import os; from vmm_edu import course; course.compile_quickly(); import jax; "
    "print(jax.jit(lambda x: 2 * x + 1)(3.0), os.environ['XLA_FLAGS'])"
)


def told(*, program: str = PROGRAM, **environment: str) -> str:
    rest = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=rest | {"JAX_PLATFORMS": "cpu"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_a_call_that_comes_too_late_does_no_harm():
    late = PROGRAM.replace(
        "course.compile_quickly(); import jax; ", "import jax; jax.jit(abs)(1.0); course.compile_quickly(); "
    )
    assert late != PROGRAM
    assert told(program=late).startswith("7.0 --xla")


def test_the_installed_compiler_knows_the_flags():
    assert told().startswith("7.0 --xla_backend_optimization_level=1")


def test_flags_of_the_user_are_kept():
    assert told(XLA_FLAGS="--xla_backend_optimization_level=2").strip() == "7.0 --xla_backend_optimization_level=2"


def test_a_switch_that_went_is_not_set():
    assert OLD_GENERATOR in quick_flags("0.10.2")
    assert OLD_GENERATOR not in quick_flags("0.12.0")


def test_nothing_is_asked_of_a_compiler_that_was_not_tried():
    assert quick_flags("0.12.0.1") == "--xla_backend_optimization_level=1"
    assert quick_flags("0.13.0") == quick_flags("1.0.0") == quick_flags("0.1.75") == ""


def test_a_gpu_is_left_as_it_is_unless_the_processor_was_chosen():
    assert quick_flags("0.12.0", plugins={"xla_cuda13"}) == ""
    assert quick_flags("0.12.0", plugins={"xla_cuda13"}, platforms="cuda,cpu") == ""
    assert quick_flags("0.12.0", plugins={"xla_cuda13"}, platforms="cpu") == quick_flags("0.12.0") != ""
