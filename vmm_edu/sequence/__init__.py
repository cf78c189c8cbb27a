"""Features over time in; a state or a label for every step out."""

from vmm_edu.sequence.attention import SelfAttention, attend, sine_positions
from vmm_edu.sequence.crf import crf_log_z, crf_marginals, crf_nll, crf_score
from vmm_edu.sequence.crf_module import CRF
from vmm_edu.sequence.ctc import Collapsed, ctc_collapse, ctc_greedy, ctc_loss
from vmm_edu.sequence.ctc_beam import Text, ctc_beam
from vmm_edu.sequence.fast_lstm import fast_lstm
from vmm_edu.sequence.fixed_lag import FixedLagSmoother, fixed_lag
from vmm_edu.sequence.gru import GRUParams, gru, gru_init, gru_step
from vmm_edu.sequence.gru_module import GRU
from vmm_edu.sequence.lstm import LSTMParams, LSTMState, lstm, lstm_init, lstm_step
from vmm_edu.sequence.lstm_module import LSTM
from vmm_edu.sequence.lstm_stack import LSTMStack, bidirectional_lstm
from vmm_edu.sequence.pooling import last_pool, mean_pool
from vmm_edu.sequence.temporal_conv import TemporalConv, temporal_conv
from vmm_edu.sequence.viterbi import viterbi

__all__ = [
    "CRF",
    "GRU",
    "LSTM",
    "Collapsed",
    "FixedLagSmoother",
    "GRUParams",
    "LSTMParams",
    "LSTMStack",
    "LSTMState",
    "SelfAttention",
    "TemporalConv",
    "Text",
    "attend",
    "bidirectional_lstm",
    "crf_log_z",
    "crf_marginals",
    "crf_nll",
    "crf_score",
    "ctc_beam",
    "ctc_collapse",
    "ctc_greedy",
    "ctc_loss",
    "fast_lstm",
    "fixed_lag",
    "gru",
    "gru_init",
    "gru_step",
    "last_pool",
    "lstm",
    "lstm_init",
    "lstm_step",
    "mean_pool",
    "sine_positions",
    "temporal_conv",
    "viterbi",
]
