"""The network block reaches this process, its children and a notebook's kernel."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

OPEN = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"


def test_this_process_cannot_connect():
    with pytest.raises(OSError, match="no network in tests"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_names_are_not_looked_up():
    with pytest.raises(OSError, match="no network in tests"):
        socket.getaddrinfo("example.org", 80)


def test_a_child_cannot_connect():
    done = subprocess.run([sys.executable, "-c", OPEN], capture_output=True, text=True)
    assert done.returncode != 0
    assert "no network in tests" in done.stderr


def test_loopback_still_works():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass
