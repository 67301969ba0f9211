"""Records what FID's own codes answer, for the tests in `inception/`.

They need PyTorch, so they run in an environment of their own:

  python3.12 -m venv ../inception-env
  ../inception-env/bin/pip install torch==2.15.0 torchvision==0.29.2 \\
    torch-fidelity==0.4.0 pytorch-fid==0.3.0 clean-fid==0.1.35 pillow==13.0.0
  python tests/metrics/record_inception.py ../inception-env/bin/python

The published weights are not needed: NumPy draws weights of their shapes from
a seed, here and in the tests.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from jaxfer.metrics.inception import network, weights

OUT = Path(__file__).with_name("inception_reference.npz")

SIZES = ((64, 64), (37, 53), (299, 299), (400, 350))  # pixels
# Every pixel of 299 × 299 would be too much to keep: corners are among these.
KEPT = np.round(np.linspace(0, network.SIDE - 1, 16)).astype(int)

# Runs under the other interpreter: a folder of arrays in, a file of them out.
ANSWER = """
import sys
from pathlib import Path
import numpy as np
import torch, torchvision
from cleanfid import inception_torchscript, resize
from pytorch_fid import inception
from torch_fidelity.feature_extractor_inceptionv3 import (
  FeatureExtractorInceptionV3 as Extractor,
)

folder, answers = Path(sys.argv[1]), {}
torch.set_grad_enabled(False)
load = lambda name: dict(np.load(folder / name, allow_pickle=False))
channels_first = lambda x: torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
numpy = lambda x: x.numpy().transpose(0, 2, 3, 1)

def save(tensors, name):
  torch.save(tensors, folder / name, _use_new_zipfile_serialization=False)

# The published file has the counters too.
state = {k: torch.from_numpy(v) for k, v in load("state.npz").items()}
for key in [k for k in state if k.endswith(".running_var")]:
  counter = key.replace("running_var", "num_batches_tracked")
  state[counter] = torch.tensor(0)
save(state, "state.pth")

# Small files: a module's, and one of views that share a storage.
module = torch.nn.BatchNorm2d(3)
module.running_mean += torch.arange(3)
save(module.state_dict(), "module.pth")
rows = torch.arange(12.0).reshape(3, 4)
save({"rows": rows, "turned": rows.T, "part": rows[1:, 2:]}, "views.pth")
for name in ("module", "views"):
  content = (folder / f"{name}.pth").read_bytes()
  answers[f"file/{name}"] = np.frombuffer(content, np.uint8)

# torch-fidelity, from pixels to features.
whole = Extractor("inception", ["2048", "logits_unbiased"],
                  feature_extractor_weights_path=folder / "state.pth")
faces = load("faces.npz")["faces"]
pool3, logits = whole(channels_first(faces))
answers |= {"whole/pool3": pool3.numpy(), "whole/logits": logits.numpy()}

# pytorch-fid's network and torchvision's, in float64.
inception.load_state_dict_from_url = lambda *_, **__: state
fid = inception.InceptionV3([3], resize_input=False, normalize_input=False)
wrong = torchvision.models.Inception3(1008, aux_logits=False,
                                      init_weights=False)
wrong.load_state_dict(state)
wrong.fc = torch.nn.Identity()
scaled = channels_first(load("scaled.npz")["scaled"])
pool3 = fid.double().eval()(scaled)[0].flatten(1)
answers["exact/pool3"] = pool3.numpy()
answers["exact/logits"] = (pool3 @ state["fc.weight"].double().T).numpy()
answers["exact/torchvision"] = wrong.double().eval()(scaled).float().numpy()

# What each code shows its network.
seen = []
whole.Conv2d_1a_3x3.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
fid = inception.InceptionV3.__new__(inception.InceptionV3)
torch.nn.Module.__init__(fid)
fid.resize_input = fid.normalize_input = True
fid.blocks, fid.output_blocks = torch.nn.ModuleList([torch.nn.Identity()]), [0]
fid.last_needed_block = 0
clean = inception_torchscript.InceptionV3W.__new__(
  inception_torchscript.InceptionV3W
)
torch.nn.Module.__init__(clean)
clean.resize_inside = False
class Layers(torch.nn.Module):
  def forward(self, x):
    seen.append(x)
    return torch.zeros(len(x), 2048)
clean.layers = Layers()
resizer = resize.build_resizer("clean")
for name, images in load("sizes.npz").items():
  pixels = channels_first(images)
  whole(pixels)
  answers[f"torch-fidelity/{name}"] = numpy(seen.pop())
  answers[f"pytorch-fid/{name}"] = numpy(fid(pixels / 255)[0])
  clean(channels_first(np.stack([resizer(image) for image in images])))
  answers[f"clean-fid/{name}"] = numpy(seen.pop())

np.savez(folder / "answers.npz", allow_pickle=False, **answers)
"""


def draw_state(seed=0):
  """Weights at which all maps keep about their size, by name."""
  rng = np.random.default_rng(seed)
  state = {}
  for name, shape in network.shapes().items():
    if len(shape) > 1:
      spread = np.sqrt(2 / np.prod(shape[1:])).astype(np.float32)
      state[name] = spread * rng.standard_normal(shape, np.float32)
    elif name.endswith(("bn.weight", "running_var")):
      state[name] = rng.uniform(0.5, 1.5, shape).astype(np.float32)
    else:
      state[name] = rng.normal(0, 0.1, shape).astype(np.float32)
  return state


def draw_images(height, width, count=1, seed=0):
  """Noise over colours that change from left to right, uint8."""
  rng = np.random.default_rng([seed, height, width])
  colours = rng.uniform(0, 255, (count, 1, 2, 3))
  ramp = np.linspace(0, 1, width).reshape(1, 1, width, 1)
  smooth = colours[:, :, :1] * (1 - ramp) + colours[:, :, 1:] * ramp
  noise = rng.normal(0, 60, (count, height, width, 3))
  return np.clip(smooth + noise, 0, 255).astype(np.uint8)


def draw_scaled():
  """Neither square nor of FID's size, and in float64."""
  return draw_images(107, 139) / 127.5 - 1


def main(python):
  sizes = {f"{h}x{w}": draw_images(h, w) for h, w in SIZES}
  state = draw_state()
  with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    np.savez(folder / "state.npz", **state)
    np.savez(folder / "faces.npz", faces=draw_images(64, 64, 2))
    np.savez(folder / "scaled.npz", scaled=draw_scaled())
    np.savez(folder / "sizes.npz", **sizes)
    subprocess.run([python, "-c", ANSWER, folder], check=True)
    with np.load(folder / "answers.npz", allow_pickle=False) as found:
      answers = dict(found)
    written = folder / "state.pth"
    digest = hashlib.sha256(written.read_bytes()).hexdigest()
    read = weights.load(written, digest)
  # The whole file as PyTorch writes it, once; the tests have small ones.
  for key, array in state.items():
    np.testing.assert_array_equal(read[key], array)
  for key, answer in answers.items():
    if key.partition("/")[2] in sizes:
      answers[key] = answer[:, KEPT[:, None], KEPT]
  np.savez_compressed(OUT, allow_pickle=False, **answers)


if __name__ == "__main__":
  main(sys.argv[1])
