"""Labelled clips in; a trained model, its scores and its predictions out."""

from vmm_edu.predict.calibration import Reliability, calibration_error, reliability
from vmm_edu.predict.evaluation import Scores, evaluate, predict_logits, score_logits
from vmm_edu.predict.interval import Interval, bootstrap_interval
from vmm_edu.predict.metrics import accuracy, confusion, f1_scores, macro_f1
from vmm_edu.predict.storage import load, read_metadata, save
from vmm_edu.predict.training import History, TrainState, cross_entropy, fit, make_step

__all__ = [
    "History",
    "Interval",
    "Reliability",
    "Scores",
    "TrainState",
    "accuracy",
    "bootstrap_interval",
    "calibration_error",
    "confusion",
    "cross_entropy",
    "evaluate",
    "f1_scores",
    "fit",
    "load",
    "macro_f1",
    "make_step",
    "predict_logits",
    "read_metadata",
    "reliability",
    "save",
    "score_logits",
]
