"""The headers of a server that is too busy in; for how many seconds it asks to be left alone out."""

from __future__ import annotations

import datetime
import email.utils
import time
from email.message import Message

BUSY = (429, 500, 502, 503, 504)
"""Answers after which the same question may be asked again."""
LONGEST_WAIT_S = 120.0
"""A server that asks for more patience than this is left alone; whoever runs this decides when to come back."""


def asked_to_wait(headers: Message) -> float | None:
    """Read Retry-After (seconds, or a date) or, as Zenodo has it, X-RateLimit-Reset (seconds since 1970).

    Args:
        headers: of the answer.

    Returns:
        Seconds from now, at least 0; None: it does not say.

    Raises:
        ValueError: never.
    """
    after, reset = (str(headers.get(name) or "").strip() for name in ("Retry-After", "X-RateLimit-Reset"))
    if after.isdigit():
        return float(after)
    if after:
        try:
            until = email.utils.parsedate_to_datetime(after)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=datetime.UTC)
        return max(until.timestamp() - time.time(), 0.0)
    return max(float(reset) - time.time(), 0.0) if reset.isdigit() else None
