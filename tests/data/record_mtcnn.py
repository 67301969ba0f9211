"""Records what the package mtcnn 1.0.0 finds, for `test_mtcnn_parity.py`.

The package needs TensorFlow, so it runs in an environment of its own:

  python3.11 -m venv ../mtcnn-env
  ../mtcnn-env/bin/pip install mtcnn==1.0.0 tensorflow-cpu
  JAXFER_REAL_FACES=... \\
    python tests/data/record_mtcnn.py ../mtcnn-env/bin/python

Many of its scores round to the same number, and it sorts them with NumPy's
unstable sort, which orders equals otherwise on another processor. So `found`
is what it finds with a stable sort, and `as_shipped`, where that differs, what
it found without.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from jaxfer import facs
from jaxfer.standin.layouts import rafd

OUT = Path(__file__).with_name("mtcnn_reference.json")
GAZE = 1  # of the three that a sitting has: into the camera

# Runs under the package's interpreter: images in, rows of numbers out.
DETECT = """
import functools, json, sys
import numpy as np
from mtcnn import MTCNN
detector = MTCNN()
images = np.load(sys.argv[1], allow_pickle=False)

def detect(image):
  rows = detector.detect_faces(image, output_type="numpy", box_format="xyxy")
  return np.round(rows[:, 1:], 3).tolist()

answers = {name: {"as_shipped": detect(images[name])} for name in images.files}
np.argsort = functools.partial(np.argsort, kind="stable")
for name, answer in answers.items():
  answer["found"] = detect(images[name])
json.dump(answers, open(sys.argv[2], "w"))
"""


def lab_face(root, path, side):
  """A real face, (side, side, 3) uint8."""
  with Image.open(Path(root, "lab", path)) as image:
    image = image.convert("RGB")
    if image.width != side:
      image = image.resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image)


def drawn_face(drawing):
  """A stand-in, (H, W, 3) uint8."""
  drawing = {**drawing}
  size = rafd.LAYOUT.size_of(drawing.pop("width"))
  return rafd.photograph(**drawing, size=size)[GAZE]


def choose(root):
  """What is recorded: real faces at two sizes, stand-ins before all cameras."""
  paths = sorted(
    path.relative_to(root / "lab").as_posix()
    for path in (root / "lab" / "images").iterdir()
  )
  faces = [{"path": path, "side": 480} for path in paths]
  faces += [{"path": path, "side": 240} for path in paths[::8]]
  drawings = [
    {
      "seed": 0,
      "person": 5 * i + j,
      "emotion": facs.EMOTIONS[(3 * i + j) % len(facs.EMOTIONS)],
      "width": 96,
      "camera": camera,
    }
    for i, camera in enumerate(rafd.CAMERAS)
    for j in range(3)
  ]
  return faces, drawings


def main(python):
  root = Path(os.environ["JAXFER_REAL_FACES"])
  faces, drawings = choose(root)
  images = [lab_face(root, **face) for face in faces]
  images += [drawn_face(drawing) for drawing in drawings]
  with tempfile.TemporaryDirectory() as folder:
    pictures, answers = Path(folder, "in.npz"), Path(folder, "out.json")
    np.savez(pictures, **{str(i): image for i, image in enumerate(images)})
    subprocess.run([python, "-c", DETECT, pictures, answers], check=True)
    found = list(json.loads(answers.read_text()).values())
  for answer in found:
    if answer["as_shipped"] == answer["found"]:
      del answer["as_shipped"]
  rows = [
    json.dumps(shown | answer)
    for shown, answer in zip(faces + drawings, found, strict=True)
  ]
  OUT.write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
  main(sys.argv[1])
