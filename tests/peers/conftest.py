"""Tests against libraries that are not in the course's environment; without them each file skips (make test-peers)."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
