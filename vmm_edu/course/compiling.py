"""Nothing in; JAX's compiler told to be quick rather than thorough, out."""

from __future__ import annotations

import os
from collections.abc import Collection
from importlib import metadata

# An unknown flag ends the process, so each is set only where it was seen to be known.
QUICK = "--xla_backend_optimization_level=1"
HAVE_QUICK = ("0.10.", "0.11.", "0.12.")
# The older code generator for processors takes half the time. Its switch came and went.
OLD_GENERATOR = "--xla_cpu_use_fusion_emitters=false"
HAVE_OLD_GENERATOR = ("0.10.",)


def compile_quickly() -> None:
    """Ask for programs that compile fast and run a little slower: right where many small ones run for a second each.

    Call it before JAX computes anything: the flags are read once, with the first program. Called later it changes
    nothing in this process, only in those that it starts. A user's own `XLA_FLAGS` are left alone. Where JAX has a
    plugin for another processor (a GPU, say) nothing is asked for: its compiler reads the same flag, knows no quick
    mode and complains; with `JAX_PLATFORMS=cpu` the plugin does not count.

    Raises:
        Nothing.
    """
    plugins = metadata.entry_points(group="jax_plugins").names
    flags = quick_flags(metadata.version("jaxlib"), plugins=plugins, platforms=os.environ.get("JAX_PLATFORMS", ""))
    if flags:
        os.environ.setdefault("XLA_FLAGS", flags)


def quick_flags(jaxlib: str, *, plugins: Collection[str] = (), platforms: str = "") -> str:
    """The compiler's flags.

    Args:
        jaxlib: version of JAX's compiler, such as "0.10.2".
        plugins: names of the installed plugins of JAX, such as "xla_cuda13".
        platforms: what the user wants JAX to run on, such as "cpu"; "" leaves it to JAX.

    Returns:
        What belongs into `XLA_FLAGS`; "" where the compiler is better left as it is.

    Raises:
        Nothing.
    """
    if plugins and platforms != "cpu":
        return ""
    known = ((QUICK, HAVE_QUICK), (OLD_GENERATOR, HAVE_OLD_GENERATOR))
    return " ".join(flag for flag, versions in known if jaxlib.startswith(versions))
