"""Labelled clips in; a trained model, its scores and its predictions out."""

from vmm_edu.predict.blending import Progress, blend_weights, blended_loss, progress
from vmm_edu.predict.calibration import Reliability, calibration_error, reliability
from vmm_edu.predict.cost import Cost, cost, time_ratios
from vmm_edu.predict.describing import Described, describe, features_of
from vmm_edu.predict.encoders import SenseEncoder, WordEncoder
from vmm_edu.predict.evaluation import Scores, evaluate, predict_logits, score_logits
from vmm_edu.predict.frame_training import augmented_loss, warm_cosine
from vmm_edu.predict.fused_loss import call_fused, fused_cross_entropy
from vmm_edu.predict.interval import Interval, bootstrap_interval
from vmm_edu.predict.linear import LinearClassifier, fit_linear, linear_logits
from vmm_edu.predict.main_label import Truth, label_loss, main_loss, train_main_model
from vmm_edu.predict.metrics import accuracy, confusion, f1_scores, macro_f1
from vmm_edu.predict.pipeline import Pipeline, Prediction
from vmm_edu.predict.probing import linear_probe
from vmm_edu.predict.seeds import SeedHistory, SeedModels, fit_seeds, model_of, predict_seeds
from vmm_edu.predict.segments import Segment, edit_score, segment_f1, segments
from vmm_edu.predict.senses_model import Decisions, SensesModel
from vmm_edu.predict.shared_bits import information_bound, joint_table
from vmm_edu.predict.storage import load, read_metadata, save
from vmm_edu.predict.taking import Recipe, Taken, take_clip
from vmm_edu.predict.training import History, TrainState, cross_entropy, fit, make_epoch, make_step
from vmm_edu.predict.which_sense import ablation, additive_projection, shapley_shares, subset_scores

__all__ = [
    "Cost",
    "Decisions",
    "Described",
    "History",
    "Interval",
    "LinearClassifier",
    "Pipeline",
    "Prediction",
    "Progress",
    "Recipe",
    "Reliability",
    "Scores",
    "SeedHistory",
    "SeedModels",
    "Segment",
    "SenseEncoder",
    "SensesModel",
    "Taken",
    "TrainState",
    "Truth",
    "WordEncoder",
    "ablation",
    "accuracy",
    "additive_projection",
    "augmented_loss",
    "blend_weights",
    "blended_loss",
    "bootstrap_interval",
    "calibration_error",
    "call_fused",
    "confusion",
    "cost",
    "cross_entropy",
    "describe",
    "edit_score",
    "evaluate",
    "f1_scores",
    "features_of",
    "fit",
    "fit_linear",
    "fit_seeds",
    "fused_cross_entropy",
    "information_bound",
    "joint_table",
    "label_loss",
    "linear_logits",
    "linear_probe",
    "load",
    "macro_f1",
    "main_loss",
    "make_epoch",
    "make_step",
    "model_of",
    "predict_logits",
    "predict_seeds",
    "progress",
    "read_metadata",
    "reliability",
    "save",
    "score_logits",
    "segment_f1",
    "segments",
    "shapley_shares",
    "subset_scores",
    "take_clip",
    "time_ratios",
    "train_main_model",
    "warm_cosine",
]
