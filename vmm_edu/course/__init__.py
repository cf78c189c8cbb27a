"""What the chapters share: checked exercises, figures, clips and the learner's own copy."""

from vmm_edu.course.compiling import compile_quickly
from vmm_edu.course.copy import lay_out
from vmm_edu.course.display import clip, figure, sound
from vmm_edu.course.explorer import explore
from vmm_edu.course.files import course_files, course_folder
from vmm_edu.course.fusion_pictures import fusion_picture
from vmm_edu.course.learner import check, hint, passed_or_reference, progress, solution
from vmm_edu.course.palette import style
from vmm_edu.course.stages import pipeline

__all__ = [
    "check",
    "clip",
    "compile_quickly",
    "course_files",
    "course_folder",
    "explore",
    "figure",
    "fusion_picture",
    "hint",
    "lay_out",
    "passed_or_reference",
    "pipeline",
    "progress",
    "solution",
    "sound",
    "style",
]
