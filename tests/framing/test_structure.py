import pytest
from framing.media import tone, write_media

from vmm_edu.framing.structure import container_family, missing_bytes

FAMILIES = {
    "a.mp4": ("mp4", {}),
    "b.mp4": ("mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    "a.mkv": ("matroska", {}),
    "a.webm": ("matroska", {"codec": "libvpx"}),
    "a.avi": ("riff", {"codec": "mpeg4"}),
    "a.gif": ("gif", {"codec": "gif", "pix_fmt": "rgb8"}),
    "a.flv": ("flv", {}),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_whole_file_misses_nothing_and_each_cut_is_seen(tmp_path, name):
    family, request = FAMILIES[name]
    path = write_media(tmp_path / name, **request)
    data = path.read_bytes()
    assert container_family(str(path)) == family
    assert missing_bytes(str(path)) == 0
    for share in (0.3, 0.6, 0.9):
        path.write_bytes(data[: int(len(data) * share)])
        assert missing_bytes(str(path)) > 0


def test_the_missing_bytes_of_a_riff_are_counted(tmp_path):
    path = write_media(tmp_path / "a.avi", codec="mpeg4")
    path.write_bytes(path.read_bytes()[:-100])
    assert missing_bytes(str(path)) == 100


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.ts", {}), ("a.mpg", {"codec": "mpeg1video", "rate": 25}), ("b.mpg", {"codec": "mpeg2video", "rate": 25})],
)
def test_a_packet_of_an_mpeg_stream_that_is_cut_shows(tmp_path, name, kind):
    path = write_media(tmp_path / name, sound=tone(2.0), sound_codec="mp2", **kind)
    data = path.read_bytes()
    assert missing_bytes(str(path)) == 0
    seen = 0
    for cut in range(1000, len(data), 977):
        path.write_bytes(data[:cut])
        seen += missing_bytes(str(path)) > 0
    assert seen > 0.9 * len(range(1000, len(data), 977))


def test_streams_without_a_length_and_text_state_nothing(tmp_path):
    path = write_media(tmp_path / "a.ts")
    path.write_bytes(path.read_bytes()[:-188])
    assert container_family(str(path)) == "mpeg"
    assert missing_bytes(str(path)) == 0
    text = tmp_path / "a.mp4"
    text.write_text("Good morning, this is a text and not a film.")
    assert container_family(str(text)) is None
