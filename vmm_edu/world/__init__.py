"""A seed in; clips out whose best possible accuracy is known exactly (ChimeWorld)."""

from vmm_edu.world.additive import additive_by_loss, additive_ceiling, additive_from_clips
from vmm_edu.world.catalogue import task, tasks
from vmm_edu.world.ceilings import bayes_predict, ceiling, exact_ceiling, joint_table, recall_at_1, shapley
from vmm_edu.world.clip_sets import MANIFEST, ClipSet, load_set, make_set, pool
from vmm_edu.world.dials import (
    blocks,
    copied_bit,
    erased_copies,
    noisy_copies,
    redundant_bit,
    synergy_bit,
    unique_bit,
)
from vmm_edu.world.dropped import titles
from vmm_edu.world.information import (
    Information,
    Parts,
    decompose,
    information,
    log_loss_floor,
    mutual_information,
    triple_table,
)
from vmm_edu.world.oracle import decode
from vmm_edu.world.phases import lag_accuracy, path_accuracy
from vmm_edu.world.rendering import drawable, perform, render
from vmm_edu.world.sampling import SPLITS, exact_multiple, sample
from vmm_edu.world.smoke import make_smoke
from vmm_edu.world.spoken import SPELLING, Speech, look_up, say, sentences, spell
from vmm_edu.world.tables import MODALITIES, Chain, Clip, Source, Task, flip, uniform
from vmm_edu.world.take import Take
from vmm_edu.world.unique import unique_information

__all__ = [
    "MANIFEST",
    "MODALITIES",
    "SPELLING",
    "SPLITS",
    "Chain",
    "Clip",
    "ClipSet",
    "Information",
    "Parts",
    "Source",
    "Speech",
    "Take",
    "Task",
    "additive_by_loss",
    "additive_ceiling",
    "additive_from_clips",
    "bayes_predict",
    "blocks",
    "ceiling",
    "copied_bit",
    "decode",
    "decompose",
    "drawable",
    "erased_copies",
    "exact_ceiling",
    "exact_multiple",
    "flip",
    "information",
    "joint_table",
    "lag_accuracy",
    "load_set",
    "log_loss_floor",
    "look_up",
    "make_set",
    "make_smoke",
    "mutual_information",
    "noisy_copies",
    "path_accuracy",
    "perform",
    "pool",
    "recall_at_1",
    "redundant_bit",
    "render",
    "sample",
    "say",
    "sentences",
    "shapley",
    "spell",
    "synergy_bit",
    "task",
    "tasks",
    "titles",
    "triple_table",
    "uniform",
    "unique_bit",
    "unique_information",
]
