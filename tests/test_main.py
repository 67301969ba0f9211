"""The front door: whole runs as a user types them."""

import csv
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from jaxfer import facs, generate, human_study
from jaxfer import main as program
from jaxfer.artifacts import DamagedError
from jaxfer.data.table import DataError
from jaxfer.errors import UserError
from jaxfer.study import answers
from jaxfer.study import key as keys

ROOT = Path(__file__).parents[1]

# The smallest run that goes through everything.
TINY = (
  "--config.gan.width=4",
  "--config.gan.epochs=2",
  "--config.gan.batch=8",
  "--config.gan.grids=2",
  "--config.gan.grid_side=2",
  "--config.svm.evaluations=5",
  "--config.svm.folds=3",
  "--config.svm.bootstrap=50",
  "--config.generate.count=9",
)
STANDIN = (
  "--config=configs/radboud.py:standin",
  "--config.data.standin.sizes.rafd=4",
  "--config.data.standin.width=96",
  *TINY,
)


@pytest.fixture(scope="module")
def standin_run(jaxfer, tmp_path_factory):
  workdir = tmp_path_factory.mktemp("standin") / "run"
  done = jaxfer(*STANDIN, f"--workdir={workdir}")
  return workdir, done


def draw_people(folder, people=6, emotions=("happy", "sad"), faces=2):
  """Discs on noise: enough for a DCGAN, not for a face detector."""
  rng = np.random.default_rng(0)
  folder.mkdir(parents=True)
  rows = []
  for person in range(people):
    for emotion in emotions:
      for k in range(faces):
        image = rng.integers(0, 80, (40, 40, 3))
        image[10:30, 10:30] += 20 * person
        image[22 if emotion == "happy" else 26, 14:26] = 255
        name = f"{person}_{emotion}_{k}.png"
        Image.fromarray(image.astype(np.uint8)).save(folder / name)
        rows.append((name, f"p{person}", emotion))
  with (folder / "index.csv").open("w", newline="") as file:
    csv.writer(file).writerows([("path", "subject", "emotion"), *rows])
  return rows


def own_faces(folder, workdir, *more):
  return (
    "--config=configs/own_faces.py:learn=unlabelled,unlabelled=precropped"
    ",labelled=precropped",
    f"--config.data.paths.unlabelled={folder}",
    f"--config.data.paths.labelled={folder}",
    f"--workdir={workdir}",
    *TINY,
    *more,
  )


@pytest.fixture(scope="module")
def own_run(jaxfer, tmp_path_factory):
  folder = tmp_path_factory.mktemp("own") / "faces"
  draw_people(folder)
  workdir = folder.parent / "run"
  jaxfer(*own_faces(folder, workdir))
  return folder, workdir


def results_of(workdir):
  return json.loads((workdir / "report" / "results.json").read_text())


@pytest.mark.pipeline
def test_a_standin_run_writes_the_report_it_promises(standin_run):
  workdir, done = standin_run
  first = done.stdout.splitlines()[0]
  assert "radboud" in first
  assert "stand-in" in first
  results = results_of(workdir)
  assert results["schema"] == 2
  assert results["standin"] is True
  assert results["experiment"] == "radboud"
  probe = results["data"]["probe"]
  assert probe["faces"] + probe["rejected"] == 4 * 8 * 3
  assert results["features"] == {
    "count": probe["faces"],
    "dim": 512,
    "layer": "conv4",
    "shape": [32, 4, 4],
  }
  assert set(results["controls"]) == {"pixels", "hog", "untrained"}
  for protocols in (results["protocols"], *results["controls"].values()):
    for protocol in ("paper", "subject"):
      block = protocols[protocol]
      counts = np.array(block["confusion"]["counts"])
      assert counts.sum() == probe["faces"]
      assert block["accuracy"] == pytest.approx(np.trace(counts) / counts.sum())
      low, high = block["accuracy_ci95"]
      assert 0 <= low <= block["accuracy"] <= high <= 1
      assert set(block["auc"]) <= set(facs.EMOTIONS)
      for entry in block["auc"].values():
        assert 0 <= entry["value"] <= 1
        assert entry["n_pos"] + entry["n_neg"] == probe["faces"]
      assert block["folds"] == 3
      assert block["search"]["evaluations"] == 5
      assert len(block["search"]["folds"]) == 3
  page = (workdir / "report" / "index.html").read_text()
  assert "stand-in" in page
  assert not re.search(r'(src|href)="https?://', page)
  assert str(workdir) in done.stdout


@pytest.mark.pipeline
def test_a_notebook_makes_a_table_of_its_numbers(run_notebook, standin_run):
  workdir, _ = standin_run
  said = run_notebook("report", workdir).splitlines()
  found = results_of(workdir)["controls"]["hog"]["subject"]
  [line] = [line for line in said if re.match(r"hog +subject ", line)]
  low, high = found["accuracy_ci95"]
  assert line.endswith(f"{found['accuracy']:.1%} [{low:.1%}, {high:.1%}]")
  classes = found["confusion"]["classes"]
  assert [line.split()[0] for line in said[-len(classes) :]] == classes


@pytest.mark.pipeline
def test_a_notebook_fits_a_classifier_to_its_features(
  run_notebook, standin_run
):
  workdir, _ = standin_run
  said = run_notebook("features", workdir)
  assert "(96, 512) float32" in said
  assert "4 people, 8 emotions" in said
  assert re.search(r"unseen people: \d+\.\d%", said)


@pytest.mark.pipeline
def test_generated_faces_are_measured_in_every_run(standin_run, own_run):
  for workdir, count in ((standin_run[0], 9), (own_run[1], 9)):
    found = results_of(workdir)["generated"]
    assert found["count"] == count
    (network,) = workdir.glob("pretrain-*")
    space = f"disc:{network.name.removeprefix('pretrain-')}"
    assert found["numbers"][f"{space}/frechet_distance"]["value"] >= 0
    assert found["numbers"]["inception/fid"]["value"] is None
    assert "inception" in found["numbers"]["inception/fid"]["reason"]
    # Named by the machine that the run itself keeps.
    assert sum(found["labels"]["fake"]) == pytest.approx(1)
    assert found["collapse"]["verdict"] in ("collapsed", "no sign of collapse")
    page = (workdir / "report" / "index.html").read_text()
    assert "Generated faces, measured" in page
    # What the paper says of other models belongs beside its own experiments.
    assert ("Table VII" in page) == (workdir == standin_run[0])
  figures = {p.name for p in (standin_run[0] / "report/figures").iterdir()}
  assert {"nearest.png", "alike.png", "paths.png"} <= figures
  # Where faces are hidden, as own ones are, those that look like them are too.
  figures = {p.name for p in (own_run[1] / "report/figures").iterdir()}
  assert not {"nearest.png", "alike.png", "paths.png"} & figures


def drawn(workdir):
  """A report's files, without the command that it was asked for by."""
  report = workdir / "report"
  commands = [
    json.loads(path.read_text())["command"]
    for path in report.rglob("results.json")
    if "command" in json.loads(path.read_text())
  ]
  found = {}
  for path in sorted(report.rglob("*")):
    if path.is_file():
      content = path.read_bytes()
      for command in commands:
        content = content.replace(command.encode(), b"")
      found[path.relative_to(report)] = content
  return found


@pytest.mark.pipeline
def test_a_report_is_drawn_again_where_all_else_is_gone(
  jaxfer, refused, own_run, tmp_path
):
  folder, workdir = own_run
  bare = tmp_path / "run"
  shutil.copytree(workdir / "evidence", bare / "evidence")
  again = own_faces(folder, bare, "--stage=report")
  aside = folder.rename(folder.with_name("aside"))
  try:
    jaxfer(*again)
    assert drawn(bare) == drawn(workdir)
    assert not {"real.png", "crops.png"} & {p.name for p in drawn(bare)}
    jaxfer(*again, "--config.report.faces=show")
    assert {"real.png", "crops.png"} <= {p.name for p in drawn(bare)}
    assert {p.name for p in bare.iterdir()} == {
      *(".locks", "evidence", "index.txt", "report", "reports")
    }
    shutil.rmtree(bare / "evidence")
    assert str(folder) in refused(*again)
  finally:
    aside.rename(folder)


@pytest.mark.pipeline
def test_a_learner_that_draws_no_faces_goes_to_its_report(
  jaxfer, tmp_path, capsys
):
  """Sealed, and with its reason wherever another shows generated faces."""
  folder, workdir = tmp_path / "faces", tmp_path / "run"
  draw_people(folder)
  command = (
    "--config=configs/own_faces.py:learn=labelled,labelled=precropped"
    ",learner=contrastive",
    f"--config.data.paths.labelled={folder}",
    f"--workdir={workdir}",
    *TINY,
    "--config.svm.sealed_folds=2",
  )
  done = jaxfer(*command)
  assert "generated faces: none (this learner draws no faces)" in done.stdout
  found = results_of(workdir)
  assert found["generated"] is None
  assert found["reasons"]["generated"] == "this learner draws no faces"
  assert found["protocols"]["sealed"]["folds"] == 2
  assert found["pretrain"]["final"].keys() == {"loss", "matched"}
  page = (workdir / "report" / "index.html").read_text(encoding="utf-8")
  assert "None: this learner draws no faces." in page
  trained = sorted(workdir.glob("pretrain-*"))
  assert len(trained) == 3  # of all people, and without those of either fold
  assert not [*workdir.glob("generate-*"), *workdir.glob("pretrain-*/grids")]
  again = jaxfer(*command, "--stage=report")
  assert "this learner draws no faces" in again.stdout
  assert generate.main([f"--workdir={workdir}"]) == 1
  assert "draws no faces" in capsys.readouterr().err


@pytest.mark.pipeline
def test_results_hold_what_their_document_lists(standin_run):
  text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
  head, _, _ = text.partition("\n## ")
  first = [line.split("|")[1] for line in head.splitlines() if line[:1] == "|"]
  listed = [key for cell in first for key in re.findall(r"`(\w+)`", cell)]
  assert len(listed) == len(set(listed))
  found = results_of(standin_run[0])
  assert {*listed, "schema"} == found.keys()
  assert f"`schema` is **{found['schema']}**" in head


@pytest.mark.pipeline
def test_a_second_run_makes_nothing_anew(jaxfer, standin_run):
  workdir, _ = standin_run
  before = {
    path: path.stat().st_mtime_ns
    for path in workdir.rglob("*")
    if path.is_file()
    and not {"evidence", "report", "reports", "index.txt"} & set(path.parts)
    and ".locks" not in path.parts
  }
  done = jaxfer(*STANDIN, f"--workdir={workdir}")
  assert " → " not in done.stderr
  after = {path: path.stat().st_mtime_ns for path in before}
  assert after == before


@pytest.mark.pipeline
def test_a_scored_study_stands_in_the_next_report(
  jaxfer, standin_run, tmp_path
):
  workdir, _ = standin_run
  kit = tmp_path / "kit"
  sizes = ("--count=4", "--practice=2", "--checks=2")
  asked = ["build", f"--workdir={workdir}", f"--out={kit}", *sizes]
  assert human_study.main(asked) == 0
  key = keys.read(kit / "key.json")
  answered = tmp_path / "anna.csv"
  with answered.open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(answers.COLUMNS)
    for place, item in enumerate([*key.faces, *key.checks], 1):
      said = key.checks.get(item, "real")  # of every face
      writer.writerow((key.study, "anna", place, item, said, 900))
  asked = ["score", str(answered), f"--key={kit / 'key.json'}"]
  assert human_study.main([*asked, f"--workdir={workdir}"]) == 0
  jaxfer(*STANDIN, f"--workdir={workdir}", drawn=False)
  (study,) = results_of(workdir)["human_study"]
  assert study["study"] == key.study
  assert (study["fooled"]["value"], study["doubted"]["value"]) == (1, 0)
  page = (workdir / "report" / "index.html").read_text()
  assert "What people took for real" in page and key.study in page


@pytest.mark.pipeline
def test_any_folder_may_be_deleted_and_comes_back_the_same(jaxfer, own_run):
  folder, workdir = own_run
  before = results_of(workdir)
  for pattern in ("extract-*-trained-*", "probe-hog-*"):
    for path in workdir.glob(pattern):
      shutil.rmtree(path)
  jaxfer(*own_faces(folder, workdir))
  after = results_of(workdir)
  for name in ("protocols", "controls", "features", "differences"):
    assert after[name] == before[name]


@pytest.mark.pipeline
def test_own_faces_are_tested_person_by_person(own_run):
  _, workdir = own_run
  (folds,) = workdir.glob("folds-*/folds.csv")
  with folds.open() as file:
    rows = list(csv.DictReader(file))
  assert len(rows) == 24
  fold_of = {}
  for row in rows:
    fold_of.setdefault(row["group"], set()).add(row["subject_fold"])
  assert all(len(folds) == 1 for folds in fold_of.values())
  results = results_of(workdir)
  assert results["standin"] is False
  assert results["data"]["probe"]["by_emotion"] == {"happy": 12, "sad": 12}
  (machine,) = workdir.glob("probe-trained-*/machine.npz")
  assert np.load(machine)["emotions"].tolist() == ["happy", "sad"]


@pytest.mark.pipeline
def test_faces_without_labels_can_be_prepared_and_described(
  jaxfer, own_run, tmp_path
):
  folder, _ = own_run
  workdir = tmp_path / "run"
  command = own_faces(folder, workdir, "--config.data.probe=unlabelled")
  done = jaxfer(*command, "--stage=prepare")
  assert "no face of unlabelled has a label" in done.stderr
  (faces,) = workdir.glob("prepare-*/faces.npy")
  assert len(np.load(faces)) == 24
  done = jaxfer(*command, "--stage=extract")
  (features,) = workdir.glob("extract-*/features.npy")
  assert str(features.parent) in done.stdout
  assert np.load(features).shape == (24, (4 + 8 + 16 + 32) * 16 + 8192)
  with (features.parent / "rows.csv").open() as file:
    rows = list(csv.DictReader(file))
  assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
  assert len(rows) == 24
  assert not [*workdir.glob("probe-*"), *workdir.glob("folds-*")]


def test_how_faces_are_found_may_still_be_told_by_role(
  jaxfer, refused, tmp_path
):
  draw_people(tmp_path / "faces")
  ways = [
    "--config=configs/own_faces.py:small",
    f"--config.data.paths.labelled={tmp_path / 'faces'}",
    "--config.crop.pretrain=precropped",
  ]
  done = jaxfer(*ways, "--config.crop.probe=precropped", "--print_config")
  (said,) = done.stderr.splitlines()
  assert "is read as --config.data.labelled.detector=precropped" in said
  (found,) = [
    line
    for line in done.stdout.split("  labelled:")[1].splitlines()
    if "detector" in line
  ][:1]
  assert found.strip() == "detector: precropped"
  both = refused(*ways, "--config.crop.probe=mtcnn", "--dry_run")
  assert "crop.probe=mtcnn, but labelled is one set" in both


@pytest.mark.pipeline
def test_numbers_do_not_depend_on_the_width_asked_of_jax(
  jaxfer, own_run, tmp_path
):
  folder, workdir = own_run
  wide = tmp_path / "run"
  done = jaxfer(*own_faces(folder, wide, "--stage=extract"), JAX_ENABLE_X64="1")
  assert "JAX_ENABLE_X64=1 is switched off" in done.stderr
  for name in ("pretrain-*/metrics.jsonl", "extract-*/features.npy"):
    made = sorted(path.relative_to(wide) for path in wide.glob(name))
    assert made
    for path in made:
      assert (wide / path).read_bytes() == (workdir / path).read_bytes()


def test_devices_that_are_not_there_are_one_line(refused, tmp_path):
  workdir = tmp_path / "run"
  said = refused(
    *STANDIN, "--dry_run", f"--workdir={workdir}", JAX_PLATFORMS="tpu"
  )
  assert "jaxfer: JAX_PLATFORMS=tpu, but JAX finds only cpu here" in said


@pytest.mark.pipeline
def test_photographs_saved_again_are_not_other_people(jaxfer, tmp_path):
  """The DCGAN learns from those who are tested, from other files of them."""
  folder, again = tmp_path / "faces", tmp_path / "again"
  draw_people(folder)
  again.mkdir()
  for path in folder.glob("*.png"):
    with Image.open(path) as image:
      image.save(again / f"{path.stem}.jpg", quality=95)
  command = own_faces(
    folder, tmp_path / "run", "--config.svm.controls=('pixels',)"
  )
  command = [c for c in command if "paths.unlabelled" not in c]
  command.append(f"--config.data.paths.unlabelled={again}")
  jaxfer(*command, drawn=False)
  results = results_of(tmp_path / "run")
  assert results["protocols"]["sealed"] is None
  assert "sealed" not in results["controls"]["pixels"]
  assert (
    "24 of the 24 faces of your own unlabelled faces name nobody"
    in (results["reasons"]["sealed"])
  )
  counts = results["audit"]["copies"]["subject"]["learnt"]
  assert counts == {"identical": 0, "near": 24, "of": 24}
  page = (tmp_path / "run" / "report" / "index.html").read_text()
  assert "<dt>unseen people</dt>" not in page
  assert "people kept apart by name" in page
  assert "the classifier never saw" not in page
  # The user's word is quoted, and the copies are still there.
  jaxfer(*command, "--config.data.people_apart=they are <others>", drawn=False)
  results = results_of(tmp_path / "run")
  assert results["protocols"]["sealed"]["same_as"] == "unsealed"
  assert not results["audit"]["unseen"]["sealed"]["holds"]
  page = (tmp_path / "run" / "report" / "index.html").read_text()
  assert "they are &lt;others&gt;" in page
  assert "<dt>unseen by the DCGAN too" not in page


@pytest.mark.pipeline
def test_a_collapse_that_is_to_stop_a_run_is_said_in_a_line(
  jaxfer, refused, own_run, tmp_path
):
  folder, _ = own_run
  command = own_faces(
    folder,
    tmp_path / "run",
    "--stage=pretrain",
    "--config.gan.collapse.every=2",
    "--config.gan.collapse.start=0",
    "--config.gan.collapse.diversity=99",
  )
  said = refused(*command, "--config.gan.on_collapse=stop")
  assert "jaxfer: the generator looks collapsed at step 2" in said
  said = jaxfer(*command, "--config.gan.on_collapse=warn").stderr
  assert "step 2: the generator looks collapsed" in said
  assert "the training ends with a COLLAPSED generator: faces vary" in said
  # Warnings do not make another DCGAN.
  assert len(list((tmp_path / "run").glob("pretrain-*"))) == 1


@pytest.mark.pipeline
def test_the_ablation_of_labels_is_one_command(jaxfer, own_run, tmp_path):
  folder, _ = own_run
  workdir = tmp_path / "run"
  jaxfer(
    "--config=configs/conditional.py:labelled=precropped,seeds=2",
    f"--config.data.paths.labelled={folder}",
    f"--workdir={workdir}",
    "--config.svm.sealed_folds=2",
    *TINY,
  )
  report = workdir / "report"
  whole = json.loads((report / "results.json").read_text())
  found = whole["experiments"]
  assert list(found) == ["unconditional", "conditional"]
  assert found["unconditional"]["pretrain"]["condition"] is None
  told = found["conditional"]["pretrain"]["condition"]
  assert told == {"told": "emotion", "faces": 24, "labelled": 24}
  with (report / "tables" / "conditions_emotion.csv").open() as file:
    (row,) = csv.DictReader(file)
  ours, theirs = (
    found[name]["seeds"]["trained"]["sealed"]["accuracy"]
    for name in ("conditional", "unconditional")
  )
  (pair,) = whole["conditions"]
  assert (pair["conditional"], pair["seeds"]) == ("conditional", [0, 1])
  gap = pair["differences"]["sealed"]["accuracy"]
  assert gap["by_seed"] == list(np.subtract(ours, theirs))
  bounds = [float(row[name]) for name in ("mean_low", "mean_high")]
  assert (float(row["mean"]), bounds) == (gap["value"], gap["ci95"])
  document = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
  head = document.partition("`schema` is")[0]
  assert {*re.findall(r'"(\w+)"', head)} == whole.keys()
  assert {*pair, *gap} <= {*re.findall(r"`(\w+)`", head)}
  assert "A conditional DCGAN" in (report / "index.html").read_text()
  page = (report / "conditional" / "index.html").read_text()
  assert "only sealed protocols" in page
  # Faces and artifacts gone, both pages and that of both are drawn again.
  bare = tmp_path / "bare"
  shutil.copytree(workdir / "evidence", bare / "evidence")
  jaxfer(
    "--config=configs/conditional.py:labelled=precropped,seeds=2",
    f"--config.data.paths.labelled={folder}",
    f"--workdir={bare}",
    "--config.svm.sealed_folds=2",
    *TINY,
    "--stage=report",
  )
  assert drawn(bare) == drawn(workdir)
  # Labels of the generated faces lie beside them.
  labels = [np.load(p) for p in sorted(workdir.glob("generate-*/labels.npy"))]
  assert [x.shape for x in labels] == [(9, 8)]


@pytest.mark.pipeline
def test_the_plan_comes_before_all_progress_in_a_file_too(own_run, tmp_path):
  folder, _ = own_run
  environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
  done = subprocess.run(
    [
      *(sys.executable, "-m", "jaxfer.main", "--stage=prepare"),
      *own_faces(folder, tmp_path / "run"),
    ],
    cwd=ROOT,
    env=environment,
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    check=True,
  )
  assert done.stdout.startswith("own_faces")
  assert done.stdout.index("left to make:") < done.stdout.index("preparing ")


@pytest.mark.pipeline
def test_two_runs_in_one_workdir_share_the_work(tmp_path):
  folder, workdir = tmp_path / "faces", tmp_path / "run"
  draw_people(folder, people=3)
  command = [sys.executable, "-m", "jaxfer.main"]
  command += own_faces(folder, workdir, "--config.svm.controls=('hog',)")
  runs = [
    subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for _ in range(2)
  ]
  said = [run.communicate()[1] for run in runs]
  assert [run.returncode for run in runs] == [0, 0], said
  assert any("waiting for it" in text for text in said)
  assert len(list(workdir.glob("pretrain-*"))) == 1
  assert results_of(workdir)["features"]["count"] == 12


def test_a_dry_run_says_everything_and_makes_nothing(jaxfer, tmp_path):
  workdir = tmp_path / "run"
  # Nor does a terminal without × stop it.
  asked = (*STANDIN, f"--workdir={workdir}", "--dry_run")
  done = jaxfer(*asked, PYTHONIOENCODING="ascii")
  assert "\\xd7" in done.stdout and "max_megapixels" not in done.stdout
  for word in ("artifacts:", "new", "parameters:", "memory:", "disk:"):
    assert word in done.stdout
  assert "(96, 512)" in done.stdout
  assert not workdir.exists()


def test_a_missing_dataset_is_one_clear_error(refused, tmp_path):
  said = refused(
    "--config=configs/radboud.py",
    f"--config.data.root={tmp_path}",
    f"--workdir={tmp_path / 'run'}",
  )
  for word in (
    str(tmp_path / "rafd"),
    "Rafd090_01_Caucasian_female_angry_frontal.jpg",
    "https://rafd.socsci.ru.nl",
    ":standin",
    f"jaxfer standin --dataset=rafd --out={tmp_path / 'rafd'}",
  ):
    assert word in said
  assert not (tmp_path / "run").exists()


RADBOUD = "--config=configs/radboud.py"


@pytest.mark.parametrize(
  ("arguments", "words"),
  [
    ((f"{RADBOUD}:veiw=multi",), ("veiw", "view", "standin")),
    ((f"{RADBOUD}:view=side",), ("side", "frontal, multi")),
    (("--config.gan.widht=3",), ("gan.widht", "gan.width")),
    (
      ("--config.gan.learning_rate=-1",),
      ("gan.learning_rate=-1.0 must be above 0",),
    ),
    (("--config.gan.width=wide",), ("wide",)),
    (
      ("--config.gan.batch=7", "--config.run.devices=9"),
      ("run.devices=9",),
    ),
    (("--config.crop.size=48",), ("48", "power of two")),
    (("--config.features.readout=conv7",), ("conv7", "conv4")),
    (("--config.svm.backend=libsvm",), ("libsvm", "sklearn, cuml")),
    (("--config.data.probe=kdf",), ("kdf", "kdef, labelled")),
    (("--stage=cook",), ("cook",)),
    (
      ("--config.data.rafd.detector=hog",),
      ("data.rafd.detector='hog'", "viola_jones, mtcnn"),
    ),
    (("--config.data.standin.sizes.rafd=68",), ("68", "67")),
    (("--config.svm.folds=1",), ("svm.folds=1", "2 or more")),
    (("--workdri=x",), ("workdri",)),
    (("--config=configs/radbuod.py",), ("radbuod",)),
    (("--profile=9:3",), ("9:3", "START:STOP")),
  ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(
  refused, arguments, words, tmp_path
):
  if not arguments[0].startswith("--config="):
    arguments = (f"{RADBOUD}:standin", *arguments)
  said = refused(*arguments, f"--workdir={tmp_path / 'run'}")
  for word in words:
    assert word in said
  assert not (tmp_path / "run").exists()


def test_without_an_experiment_one_is_asked_for(refused, tmp_path):
  assert "--config=" in refused(f"--workdir={tmp_path / 'run'}")


def test_an_unwritable_workdir_is_named(refused, tmp_path):
  blocked = tmp_path / "file"
  blocked.write_text("not a folder")
  said = refused(*STANDIN, f"--workdir={blocked / 'run'}")
  assert str(blocked) in said


@pytest.mark.parametrize(
  ("emotions", "people", "words"),
  [(("happy",), 3, "two emotions"), (("happy", "sad"), 1, "")],
)
@pytest.mark.pipeline
def test_one_class_is_an_error_and_one_person_a_null_with_its_reason(
  jaxfer, refused, emotions, people, words, tmp_path
):
  folder, workdir = tmp_path / "faces", tmp_path / "run"
  draw_people(folder, people=people, emotions=emotions, faces=5)
  arguments = own_faces(folder, workdir, "--config.svm.controls=()")
  if words:
    assert words in refused(*arguments)
    # What labels are there was known before anything was trained.
    assert [path.name[:8] for path in workdir.glob("[a-z]*")] == ["prepare-"]
    return
  jaxfer(*arguments)
  results = results_of(workdir)
  assert results["protocols"]["subject"] is None
  assert "one person" in results["reasons"]["subject"]
  assert results["protocols"]["paper"]["accuracy"] >= 0


@pytest.fixture
def ends_with(monkeypatch, capsys):
  """What is said, with status 1, of a run that ends in an error."""

  def end(error):
    monkeypatch.setattr(program, "_CONFIG", SimpleNamespace(value={}))
    monkeypatch.setattr(program, "_run", Mock(side_effect=error))
    # Either would last longer than this test.
    monkeypatch.setattr(program.logs, "speak_plainly", lambda: None)
    monkeypatch.setattr(program, "termination", Mock())
    assert program.main(["main"]) == 1
    return capsys.readouterr().err

  return end


@pytest.mark.parametrize(
  "error", [UserError("set x to 1"), DataError("x"), DamagedError("x")]
)
def test_an_error_meant_for_users_is_a_line(ends_with, error):
  assert ends_with(error) == f"jaxfer: {error}\n"


@pytest.mark.parametrize(
  "error", [ValueError("operands could not be broadcast"), KeyError("x")]
)
def test_an_unforeseen_error_looks_like_the_fault_it_is(ends_with, error):
  said = ends_with(error)
  assert said.startswith("Traceback (most recent call last):\n")
  assert repr(error).partition("(")[0] in said
  assert "jaxfer: this is a fault of jaxfer: please report it" in said


@pytest.mark.parametrize("door", ["generate", "human_study"])
def test_other_doors_let_unforeseen_errors_through(door, monkeypatch, tmp_path):
  module = importlib.import_module(f"jaxfer.{door}")
  monkeypatch.setattr(
    "jaxfer.workdirs.find", Mock(side_effect=ValueError("unforeseen"))
  )
  monkeypatch.setattr(
    "jaxfer.study.source.choose", Mock(side_effect=ValueError("unforeseen"))
  )
  build = ["build", "--out=x"] if door == "human_study" else []
  with pytest.raises(ValueError, match="unforeseen"):
    module.main([*build, f"--workdir={tmp_path}"])


def test_too_little_memory_is_said_in_a_line(ends_with):
  said = ends_with(MemoryError("Unable to allocate 9 TiB"))
  assert said.startswith("jaxfer: out of memory: Unable to allocate 9 TiB;")
  assert said.count("\n") == 1
