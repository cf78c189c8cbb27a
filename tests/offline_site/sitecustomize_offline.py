"""The audit hook that refuses any connection but loopback's."""

import sys

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::")
STATE = {"installed": False}


class NetworkBlocked(OSError):
    """A test or a notebook tried to reach the network."""


def refuse(event: str, arguments: tuple) -> None:
    """Raises on a connection, a datagram or a name look-up that leaves this machine."""
    if event in {"socket.connect", "socket.sendto", "socket.bind"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if isinstance(host, str) and host and not host.startswith(LOOPBACK):
        raise NetworkBlocked(f"no network in tests: {event} to {host!r}")


def install() -> None:
    """Adds the hook once per process."""
    if not STATE["installed"]:
        STATE["installed"] = True
        sys.addaudithook(refuse)
