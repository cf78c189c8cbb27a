"""One vector from each sense in; one decision from all of them out."""

from vmm_edu.fusion.early import EarlyFusion
from vmm_edu.fusion.late import LateFusion, sum_log_probabilities
from vmm_edu.fusion.senses import Senses, align_senses

__all__ = ["EarlyFusion", "LateFusion", "Senses", "align_senses", "sum_log_probabilities"]
