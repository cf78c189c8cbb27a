"""Features over time in; a state or a label for every step out."""

from vmm_edu.sequence.gru import GRUParams, gru, gru_init, gru_step
from vmm_edu.sequence.gru_module import GRU
from vmm_edu.sequence.lstm import LSTMParams, LSTMState, lstm, lstm_init, lstm_step
from vmm_edu.sequence.lstm_module import LSTM
from vmm_edu.sequence.pooling import last_pool, mean_pool

__all__ = [
    "GRU",
    "LSTM",
    "GRUParams",
    "LSTMParams",
    "LSTMState",
    "gru",
    "gru_init",
    "gru_step",
    "last_pool",
    "lstm",
    "lstm_init",
    "lstm_step",
    "mean_pool",
]
