"""Features over time in; a state or a label for every step out."""

from vmm_edu.sequence.fast_lstm import fast_lstm
from vmm_edu.sequence.lstm import LSTMParams, LSTMState, lstm, lstm_init, lstm_step
from vmm_edu.sequence.lstm_module import LSTM
from vmm_edu.sequence.lstm_stack import LSTMStack, bidirectional_lstm
from vmm_edu.sequence.pooling import last_pool, mean_pool

__all__ = [
    "LSTM",
    "LSTMParams",
    "LSTMStack",
    "LSTMState",
    "bidirectional_lstm",
    "fast_lstm",
    "last_pool",
    "lstm",
    "lstm_init",
    "lstm_step",
    "mean_pool",
]
