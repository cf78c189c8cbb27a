"""Rules of every test and notebook cell: checked shapes, strict types, no warning, no network, no silent skip."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from budgets import Budgets
from offline import block_network

NETWORK = block_network()
# An empty state folder, so that a developer's own progress cannot change an output.
os.environ["VMM_EDU_STATE"] = tempfile.mkdtemp(prefix="vmm-edu-state-")
os.environ.setdefault("MPLBACKEND", "agg")

import jaxtyping  # noqa: E402

jaxtyping.install_import_hook("vmm_edu", "beartype.beartype")

ROOT = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("VMM_EDU_SHARED", ROOT.parent / "shared"))


def pytest_configure(config: pytest.Config) -> None:
    import jax

    config.pluginmanager.register(Budgets(), "budgets")

    jax.config.update("jax_numpy_dtype_promotion", "strict")
    jax.config.update("jax_numpy_rank_promotion", "raise")


def pytest_report_header() -> str:
    return f"network: {NETWORK}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Under REQUIRE_ALL=1 a skip is a failure."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 turns this skip into a failure: {report.longrepr}"


@pytest.fixture
def shared() -> Path:
    """Real media that are not part of the project; tests that use them skip without."""
    if not (SHARED / "real").exists():
        pytest.skip("no folder of real media (VMM_EDU_SHARED names one)")
    return SHARED / "real"
