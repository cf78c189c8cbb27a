from __future__ import annotations

from collections.abc import Iterator

import jaxtyping
import pytest


@pytest.fixture
def as_users_run() -> Iterator[None]:
    """Without the test run's shape checker, which would refuse a bad shape before the package's own words."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
