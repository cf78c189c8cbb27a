"""Runs at the start of every Python that a test starts: no network but loopback."""

import sitecustomize_offline

sitecustomize_offline.install()
