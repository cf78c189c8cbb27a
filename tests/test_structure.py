"""The package is the pipeline: imports point down it, files stay small, and every public name explains itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "vmm_edu"
PIPELINE = ["framing", "features", "sequence", "fusion", "predict"]
ALLOWED = {stage: set(PIPELINE[: place + 1]) for place, stage in enumerate(PIPELINE)}
ALLOWED["world"] = {"world", "framing"}
ALLOWED["grid"] = {*PIPELINE, "grid"}
ALLOWED["course"] = {*PIPELINE, "world", "grid", "course"}
ALLOWED["command"] = {*PIPELINE, "world", "grid", "course", "command"}
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 250


def imported_parts(path: Path) -> set[str]:
    """The parts of vmm_edu that one file imports, inside functions too."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which way it points"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        parts |= {name.split(".")[1] for name in names if name.startswith("vmm_edu.")}
    return parts


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_the_pipeline(path: Path):
    part = path.relative_to(PACKAGE).parts[0]
    if part in ALLOWED:
        assert imported_parts(path) <= ALLOWED[part]


def test_an_import_that_points_up_is_seen(tmp_path: Path):
    path = tmp_path / "wrong.py"
    path.write_text("def f():\n    from vmm_edu.predict import fit\n    return fit\n")
    assert imported_parts(path) - ALLOWED["features"] == {"predict"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_long(path: Path):
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("part", ["framing", "world"])
def test_reading_and_rendering_do_not_import_jax(part: str):
    script = f"import sys; import vmm_edu.{part}; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_the_command_line_starts_without_jax_or_video():
    script = "import sys; import vmm_edu.command; sys.exit(bool({'jax', 'av', 'skimage'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_there_is_no_drawer_for_everything():
    assert not [path for path in FILES if path.stem in {"utils", "helpers", "misc", "common"}]


def public() -> list[tuple[str, object]]:
    """Every name that a part of the package exports."""
    found = []
    for part in [*PIPELINE, "grid", "world", "course"]:
        module = importlib.import_module(f"vmm_edu.{part}")
        found += [(f"{part}.{name}", getattr(module, name)) for name in module.__all__]
    return found


@pytest.mark.parametrize(("name", "thing"), public(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_public_name_explains_itself(name: str, thing: object):
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        return
    text = inspect.getdoc(thing) or ""
    assert len(text.split("\n")[0]) > 10, f"{name} needs a first line"
    if inspect.isclass(thing):
        assert thing.__doc__ != getattr(thing.__mro__[1], "__doc__", None), f"{name} needs its own docstring"
        return
    arguments = [a for a in inspect.signature(thing).parameters if not a.startswith("_")]
    if arguments:
        assert "Args:" in text, f"{name}: no Args section"
        missing = [argument for argument in arguments if f"{argument}:" not in text]
        assert not missing, f"{name}: {missing} not described"
        assert "Raises:" in text, f"{name}: errors not described"


@pytest.mark.parametrize("part", [*PIPELINE, "grid"])
def test_every_array_has_its_shape_in_the_signature(part: str):
    for path in sorted((PACKAGE / part).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                for annotation in filter(None, [*(a.annotation for a in args), node.returns]):
                    bare = {"np.ndarray", "jax.Array", "jnp.ndarray", "Array", "ndarray", "ArrayLike"}
                    assert ast.unparse(annotation) not in bare, f"{path.name}:{node.lineno} {ast.unparse(annotation)}"
