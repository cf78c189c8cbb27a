"""Labelled clips in; a trained model, its scores and its predictions out."""

from vmm_edu.predict.calibration import Reliability, calibration_error, reliability
from vmm_edu.predict.describing import Described, describe, features_of
from vmm_edu.predict.encoders import SenseEncoder, WordEncoder
from vmm_edu.predict.evaluation import Scores, evaluate, predict_logits, score_logits
from vmm_edu.predict.frame_training import augmented_loss, warm_cosine
from vmm_edu.predict.interval import Interval, bootstrap_interval
from vmm_edu.predict.linear import LinearClassifier, fit_linear, linear_logits
from vmm_edu.predict.main_label import Truth, label_loss, main_loss, train_main_model
from vmm_edu.predict.metrics import accuracy, confusion, f1_scores, macro_f1
from vmm_edu.predict.own_clips import OwnClips, own_clips
from vmm_edu.predict.own_table import Table, read_table, split_by_group
from vmm_edu.predict.pipeline import Pipeline, Prediction
from vmm_edu.predict.probing import linear_probe
from vmm_edu.predict.segments import Segment, edit_score, segment_f1, segments
from vmm_edu.predict.senses_model import Decisions, SensesModel
from vmm_edu.predict.storage import load, read_metadata, save
from vmm_edu.predict.taking import Recipe, Taken, take_clip
from vmm_edu.predict.training import History, TrainState, cross_entropy, fit, make_step

__all__ = [
    "Decisions",
    "Described",
    "History",
    "Interval",
    "LinearClassifier",
    "OwnClips",
    "Pipeline",
    "Prediction",
    "Recipe",
    "Reliability",
    "Scores",
    "Segment",
    "SenseEncoder",
    "SensesModel",
    "Table",
    "Taken",
    "TrainState",
    "Truth",
    "WordEncoder",
    "accuracy",
    "augmented_loss",
    "bootstrap_interval",
    "calibration_error",
    "confusion",
    "cross_entropy",
    "describe",
    "edit_score",
    "evaluate",
    "f1_scores",
    "features_of",
    "fit",
    "fit_linear",
    "label_loss",
    "linear_logits",
    "linear_probe",
    "load",
    "macro_f1",
    "main_loss",
    "make_step",
    "own_clips",
    "predict_logits",
    "read_metadata",
    "read_table",
    "reliability",
    "save",
    "score_logits",
    "segment_f1",
    "segments",
    "split_by_group",
    "take_clip",
    "train_main_model",
    "warm_cosine",
]
