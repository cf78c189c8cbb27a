"""One vector or sequence from each sense in; one decision from all of them out."""

from vmm_edu.fusion.bottleneck import BottleneckFusion
from vmm_edu.fusion.cross_attention import CrossAttentionFusion
from vmm_edu.fusion.dropping import drop_senses
from vmm_edu.fusion.early import EarlyFusion
from vmm_edu.fusion.gated import GatedFusion
from vmm_edu.fusion.hybrid import HybridFusion
from vmm_edu.fusion.late import LateFusion, sum_log_probabilities
from vmm_edu.fusion.low_rank import LowRankFusion
from vmm_edu.fusion.senses import Senses, SenseSequences, align_senses, align_sequences
from vmm_edu.fusion.tensor import TensorFusion

__all__ = [
    "BottleneckFusion",
    "CrossAttentionFusion",
    "EarlyFusion",
    "GatedFusion",
    "HybridFusion",
    "LateFusion",
    "LowRankFusion",
    "SenseSequences",
    "Senses",
    "TensorFusion",
    "align_senses",
    "align_sequences",
    "drop_senses",
    "sum_log_probabilities",
]
