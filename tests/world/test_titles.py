"""Captions without pictures are those of the files."""

from __future__ import annotations

import pytest

from vmm_edu import world
from vmm_edu.course import course_folder
from vmm_edu.world.captions import named_material


def test_they_are_those_that_the_clips_are_drawn_with():
    clips = world.sample("main", clips=12, seed=5)
    said = world.titles(clips)
    for place, clip in enumerate(clips):
        assert {language: said[language][place] for language in said} == dict(world.perform(clip).text)


def test_they_are_those_of_the_stored_files():
    stored = world.load_set(course_folder() / "data" / "smoke" / "main")
    said = world.titles(stored.clips)
    assert said == {"en": stored.texts("en"), "zh": stored.texts("zh")}
    assert [named_material(text) for text in said["zh"]] == [named_material(text) for text in said["en"]]


def test_other_tasks_have_none():
    with pytest.raises(ValueError, match="of the task main"):
        world.titles(world.sample("glide", clips=2, seed=0))
