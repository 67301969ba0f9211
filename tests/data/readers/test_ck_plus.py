"""CK+: peaks and their labels, whatever the copy's folders are called."""

import collections

import pytest

from jaxfer import facs
from jaxfer.data.readers import ck_plus
from jaxfer.data.readers.ck_plus import peaks

# As the owners' files are written.
ANGRY, HAPPY, SURPRISED = (f"   {code}.0000000e+00\n" for code in (1, 5, 7))
FACS = "   4.0000000e+00   3.0000000e+00\n   2.6000000e+01   0.0000000e+00\n"


def numbered(table) -> list[tuple]:
  return [(face.frame, face.emotion, face.aus) for face in table.faces]


def coded(*present: int) -> dict[int, int]:
  return {number: int(number in present) for number in facs.AUS}


def test_every_peak_is_read_labelled_or_not(tmp_path, put_sequence):
  put_sequence(tmp_path, "S005_001", 11, ANGRY, FACS)
  put_sequence(tmp_path, "S005_002", 3, None, "")
  put_sequence(tmp_path, "S999_001", 18, SURPRISED, None)

  table = ck_plus.read(tmp_path)

  assert [
    (f.subject, f.sequence, f.frame, f.emotion, f.aus) for f in table.faces
  ] == [
    ("S005", "001", 11, "angry", coded(4)),  # 26 is none of the fourteen
    ("S005", "002", 3, None, coded()),  # an empty file lists no AU
    ("S999", "001", 18, "surprised", {}),  # without a file none is coded
  ]
  first = table.faces[0]
  path = "cohn-kanade-images/S005/001/S005_001_00000011.png"
  assert (first.path, first.dataset, first.pose) == (path, "ck_plus", 0)
  assert table.rejected == table.notes == ()


def test_a_complete_copy_has_the_published_counts(tmp_path, put_sequence):
  published = ck_plus.DATASET.published
  codes = {word: code for code, word in peaks.EMOTIONS.items()}
  emotions = [
    w for w, count in published["emotion"].items() for _ in range(count)
  ]
  assert len(emotions) == 327
  for i in range(593):
    text = f"{codes[emotions[i]]}.0000000e+00" if i < 327 else None
    put_sequence(tmp_path, f"S{i % 123:03d}_{i // 123:03d}", 2, text, FACS)

  table = ck_plus.read(tmp_path)

  counts = collections.Counter(face.emotion for face in table.faces)
  assert counts.pop(None) == 593 - 327
  assert counts == published["emotion"]
  assert published["images"][""] == len(table.faces)
  people = {face.subject for face in table.faces}
  assert published["people"][""] == len(people)
  assert ck_plus.DATASET.grey


@pytest.mark.parametrize("code", range(8))
def test_emotions_have_the_owners_codes(tmp_path, code, put_sequence):
  put_sequence(tmp_path, emotion=f"   {code}.0000000e+00\n")

  (face,) = ck_plus.read(tmp_path).faces

  words = ("neutral", "anger", "contempt", "disgust", "fear")
  words += ("happy", "sadness", "surprise")
  assert face.emotion == facs.EMOTION_WORDS[words[code]]


def test_an_au_of_intensity_zero_is_present(tmp_path, put_sequence):
  # 0 is present but not graded; 12 is the numeral's own exponent.
  put_sequence(tmp_path, aus="1.2000000e+01   0.0000000e+00\n 25 5\n")

  (face,) = ck_plus.read(tmp_path).faces

  assert face.aus == coded(12, 25)


@pytest.mark.parametrize(
  "text",
  [
    "4 3\r\n25 0\r\n",
    "\ufeff4\t3\n\n  25\t0  ",
    "25 0\n4 3\n25 0",
    '"4","3"\n25,0',
  ],
)
def test_spellings_of_one_file_read_alike(tmp_path, text, put_sequence):
  put_sequence(tmp_path, aus=text)

  assert ck_plus.read(tmp_path).faces[0].aus == coded(4, 25)


def test_last_frames_bear_the_peaks_labels_and_first_ones_are_neutral(
  tmp_path, put_sequence
):
  put_sequence(tmp_path, emotion=HAPPY, aus="6 0\n12 3\n")

  table = ck_plus.read(tmp_path, last=3, neutral=2)

  assert numbered(table) == [
    (1, "neutral", coded()),
    (2, "neutral", coded()),
    (9, "happy", coded(6, 12)),
    (10, "happy", coded(6, 12)),
    (11, "happy", coded(6, 12)),
  ]


def test_first_frames_of_an_uncoded_sequence_are_neutral_and_uncoded(
  tmp_path, put_sequence
):
  put_sequence(tmp_path, frames=5)

  table = ck_plus.read(tmp_path, neutral=1)

  assert numbered(table) == [(1, "neutral", {}), (5, None, {})]


def test_in_a_short_sequence_the_peak_comes_first(tmp_path, put_sequence):
  put_sequence(tmp_path, frames=3, emotion=HAPPY)
  put_sequence(tmp_path, "S006_001", 1, emotion=HAPPY)

  table = ck_plus.read(tmp_path, last=2, neutral=5)

  assert [(f.subject, f.frame, f.emotion) for f in table.faces] == [
    ("S005", 1, "neutral"),
    ("S005", 2, "happy"),
    ("S005", 3, "happy"),
    ("S006", 1, "happy"),
  ]


@pytest.mark.parametrize(
  ("images", "emotion", "aus"),
  [
    # As unzipped each into a folder of its own, nested twice, or flattened.
    (
      "extended-cohn-kanade-images/cohn-kanade-images/",
      "Emotion_labels/Emotion/",
      "FACS_labels/FACS/",
    ),
    ("CK/cohn-kanade-images/cohn-kanade-images/", "CK/Emotion/", "CK/FACS/"),
    ("renamed/", "labels/", "labels/"),
    ("", "", ""),
  ],
)
def test_folders_may_be_called_anything(tmp_path, images, emotion, aus, put):
  below = "S005/001/S005_001_00000011"
  put(tmp_path, f"{images}{below}.PNG")
  put(tmp_path, f"{emotion}{below}_emotion.txt", ANGRY)
  put(tmp_path, f"{aus}{below}_FACS.TXT", FACS)

  (face,) = ck_plus.read(tmp_path).faces

  assert (face.emotion, face.aus) == ("angry", coded(4))


def test_litter_landmarks_and_empty_label_folders_are_passed_over(
  tmp_path, put, put_sequence
):
  put_sequence(tmp_path, emotion=ANGRY, aus=FACS)
  put(tmp_path, "cohn-kanade-images/S005/001/.DS_Store")
  put(tmp_path, "Landmarks/S005/001/S005_001_00000011_landmarks.txt", "1 2\n")
  put(tmp_path, "ReadMeCohnKanadeDatabase_website.txt")
  (tmp_path / "Emotion" / "S010" / "001").mkdir(parents=True)

  table = ck_plus.read(tmp_path)

  assert len(table.faces) == 1
  assert table.rejected == table.notes == ()


def test_a_name_mistyped_by_the_owners_is_read_with_a_note(
  tmp_path, put, put_sequence
):
  put_sequence(tmp_path, aus=None, emotion=ANGRY)
  name = "FACS/S005/001/S0005_001_00000011_facs.txt"
  put(tmp_path, name, FACS)

  table = ck_plus.read(tmp_path)

  assert table.faces[0].aus == coded(4)
  assert [(note.path, note.text) for note in table.notes] == [
    (name, "a mistyped name, read as one of S005_001")
  ]


def test_missing_label_files_are_noted(tmp_path, put_sequence):
  put_sequence(tmp_path)

  notes = {note.path: note.text for note in ck_plus.read(tmp_path).notes}

  assert notes == dict.fromkeys(
    ("*_emotion.txt", "*_facs.txt"),
    "there is no such file: no face has its labels",
  )


def test_a_labelled_frame_before_the_last_is_the_peak(
  tmp_path, put, put_sequence
):
  put_sequence(tmp_path, emotion=ANGRY)
  put(tmp_path, "cohn-kanade-images/S005/001/S005_001_00000012.png")
  put(tmp_path, "FACS/S005_001_00000011_facs.txt", FACS)

  table = ck_plus.read(tmp_path, last=2)

  assert numbered(table) == [(10, "angry", coded(4)), (11, "angry", coded(4))]
  assert [note.text for note in table.notes] == [
    "frames follow the labelled peak and are left out: 1"
  ]
  assert table.rejected == ()


def test_a_label_without_its_image_is_rejected_and_costs_no_neutral(
  tmp_path, put, put_sequence, reasons
):
  put_sequence(tmp_path, frames=5, aus="")
  (tmp_path / "cohn-kanade-images/S005/001/S005_001_00000005.png").unlink()
  put(tmp_path, "Emotion/S006_002_00000009_emotion.txt", ANGRY)

  table = ck_plus.read(tmp_path, neutral=1)

  # What is left of the sequence has no peak.
  assert numbered(table) == [(1, "neutral", coded())]
  said = "there is no image of this frame"
  assert reasons(table) == {
    "S005_001_00000005.png": "FACS/S005/001/S005_001_00000005_facs.txt:"
    f" {said}",
    "S006_002_00000009.png": f"Emotion/S006_002_00000009_emotion.txt: {said}",
    "cohn-kanade-images/S005/001/S005_001_00000004.png": "its sequence's"
    " labelled peak is missing: S005_001_00000005.png",
  }
