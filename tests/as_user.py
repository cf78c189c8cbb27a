"""A test under the import hook that checks shapes; the same test as a user sees the package, without it, out."""

from __future__ import annotations

from collections.abc import Iterator

import jaxtyping
import pytest


@pytest.fixture
def as_user() -> Iterator[None]:
    """Switch the shape checks off, so that the package's own errors are met, as they are outside the tests."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)
