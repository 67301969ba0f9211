"""Readers of clips: labels, parts, people, and what is refused."""

import cv2
import numpy as np
import pytest

from jaxfer import standin
from jaxfer.data import readers
from jaxfer.data.readers import (
  afew,
  ck_plus_clips,
  cremad,
  dfew,
  ferv39k,
  own_clips,
)
from jaxfer.data.table import DataError


def picture(path):
  path.parent.mkdir(parents=True, exist_ok=True)
  cv2.imwrite(str(path), np.full((16, 16, 3), 120, np.uint8))


def test_own_clips_are_videos_folders_and_parts(tmp_path, touch):
  touch(tmp_path, "a.mp4", "unnamed.avi", "notes.txt")
  for k in (1, 2, 10):
    picture(tmp_path / "b" / f"f{k}.png")
  (tmp_path / "hollow").mkdir()
  lines = """path,subject,emotion,start_s,end_s
    a.mp4,P1,happy,,
    a.mp4,P1,sad,1,2.5
    a.mp4,P1,sad,1.0,2.5
    a.mp4,P1,sad,3,2
    a.mp4,P1,sad,soon,
    b,P2,surprise,,
    b,P2,surprise,0.04,
    hollow,P2,sad,,
    gone.mp4,P2,sad,,
    notes.txt,P2,sad,,
    ../x.mp4,P2,sad,,
    ,P2,sad,,
    """
  (tmp_path / "index.csv").write_text(lines.replace("    ", ""))
  table = own_clips.read(tmp_path)
  found = {face.path: table.clips[face.path] for face in table.faces}
  assert [(f.path, f.subject, f.emotion) for f in table.faces] == [
    ("a.mp4", "P1", "happy"),
    ("a.mp4#t=1,2.5", "P1", "sad"),
    ("b", "P2", "surprised"),
    ("b#t=0.04,inf", "P2", "surprised"),
  ]
  assert (found["a.mp4#t=1,2.5"].start, found["a.mp4#t=1,2.5"].end) == (1, 2.5)
  assert found["b"].files == ("b/f1.png", "b/f2.png", "b/f10.png")
  assert found["b#t=0.04,inf"].files == ("b/f2.png", "b/f10.png")
  refused = [(one.path, one.reason) for one in table.rejected]
  for path, words in (
    ("a.mp4#t=1,2.5", "line 4: repeats line 3"),
    ("a.mp4", "line 5: end_s=2 is not after start_s=3"),
    ("a.mp4", "line 6: start_s is 'soon', which is no time in seconds"),
    ("hollow", "line 9: a folder without pictures"),
    ("gone.mp4", "line 10: file not found"),
    ("notes.txt", "line 11: neither a video (.txt) nor a folder"),
    ("", "line 13: no path"),
    ("unnamed.avi", "no row of index.csv names it"),
  ):
    assert any(
      where == path and words in reason for where, reason in refused
    ), (path, words)
  assert len(refused) == 9


def test_a_missing_index_names_the_field(tmp_path):
  with pytest.raises(DataError, match=r"config\.data\.own_clips\.index"):
    own_clips.read(tmp_path)


def test_what_is_not_used_of_own_clips_is_told(tmp_path, touch):
  touch(tmp_path, "a.mp4", "b.mp4")
  rows = (
    "id,path,emotion,split,AU12,start_s\n1,a.mp4,{},test,1,\n2,b.mp4,{},test,1,"
  )
  (tmp_path / "index.csv").write_text(rows.format("happy", "bored"))

  table = own_clips.read(tmp_path)

  assert [face.subject for face in table.faces] == [None, None]
  assert {note.text for note in table.notes} == {
    "columns not used: split, AU12",
    "column id differs in every row: it names nobody",
    "classes besides the eight emotions: bored (1)",
  }
  # No setting of own_clips says whose numbers they are.
  (tmp_path / "index.csv").write_text(rows.format(0, 3))
  with pytest.raises(DataError, match=r"numbers 0…3: write the words"):
    own_clips.read(tmp_path)


def test_ck_plus_clips_run_to_the_labelled_peak(tmp_path, reasons):
  for k in range(1, 6):
    picture(tmp_path / f"S005/001/S005_001_{k:08d}.png")
  picture(tmp_path / "S006/001/S006_001_00000001.png")
  label = tmp_path / "Emotion/S005_001_00000004_emotion.txt"
  label.parent.mkdir()
  label.write_text("   3.0000000e+00\n")
  table = ck_plus_clips.read(tmp_path)
  (face,) = table.faces
  clip = table.clips[face.path]
  assert face.emotion == "disgusted" and face.subject == "S005"
  assert len(clip.files) == 4 and clip.files[-1].endswith("00000004.png")
  assert table.peaks
  (path,) = (p for p in reasons(table) if p.startswith("S006"))
  assert reasons(table)[path] == "a sequence of one frame is no clip"


def test_cremad_is_read_by_its_names(tmp_path, reasons, touch):
  touch(
    tmp_path,
    "VideoFlash/1001_IEO_ANG_HI.flv",
    "mp4/1001_IEO_ANG_HI.mp4",
    "1091_WSI_NEU_XX.mp4",
    "1002_IEO_JOY_HI.mp4",
  )
  table = cremad.read(tmp_path)
  first, second = table.faces
  assert (second.subject, second.emotion, second.sequence) == (
    "1001",
    "angry",
    "IEO",
  )
  assert second.attributes == ("HI",)
  assert (first.subject, first.emotion) == ("1091", "neutral")
  assert "not a file name" in reasons(table)["1002_IEO_JOY_HI.mp4"]
  assert "a second copy of" in reasons(table)["mp4/1001_IEO_ANG_HI.mp4"]


def test_dfew_has_five_folds_of_which_one_is_tested(tmp_path, reasons):
  for number in (1, 2, 3, 4):
    picture(tmp_path / f"Clip/{number:05d}/00001.jpg")
  picture(tmp_path / "another/4/00001.jpg")
  picture(tmp_path / "samples/00001.jpg")
  for part, rows in (("train", "1,1\n2,5\n3,7"), ("test", "4,6\n9,2\n3,8")):
    file = tmp_path / f"Emo/{part}(single)/set_2.csv"
    file.parent.mkdir(parents=True)
    file.write_text(f"video_name,label\n{rows}\n")
  table = dfew.read(tmp_path, fold=2)
  assert [(f.emotion, f.split) for f in table.faces] == [
    ("happy", "train"),
    ("surprised", "train"),
    ("fearful", "train"),
    ("disgusted", "test"),
  ]
  refused = list(reasons(table).values())
  assert any("no folder of its frames" in reason for reason in refused)
  assert any("label 8 is not 1 … 7" in reason for reason in refused)
  assert reasons(table)["another/4"] == "the clip of its number is Clip/00004"
  assert "no number" in reasons(table)["samples"]
  other = dfew.read(tmp_path, fold=1)
  assert {face.split for face in other.faces} == {None}


def test_dfew_counted_from_zero_is_another_coding(tmp_path):
  (tmp_path / "train").mkdir()
  rows = "\n".join(f"{number},{number - 1}" for number in range(1, 8))
  (tmp_path / "train/set_1.csv").write_text(f"video_name,label\n{rows}\n")
  said = "labels are 0…6, where DFEW has 1…7: another coding, each one less"
  with pytest.raises(DataError, match=said):
    dfew.read(tmp_path)


def test_ferv39k_lists_name_clips_with_or_without_suffix(
  tmp_path, reasons, touch
):
  picture(tmp_path / "crops/Action/Happy/0001/1.jpg")
  touch(tmp_path, "clips/Action/Sad/0002.mp4", "clips/Action/Sad/0003.mp4")
  (tmp_path / "train_All.csv").write_text(
    "Action/Happy/0001 Happy\nAction/Sad/0009 Sad\nAction/Sad/0003 Sad\n"
  )
  (tmp_path / "test_All.csv").write_text(
    "Action/Sad/0002.mp4 Sad\nAction/Sad/0003 Sad\n"
  )
  table = ferv39k.read(tmp_path)
  said = {face.path: (face.emotion, face.split) for face in table.faces}
  assert said == {
    "clips/Action/Sad/0002.mp4": ("sad", "test"),
    "crops/Action/Happy/0001": ("happy", "train"),
  }
  assert "there is no such clip" in reasons(table)["Action/Sad/0009"]
  assert "contradict" in reasons(table)["clips/Action/Sad/0003.mp4"]


def test_afew_is_read_by_its_folders(tmp_path, reasons, touch):
  touch(
    tmp_path,
    "Train_AFEW/Angry/1.avi",
    "Val_AFEW/Fear/2.avi",
    "Val_AFEW/Other/3.avi",
  )
  table = afew.read(tmp_path)
  assert [(f.emotion, f.split) for f in table.faces] == [
    ("angry", "train"),
    ("fearful", "val"),
  ]
  (reason,) = reasons(table).values()
  assert "not in a folder named by an emotion" in reason


@pytest.mark.parametrize("name", ["own_clips", "dfew", "ferv39k"])
def test_drawn_clips_are_as_many_as_the_plan_says(name):
  """The run's first lines count clips before any is drawn."""
  images, size = standin.count(name, size=16), {"own_clips": 16 * 8}
  clips = images / standin.get(name).frames
  assert clips == pytest.approx(size.get(name, 16), rel=0.2)
  assert readers.get(name).clips
