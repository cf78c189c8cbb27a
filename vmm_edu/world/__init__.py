"""A seed in; clips out whose best possible accuracy is known exactly (ChimeWorld)."""
