"""Nothing in; JAX's compiler told to be quick rather than thorough, out."""

from __future__ import annotations

import os
from importlib import metadata

# The older code generator for processors takes half the time. Its switch came and went: an unknown flag ends the
# process, so it is set only where it is known to be there.
OLD_GENERATOR = "--xla_cpu_use_fusion_emitters=false"
HAVE_OLD_GENERATOR = ("0.10.",)


def compile_quickly() -> None:
    """Ask for programs that compile fast and run a little slower: right where many small ones run for a second each.

    Call it before JAX computes anything; later it does nothing. A user's own `XLA_FLAGS` are left alone.

    Raises:
        Nothing.
    """
    os.environ.setdefault("XLA_FLAGS", quick_flags(metadata.version("jaxlib")))


def quick_flags(jaxlib: str) -> str:
    """The compiler's flags.

    Args:
        jaxlib: version of JAX's compiler, such as "0.10.2".

    Returns:
        What belongs into `XLA_FLAGS`.

    Raises:
        Nothing.
    """
    flags = ["--xla_backend_optimization_level=1"]
    if jaxlib.startswith(HAVE_OLD_GENERATOR):
        flags.append(OLD_GENERATOR)
    return " ".join(flags)
