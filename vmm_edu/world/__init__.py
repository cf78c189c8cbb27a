"""A seed in; clips out whose best possible accuracy is known exactly (ChimeWorld)."""

from vmm_edu.world.tables import MODALITIES, Clip, Source, Task

__all__ = ["MODALITIES", "Clip", "Source", "Task"]
