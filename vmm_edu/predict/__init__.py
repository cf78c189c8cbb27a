"""Labelled clips in; a trained model, its scores and its predictions out."""

from vmm_edu.predict.blending import Progress, blend_weights, blended_loss, progress
from vmm_edu.predict.calibration import Reliability, calibration_error, reliability
from vmm_edu.predict.card import model_card
from vmm_edu.predict.cost import Cost, cost, time_ratios
from vmm_edu.predict.describing import Described, describe, features_of
from vmm_edu.predict.encoders import SenseEncoder, WordEncoder
from vmm_edu.predict.evaluation import Scores, evaluate, predict_logits, score_logits
from vmm_edu.predict.frame_training import augmented_loss, warm_cosine
from vmm_edu.predict.fused_loss import call_fused, fused_cross_entropy
from vmm_edu.predict.heads import class_weights, every_frame_loss, many_labels_loss, one_label_loss
from vmm_edu.predict.interval import Interval, bootstrap_interval
from vmm_edu.predict.linear import LinearClassifier, fit_linear, linear_logits
from vmm_edu.predict.main_label import Truth, label_loss, main_loss, train_main_model
from vmm_edu.predict.metrics import accuracy, confusion, f1_scores, macro_f1
from vmm_edu.predict.own_clips import OwnClips, own_clips
from vmm_edu.predict.own_table import Table, deal_groups, read_table
from vmm_edu.predict.pipeline import Pipeline, Prediction
from vmm_edu.predict.probing import linear_probe
from vmm_edu.predict.ranking import (
    average_precision,
    global_average_precision,
    mean_average_precision,
    top_k_accuracy,
)
from vmm_edu.predict.real_time import times_real_time
from vmm_edu.predict.recorded import recorded_logits
from vmm_edu.predict.seeds import SeedHistory, SeedModels, fit_seeds, model_of, predict_seeds
from vmm_edu.predict.segments import Segment, edit_score, segment_f1, segments
from vmm_edu.predict.selective import RiskCoverage, area_under_risk_coverage, coverage_at_risk, risk_coverage
from vmm_edu.predict.senses_model import Decisions, SensesModel
from vmm_edu.predict.shared_bits import information_bound, joint_table
from vmm_edu.predict.side_by_side import score_side_by_side, side_by_side
from vmm_edu.predict.splitting import Split, shared_groups, split_by_group
from vmm_edu.predict.storage import load, read_metadata, save
from vmm_edu.predict.taking import Recipe, Taken, take_clip
from vmm_edu.predict.temperature import at_temperature, fit_temperature
from vmm_edu.predict.training import History, TrainState, cross_entropy, fit, make_epoch, make_step
from vmm_edu.predict.transcripts import Errors, count_errors, error_rate, spoken_cues
from vmm_edu.predict.which_sense import ablation, additive_projection, shapley_shares, subset_scores

__all__ = [
    "Cost",
    "Decisions",
    "Described",
    "Errors",
    "History",
    "Interval",
    "LinearClassifier",
    "OwnClips",
    "Pipeline",
    "Prediction",
    "Progress",
    "Recipe",
    "Reliability",
    "RiskCoverage",
    "Scores",
    "SeedHistory",
    "SeedModels",
    "Segment",
    "SenseEncoder",
    "SensesModel",
    "Split",
    "Table",
    "Taken",
    "TrainState",
    "Truth",
    "WordEncoder",
    "ablation",
    "accuracy",
    "additive_projection",
    "area_under_risk_coverage",
    "at_temperature",
    "augmented_loss",
    "average_precision",
    "blend_weights",
    "blended_loss",
    "bootstrap_interval",
    "calibration_error",
    "call_fused",
    "class_weights",
    "confusion",
    "cost",
    "count_errors",
    "coverage_at_risk",
    "cross_entropy",
    "deal_groups",
    "describe",
    "edit_score",
    "error_rate",
    "evaluate",
    "every_frame_loss",
    "f1_scores",
    "features_of",
    "fit",
    "fit_linear",
    "fit_seeds",
    "fit_temperature",
    "fused_cross_entropy",
    "global_average_precision",
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
    "many_labels_loss",
    "mean_average_precision",
    "model_card",
    "model_of",
    "one_label_loss",
    "own_clips",
    "predict_logits",
    "predict_seeds",
    "progress",
    "read_metadata",
    "read_table",
    "recorded_logits",
    "reliability",
    "risk_coverage",
    "save",
    "score_logits",
    "score_side_by_side",
    "segment_f1",
    "segments",
    "shapley_shares",
    "shared_groups",
    "side_by_side",
    "split_by_group",
    "spoken_cues",
    "subset_scores",
    "take_clip",
    "time_ratios",
    "times_real_time",
    "top_k_accuracy",
    "train_main_model",
    "warm_cosine",
]
