"""No test and no notebook kernel may reach the network: an audit hook everywhere, a namespace where allowed.

The audit hook refuses any connection or name look-up but loopback's, in this process and, through ``PYTHONPATH``
and a ``sitecustomize`` module, in every Python that this process starts (kernels, servers, command lines).
Where the system allows it (Linux, root), the process also moves into a network namespace that has loopback only,
which holds for programs that are not Python as well.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

HOOK = Path(__file__).resolve().parent / "offline_site"
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def block_network() -> str:
    """Blocks the network for this process and its children; returns how, in words."""
    path = os.environ.get("PYTHONPATH", "")
    if str(HOOK) not in path.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HOOK), path)))
    sys.path.insert(0, str(HOOK))
    import sitecustomize_offline

    sitecustomize_offline.install()
    return "blocked by an audit hook" + (" and a namespace" if enter_namespace() else "")


def enter_namespace() -> bool:
    """Moves this process into a namespace with loopback only; False where the system does not allow it."""
    if sys.platform != "linux" or os.environ.get("VMM_EDU_NAMESPACE"):
        return bool(os.environ.get("VMM_EDU_NAMESPACE"))
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    os.environ["VMM_EDU_NAMESPACE"] = "1"
    return True
