"""RAF-DB: both subsets, both layouts, every image accounted for."""

import collections
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data.readers import raf_db, raf_db_compound

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
ALIGNED = "basic/Image/aligned"
LIST = "basic/EmoLabel/list_patition_label.txt"
# Images of each label in the training and the test part.
BASIC = {
  "train": (1290, 281, 717, 4772, 1982, 705, 2524),
  "test": (329, 74, 160, 1185, 478, 162, 680),
}
WORDS = (
  "surprised",
  "fearful",
  "disgusted",
  "happy",
  "sad",
  "angry",
  "neutral",
)
COMPOUND_WORDS = (  # in the order of the owners' readme
  "happily_surprised",
  "happily_disgusted",
  "sadly_fearful",
  "sadly_angry",
  "sadly_surprised",
  "sadly_disgusted",
  "fearfully_angry",
  "fearfully_surprised",
  "angrily_surprised",
  "angrily_disgusted",
  "disgustedly_surprised",
)


def labelled(table) -> dict[str, str | None]:
  return {face.path: face.emotion for face in table.faces}


def test_complete_copies_have_the_published_counts(tmp_path, put, touch):
  rows = []
  for split, digits in {"train": 5, "test": 4}.items():
    labels = [n for n, c in enumerate(BASIC[split], 1) for _ in range(c)]
    rows += [
      (f"{split}_{i:0{digits}}", label) for i, label in enumerate(labels, 1)
    ]
  put(tmp_path, LIST, "".join(f"{name}.jpg {n}\n" for name, n in rows))
  touch(tmp_path, *(f"{ALIGNED}/{name}_aligned.jpg" for name, _ in rows))
  compound = [
    *(f"train_{i:04}" for i in range(1, 3163)),
    *(f"test_{i:03}" for i in range(1, 793)),
  ]
  put(
    tmp_path,
    "compound/EmoLabel/list_patition_label.txt",
    "".join(f"{name}.jpg {i % 11 + 1}\n" for i, name in enumerate(compound)),
  )
  below = "compound/Image/aligned"
  touch(tmp_path, *(f"{below}/{name}_aligned.jpg" for name in compound))

  for dataset, count in (
    (raf_db.DATASET, 15339),
    (raf_db_compound.DATASET, 3954),
  ):
    table = dataset.read(tmp_path)

    assert dataset.published["images"][""] == len(table.faces) == count
    assert table.rejected == ()
    for fact in ("split", "emotion"):
      if fact in dataset.published:
        counts = collections.Counter(getattr(f, fact) for f in table.faces)
        assert counts == dataset.published[fact]
    names = [Path(face.path).name for face in table.faces]
    assert names == sorted(names)
    assert dataset.pattern is not None
    assert all(map(dataset.pattern.fullmatch, names))
    assert {face.dataset for face in table.faces} == {dataset.name}
    assert {face.subject for face in table.faces} == {None}
  assert len({face.attributes for face in table.faces}) == 11


def test_the_labels_are_the_owners(tmp_path, put, touch):
  for n in range(1, 8):
    touch(tmp_path, f"{ALIGNED}/train_0000{n}_aligned.jpg")
  for n in range(1, 12):
    touch(tmp_path, f"compound/Image/aligned/train_00{n:02}_aligned.jpg")
  put(tmp_path, LIST, "".join(f"train_0000{n}.jpg {n}\n" for n in range(1, 8)))
  put(
    tmp_path,
    "compound/EmoLabel/list_patition_label.txt",
    "".join(f"train_00{n:02}.jpg {n}\n" for n in range(1, 12)),
  )

  basic = raf_db.read(tmp_path)
  compound = raf_db_compound.DATASET.read(tmp_path)

  assert tuple(face.emotion for face in basic.faces) == WORDS
  assert {face.emotion for face in compound.faces} == {None}
  assert [face.attributes for face in compound.faces] == [
    (word,) for word in COMPOUND_WORDS
  ]


@pytest.mark.parametrize(
  ("folder", "labels"),
  [
    (ALIGNED, LIST),
    ("RAF-DB/basic/Image/aligned/aligned", f"RAF-DB/{LIST}"),
    ("Image/aligned", "EmoLabel/list_partition_label.txt"),
    ("", "list_patition_label.txt"),
    ("BASIC/pictures", "Basic/LIST_PATITION_LABEL.TXT"),
    ("DATASET/train/5", "train_labels.csv"),
  ],
)
@pytest.mark.parametrize("images", ["aligned", "original"])
def test_crops_and_photographs_are_found_at_any_depth(
  tmp_path, folder, labels, images, put, touch
):
  crop = f"{folder}/train_00001_aligned.jpg".lstrip("/")
  photograph = f"{folder}/train_00001.jpg".lstrip("/")
  photograph = photograph.replace("aligned/", "original/")
  touch(tmp_path, crop, photograph)
  put(tmp_path, labels, "train_00001.jpg 5\n")

  table = raf_db.read(tmp_path, images=images)

  wanted = {"aligned": crop, "original": photograph}[images]
  assert labelled(table) == {wanted: "sad"}
  assert table.faces[0].split == "train"
  assert table.rejected == ()


def test_a_crop_may_have_lost_its_suffix(tmp_path, put, touch):
  touch(tmp_path, f"{ALIGNED}/train_00001.jpg")
  put(tmp_path, LIST, "train_00001.jpg 5\n")

  assert len(raf_db.read(tmp_path).faces) == 1
  assert raf_db.read(tmp_path, images="original").faces == ()


@pytest.mark.parametrize("below", ["", "DATASET", "DATASET/train"])
def test_folders_named_by_labels_need_no_label_file(
  tmp_path, below, reasons, touch
):
  touch(
    tmp_path,
    "DATASET/train/1/train_00001_aligned.jpg",
    "DATASET/train/7/train_00002_aligned.jpg",
    "DATASET/train/8/train_00003_aligned.jpg",
  )

  table = raf_db.read(tmp_path / below)

  assert [face.emotion for face in table.faces] == ["surprised", "neutral"]
  (reason,) = reasons(table).values()
  assert reason.endswith("'8' is not a label, 1 to 7")


def test_folders_and_csvs_must_agree(tmp_path, put, reasons, touch):
  touch(
    tmp_path,
    "DATASET/train/1/train_00001_aligned.jpg",
    "DATASET/train/1/train_00002_aligned.jpg",
    "DATASET/test/4/test_0001_aligned.jpg",
  )
  put(
    tmp_path,
    "train_labels.csv",
    "image,label\r\ntrain_00001_aligned.jpg,1\r\ntrain_00002_aligned.jpg,2\r\n",
  )
  put(tmp_path, "test_labels.csv", "image,label\ntest_0001_aligned.jpg,4")

  table = raf_db.read(tmp_path)

  assert labelled(table) == {
    "DATASET/test/4/test_0001_aligned.jpg": "happy",
    "DATASET/train/1/train_00001_aligned.jpg": "surprised",
  }
  path = "DATASET/train/1/train_00002_aligned.jpg"
  assert reasons(table) == {
    path: f"labels contradict one another: train_labels.csv line 3, {path}"
  }


def test_a_folder_of_parts_is_no_label(tmp_path, put, touch):
  touch(tmp_path, f"{ALIGNED}/1/train_00001_aligned.jpg")
  put(tmp_path, LIST, "train_00001.jpg 5\n")

  (face,) = raf_db.read(tmp_path).faces

  assert face.emotion == "sad"


def test_each_subset_reads_its_own(tmp_path, put, reasons, touch):
  # The numbers do not tell apart what folders do: users renumber.
  touch(
    tmp_path,
    f"{ALIGNED}/train_0001_aligned.jpg",
    "compound/Image/aligned/train_0001_aligned.jpg",
    "compound/stray.jpg",
    "stray.jpg",
  )
  put(tmp_path, LIST, "train_0001.jpg 5\n")
  put(
    tmp_path,
    "compound/EmoLabel/list_patition_label.txt",
    "train_0001.jpg 11\nnonsense\n",
  )

  basic = raf_db.read(tmp_path)
  compound = raf_db_compound.DATASET.read(tmp_path)

  assert labelled(basic) == {f"{ALIGNED}/train_0001_aligned.jpg": "sad"}
  assert set(reasons(basic)) == {"stray.jpg"}
  (face,) = compound.faces
  assert face.path == "compound/Image/aligned/train_0001_aligned.jpg"
  assert face.attributes == ("disgustedly_surprised",)
  assert reasons(compound) == {
    "stray.jpg": "not a file name of RAF-DB's scheme",
    "compound/stray.jpg": "not a file name of RAF-DB's scheme",
    "compound/EmoLabel/list_patition_label.txt": (
      "line 2: 'nonsense' is not an image's name"
    ),
  }


def test_without_the_owners_folders_the_numbers_decide(tmp_path, touch):
  names = {
    raf_db.read: ["train_00001", "test_0001"],
    raf_db_compound.DATASET.read: ["train_0001", "test_001"],
  }
  for pair in names.values():
    touch(tmp_path, *(f"{name}_aligned.jpg" for name in pair))
    for name in pair:
      with (tmp_path / "list_patition_label.txt").open("a") as file:
        file.write(f"{name}.jpg 3\n")

  for read, pair in names.items():
    table = read(tmp_path)
    found = {Path(face.path).stem for face in table.faces}
    assert found == {f"{name}_aligned" for name in pair}
    assert table.rejected == ()


@QUICK
@given(st.integers(0, 10_000), st.sampled_from(raf_db.IMAGES))
def test_every_image_is_a_face_or_rejected_or_of_the_other_kind(
  tmp_path_factory, put, touch, seed, images
):
  draw = random.Random(seed)
  root = tmp_path_factory.mktemp("tree")
  names = ["train_00001", "train_00002", "test_0001", "train_0001", "stray"]
  made = set()
  for _ in range(draw.randint(0, 10)):
    folder = draw.choice(["", "basic/", "compound/", "a/aligned/", "train/5/"])
    path = folder + draw.choice(names) + draw.choice(["_aligned.jpg", ".jpg"])
    touch(root, path)
    made.add(path)
  lists = ["list_patition_label.txt", "basic/list_patition_label.txt"]
  listed = set()
  for path in lists:
    rows = []
    for _ in range(draw.randint(0, 4)):
      name, label = draw.choice(names), draw.choice("x455")
      rows.append(f"{name}.jpg {label}")
      listed.add(f"{name}.jpg")
    put(root, path, "\n".join(rows))

  tables = [
    raf_db.read(root, images=images),
    raf_db_compound.DATASET.read(root, images=images),
  ]

  for table in tables:
    kept = {face.path for face in table.faces}
    assert len(kept) == len(table.faces)
    assert kept <= made
    # A row that is repeated is listed by the name that it says.
    refused = {r.path for r in table.rejected if " repeats " not in r.reason}
    assert not kept & refused
    assert {r.path for r in table.rejected} <= made | listed | set(lists)
  found = {face.path for table in tables for face in table.faces}
  found |= {refused.path for table in tables for refused in table.rejected}
  for path in made - found:
    assert ("aligned" in path) == (images == "original")
  # A listed name is a face, or refused by name or by its image.
  for name in listed - {"stray.jpg"}:
    stem = Path(name).stem
    assert any(Path(path).stem.startswith(stem) for path in found)
