r"""What features are worth on people never seen: learners and read-outs.

    python -m benchmarks.features --faces=FOLDER \
      --objectives=dcgan:12,contrastive:30

The folder holds index.csv (path, subject, emotion) and cropped faces. People
are dealt into three parts by a checksum of their names: half are learnt from
without their labels; the faces of a quarter are probed while choices are made
(`--part=chosen`, the default), those of the other quarter when none is left to
make (`--part=judged`). Of each emotion `--most` faces are probed, so that the
rare ones count. `--elsewhere=FOLDER` probes all of other photographs, in which
faces are looked for. Each objective and seed is a run of `jaxfer.main`, which
takes hours, may be stopped, and goes on where it stopped. The table is made of
their results.json, and is printed and kept as they end.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import harness
from jaxfer import logs, terms
from jaxfer.learn import encoding, learners
from jaxfer.learn.gan import inversion

CONTROLS = (
  "untrained",
  "pixels",
  "hog",
  "conv4",
  "local",
  "local_hog",
  "patches",
  "untrained_patches",
  "local_patches_hog",
)
_PARTS = {
  "learnt": range(50),
  "chosen": range(50, 75),
  "judged": range(75, 100),
}


def main() -> int:
  """Runs what is left of the benchmark; returns the exit status."""
  parser = argparse.ArgumentParser(
    description=(__doc__ or "").partition("\n")[0]
  )
  parser.add_argument("--faces", type=Path, required=True)
  parser.add_argument("--part", choices=("chosen", "judged"), default="chosen")
  parser.add_argument("--elsewhere", type=Path, help="in the place of a part")
  parser.add_argument(
    "--objectives",
    default="dcgan:12,contrastive:30,contrad:12",
    help="learners, and for how many epochs each",
  )
  parser.add_argument("--seeds", type=int, default=1)
  parser.add_argument("--compute", default="float32", help="or bfloat16")
  parser.add_argument("--most", type=int, default=150, help="of an emotion")
  parser.add_argument("--workdir", type=Path, default=Path("runs/features"))
  options = parser.parse_args()
  if options.elsewhere:
    options.part = "elsewhere"
  deal(options.faces, options.workdir / "faces", options.most)
  found: dict[tuple[str, int, str], dict[str, Any]] = {}
  for asked in options.objectives.split(","):
    objective, _, epochs = asked.partition(":")
    for seed in range(options.seeds):
      results = _run(objective, int(epochs), seed, options)
      for row in rows(objective, seed, results):
        # What nothing is learnt for is the same beside every objective.
        key = row["objective"], seed, row["representation"]
        found.setdefault(key, row)
      _tell([*found.values()], options)
  return 0


def deal(faces: Path, out: Path, most: int) -> None:
  """Deals people into parts; where that was done, nothing is done.

  Leaves a folder of images to learn from in `out/learnt`, and in `out/chosen`
  and `out/judged` an index.csv of images that stay where they lie.

  Args:
    faces: holds index.csv.
    out: a folder to be made.
    most: faces of an emotion in `chosen`, and in `judged`.
  """
  if out.exists():
    return
  partial = out.with_name(f".{out.name}.partial")
  shutil.rmtree(partial, ignore_errors=True)
  with (faces / "index.csv").open(newline="", encoding="utf-8") as file:
    every = list(csv.DictReader(file))
  for name, numbers in _PARTS.items():
    (partial / name).mkdir(parents=True)
    own = [row for row in every if _number(row["subject"]) in numbers]
    if name == "learnt":
      for row in own:
        place = partial / name / row["path"].replace("/", "-")
        shutil.copyfile(faces / row["path"], place)
      continue
    with (partial / name / "index.csv").open("w", newline="") as file:
      writer = csv.DictWriter(file, every[0])
      writer.writeheader()
      writer.writerows(_few(own, most))
  partial.rename(out)


def _few(rows: list[dict[str, str]], most: int) -> Iterator[dict[str, str]]:
  """At most so many rows of each emotion, whichever their paths' sums say."""
  taken = collections.Counter()
  for row in sorted(rows, key=lambda row: zlib.crc32(row["path"].encode())):
    emotion = row["emotion"]
    taken[emotion] += 1
    if emotion and taken[emotion] <= most:
      yield row


def _number(subject: str) -> int:
  return zlib.crc32(b"p" + subject.encode()) % 100


def _run(
  objective: str, epochs: int, seed: int, options: argparse.Namespace
) -> Mapping[str, Any]:
  """Results of one objective; made where they are not there."""
  here = options.workdir.resolve()
  name = f"{objective}-{epochs}-{seed}-{options.part}"
  draws = learners.draws(objective)
  controls = CONTROLS + (inversion.READOUTS if draws else ())
  workdir = here / "runs"
  if options.elsewhere:
    found, faces = "viola_jones", options.elsewhere.resolve()
    images, apart = faces, "photographed elsewhere"
  else:
    found, faces = "precropped", here / "faces" / options.part
    images, apart = options.faces.resolve(), "dealt by name"
  command = [
    sys.executable,
    *("-m", "jaxfer.main"),
    f"--config=configs/own_faces.py:unlabelled=precropped,labelled={found},"
    f"learner={objective}",
    f"--workdir={workdir}",
    f"--config.data.paths.unlabelled={here / 'faces/learnt'}",
    f"--config.data.paths.labelled={faces}",
    f"--config.data.labelled.image_root={images}",
    f"--config.data.people_apart={apart}",
    f"--config.gan.epochs={epochs}",
    f"--config.gan.compute={options.compute}",
    f"--config.run.seed={seed}",
    f"--config.run.experiment={name}",
    f"--config.svm.controls={controls}",
    "--config.svm.protocols=('subject',)",
  ]
  subprocess.run(command, check=True)
  return json.loads((workdir / "report" / "results.json").read_text())


def rows(
  objective: str, seed: int, results: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
  """A row for each representation: what it is worth on people never seen.

  That of the trained network says also by how much it is above each control,
  and above HOG with few labels.
  """
  blocks = {"trained": results["protocols"]} | results["controls"]
  layer, tested = results["features"]["layer"], results["data"]["probe"]
  for name, protocols in blocks.items():
    row = terms.REPRESENTATIONS[name]
    found = protocols["subject"]
    network = row.learnt and row.features != encoding.PATCHES
    yield {
      "objective": objective if network else "none",
      "seed": seed,
      "representation": name,
      "title": row.title if row.features else f"{row.title}, {layer}",
      "faces": tested.get("labelled", tested["faces"]),
      "epochs": results["pretrain"]["epochs"] if network else None,
      **{
        key: found[key]
        for metric in ("accuracy", "macro_f1")
        for key in (metric, f"{metric}_ci95")
      },
      **(_above(results) if name == "trained" else {}),
    }


def _above(results: Mapping[str, Any]) -> dict[str, Any]:
  found, few = results["differences"], results["label_efficiency"]
  return {
    "above": {
      control: found[f"trained - {control}"]["subject"]
      for control in ("untrained", "pixels", "hog")
    },
    "few_labels": few and few["differences"]["trained - hog"],
  }


def _tell(told: list[dict[str, Any]], options: argparse.Namespace) -> None:
  """Prints the table and keeps it."""
  for row in told:
    low, high = row["accuracy_ci95"]
    print(
      f"{row['objective']:12} {row['title']:36} {100 * row['accuracy']:5.1f} %"
      f" [{100 * low:.1f}, {100 * high:.1f}]  macro F1"
      f" {100 * row['macro_f1']:.1f}"
    )
  machine = harness.machine()
  path = harness.RESULTS / "features" / f"{options.part}-{machine}.json"
  path.parent.mkdir(exist_ok=True)
  record = {"machine": machine, "compute": options.compute}
  record |= {"part": options.part, "most": options.most}
  logs.write_json(path, {**record, "rows": told})


if __name__ == "__main__":
  sys.exit(main())
