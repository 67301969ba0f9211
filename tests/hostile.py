"""Files that nobody should be hurt by, and a process that reads them.

As a program it reads every file of a corpus with the loader that it is meant
for, in an address space that is bounded, and says for each what came of it.
"""

import contextlib
import functools
import io
import json
import os
import pickle
import resource
import shutil
import signal
import struct
import sys
import tempfile
import traceback
import types
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, features

ROOT = Path(__file__).parents[1]
MEGAPIXELS = 1.0  # the largest image that is decoded
MOST_BYTES = 512 * 2**20
"""What reading any of these files may add to the memory of the process."""
MOST_SECONDS = 60
"""What reading one of them may take, in a machine that does other things."""

# What no reader may do, as Python's audit events name it.
FORBIDDEN = (
  "os.exec",
  "os.posix_spawn",
  "os.spawn",
  "os.system",
  "pickle.find_class",
  "socket.connect",
  "socket.getaddrinfo",
  "subprocess.Popen",
)

# What changes a folder, and which arguments are paths that come to be or go.
CHANGES = {
  "os.rename": (0, 1),
  "os.mkdir": (0,),
  "os.remove": (0,),
  "os.rmdir": (0,),
  "os.truncate": (0,),
  "os.symlink": (1,),
  "os.link": (1,),
  "os.chmod": (0,),
}


class HungError(BaseException):
  """A file has kept its reader for too long."""


# Corpus: by name, content; a folder as the zip archive of it.


@functools.cache
def corpus() -> dict[str, dict[str, bytes]]:
  """By kind of loader, files by name."""
  return {
    "image": _images(),
    "index": _tables(b"path,subject,emotion,AU1\n", b"a.png,p,happy,1\n"),
    "boxes": _tables(
      b"path,left,top,width,height\n", b"a.png,1,1,9,9\n", boxes=True
    ),
    "label": _tables(b"", b"train_00001.jpg 4\n"),
    "json": _json(),
    "npz": _npz(),
    "npy": _npy(),
    "mtcnn": _pickles(lz4=True),
    "torch": _pickles(lz4=False),
    "argument": _arguments(),
    "override": _overrides(),
    "checkpoint": _checkpoints(),
  }


def _encode(mode, name, size=(40, 30), **options) -> bytes:
  out = io.BytesIO()
  Image.new(mode, size).save(out, name, **options)
  return out.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
  check = struct.pack(">I", zlib.crc32(kind + body))
  return struct.pack(">I", len(body)) + kind + body + check


def _png(width, height, body, depth=8, kind=2, extra=b"") -> bytes:
  header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
  return (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", header)
    + extra
    + _chunk(b"IDAT", body)
    + _chunk(b"IEND", b"")
  )


def _images():
  found = {}
  noise = Image.fromarray(
    np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
  )
  whole = {}
  names = ["BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP"]
  names += ["AVIF"] if features.check("avif") else []
  for name in names:
    out = io.BytesIO()
    noise.save(out, name)
    whole[name] = content = out.getvalue()
    for cut in (0, 1, 7, len(content) // 4, len(content) // 2):
      found[f"cut-{cut}.{name.lower()}"] = content[:cut]
    for place in (9, len(content) // 3, len(content) - 2):
      spoilt = bytearray(content)
      spoilt[place : place + 4] = b"\xff\xff\xff\xff"
      found[f"spoilt-{place}.{name.lower()}"] = bytes(spoilt)
    found[f"{name.lower()}-as.txt.jpg"] = content
  zeros = zlib.compress(bytes(2**24), 9)
  found |= {
    "bomb-size.png": _png(60_000, 60_000, zlib.compress(bytes(100))),
    "bomb-wide.png": _png(2**31 - 1, 1, zlib.compress(bytes(100))),
    "bomb-data.png": _png(8, 8, zeros),
    "bomb-text.png": _png(
      8, 8, zlib.compress(bytes(200)), extra=_chunk(b"zTXt", b"a\0\0" + zeros)
    ),
    "bomb-icc.png": _png(
      8, 8, zlib.compress(bytes(200)), extra=_chunk(b"iCCP", b"a\0\0" + zeros)
    ),
    "no-size.png": _png(0, 0, b""),
    "giant.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40,
      2**31 - 1, 2**31 - 1, 1, 24, 0, 0, 0, 0, 0, 0),
    "negative.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40,
      -5, -2**31, 1, 24, 0, 0, 0, 0, 0, 0),
    "giant.gif": b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\0\0\0\0"
      b"\xff\xff\xff\xff\0\x08\xff",
    "giant.ppm": b"P6\n99999999 99999999\n255\n",
    "endless.ppm": b"P6\n" + b"#" * 2**20,
    "digits.ppm": b"P6\n" + b"9" * 5000 + b" 1\n255\n",
    "giant.tiff": b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 600,
    "loop.tiff": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "giant.webp": b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\0\0\0\0"
      + b"\xff" * 6,
    "cmyk.jpg": _encode("CMYK", "JPEG"),
    "sixteen.png": _encode("I;16", "PNG"),
    "float.tiff": _encode("F", "TIFF"),
    "bilevel.tiff": _encode("1", "TIFF"),
    "palette.gif": _encode("P", "GIF"),
    "alpha.png": _encode("LA", "PNG"),
    "animated.gif": _encode("RGB", "GIF", save_all=True,
      append_images=[Image.new("RGB", (40, 30), "red")] * 9),
    "animated.webp": _encode("RGB", "WEBP", save_all=True,
      append_images=[Image.new("RGB", (40, 30), "red")] * 9),
    "postscript.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
      b"(/etc/passwd) (r) file\n",
    "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><image href='
      b'"file:///etc/passwd"/></svg>',
    "html.png": b"<script>alert(1)</script>",
    "zip.jpg": b"PK\x03\x04" + bytes(30),
    "elf.jpg": b"\x7fELF" + bytes(60),
    "exif.jpg": whole["JPEG"][:2] + b"\xff\xe1\xff\xffExif\0\0"
      + b"\xff" * 70_000,
    "name\nwith\rlines.png": whole["PNG"],
    "=cmd|' -C calc'!A0.png": whole["PNG"],
    "<img src=x onerror=alert(1)>.png": whole["PNG"],
  }  # fmt: skip
  return found


def _tables(header, row, boxes=False):
  bad = row.replace(b"a.png", b"%s").replace(b"train_00001.jpg", b"%s")
  names = {
    "parent": b"../../../etc/passwd",
    "absolute": b"/etc/passwd",
    "backslash": b"..\\..\\windows\\win.ini",
    "inner": b"x/../../y.png",
    "formula": b"=HYPERLINK(1)",
    "script": b"<script>alert(1)</script>",
    "tilde": b"~/secret.png",
    "null-byte": b"a\0b.png",
    "latin": b"gr\xfc\xdfe.png",
    "long": b"a" * 300 + b".png",
    "deep": b"a/" * 3000 + b"b.png",
    "device": b"/dev/zero",
    "empty": b"",
    "dot": b".",
    "dots": b"..",
    "newline": b'"a\nb.png"',
    "control": b"\x1b[2Jx.png",
  }
  found = {f"name-{k}.csv": header + bad % v for k, v in names.items()}
  found |= {
    "empty.csv": b"",
    "nul.csv": header + b"\0" * 50,
    "bom.csv": b"\xef\xbb\xbf" + header + row,
    "utf-16.csv": (header + row).decode().encode("utf-16"),
    "latin.csv": header + b"\xe9\xe8\xff,p,happy,1\n",
    "open-quote.csv": header + b'"a.png,p,happy\n' * 20,
    "huge-field.csv": header + b"x" * 300_000 + b"," + row,
    "huge-header.csv": b"x," * 200_000 + b"\n" + row,
    "many-cells.csv": header + b"," * 200_000 + b"\n",
    "few-cells.csv": header + b"a.png\n",
    "no-path-last.csv": b"left,top,width,height,path\n1,1\n",
    "twice.csv": header.replace(b"subject", b"path") + row,
    "contradiction.csv": header + row + row.replace(b"happy", b"sad"),
    "old-mac.csv": (header + row).replace(b"\n", b"\r"),
    "controls.csv": header + bytes(range(1, 32)) + b"\n",
    "surrogate.csv": header + b"\xed\xa0\x80,p,happy,1\n",
    "numbers.csv": header + b"a.png,1e999,-inf,nan,1e-999\n",
    "digits.csv": header + row.replace(b"1\n", b"9" * 5000 + b"\n"),
    "binary.csv": bytes(range(256)) * 8,
  }
  return found


def _json():
  return {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "number": b"1e999",
    "digits": b"9" * 5000,
    "deep": b"[" * 200_000,
    "deep-object": b'{"a":' * 100_000,
    "latin": b'{"key": "\xff"}',
    "nul": b'{"key": "a"}\0',
    "nan": b'{"record_sha256": NaN, "sha256": {}}',
    "escape": b'{"record_sha256": "\\ud800", "sha256": {"\\ud800": "x"}}',
    "outside": _record({"../../../etc/passwd": "0" * 64}),
    "absolute": _record({"/etc/passwd": "0" * 64}),
    "no-object": _record([1, 2]),
    "strange": _record({"a": {"b": []}}),
    "twice": b'{"sha256": {}, "sha256": {}, "record_sha256": ""}',
    "schema": b'{"schema": 99, "record_sha256": []}',
  }


def _record(sha256):
  sys.path.insert(0, str(ROOT))
  from jaxfer import config

  record = {"key": "k", "sha256": sha256}
  return json.dumps(record | {"record_sha256": config.digest(record)}).encode()


def _zip(members, **options) -> bytes:
  out = io.BytesIO()
  with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
    for name, content in members.items():
      archive.writestr(name, content)
  return out.getvalue()


def _npy_bytes(header: bytes, body=b"", version=(1, 0)) -> bytes:
  padded = header + b"\n"
  size = struct.pack("<H" if version == (1, 0) else "<I", len(padded))
  return b"\x93NUMPY" + bytes(version) + size + padded + body


def _npy():
  def header(descr="'<f4'", shape="(2, 2)", order="False"):
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    return text.encode()

  out = io.BytesIO()
  np.save(out, np.array([{"a": 1}, os.system], dtype=object))
  return {
    "objects": out.getvalue(),
    "empty": b"",
    "magic": b"\x93NUMPY",
    "version": _npy_bytes(header(), bytes(16), (9, 9)),
    "short": _npy_bytes(header(), bytes(3)),
    "giant": _npy_bytes(header(shape="(99999999999, 99999999999)")),
    "negative": _npy_bytes(header(shape="(-1, 4)"), bytes(16)),
    "word": _npy_bytes(header(shape="('a',)"), bytes(16)),
    "object-type": _npy_bytes(header("'|O'"), pickle.dumps([Trap()])),
    "object-field": _npy_bytes(header("[('a', '|O')]"), bytes(16)),
    "code": _npy_bytes(header(shape="__import__('os').getpid()")),
    "call": _npy_bytes(b"__import__('os').system('touch pwned')"),
    "deep": _npy_bytes(b"(" * 9000, version=(2, 0)),
    "long": _npy_bytes(b" " * 500_000, version=(2, 0)),
    "order": _npy_bytes(header(order="7"), bytes(16)),
    "type": _npy_bytes(header("'zz9'"), bytes(16)),
    "zeros": _npy_bytes(header("'<f4'", "(0, 99999999999)")),
    "pickle": pickle.dumps(Trap()),
  }


def _npz():
  good = _npy()
  fine = io.BytesIO()
  np.save(fine, np.ones((2, 2), np.float32))
  locked = bytearray(_zip({"a.npy": fine.getvalue()}))
  for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
    locked[locked.index(mark) + offset] |= 1
  bomb = _npy_bytes(
    b"{'descr': '|u1', 'fortran_order': False, 'shape': (67108864,), }",
    bytes(2**26),
  )
  lying = bytearray(_zip({"a.npy": bomb}))
  at = lying.index(b"PK\x01\x02") + 24
  lying[at : at + 4] = struct.pack("<I", 100)
  found = {k: _zip({"emotions.npy": v}) for k, v in good.items()}
  return found | {
    "no-zip": b"PK\x03\x04" + bytes(50),
    "cut": _zip({"a.npy": fine.getvalue()})[:60],
    "bomb": _zip({f"{i}.npy": bomb for i in range(20)}),
    "lying": bytes(lying),
    "password": bytes(locked),
    "outside": _zip({"../../pwned.npy": fine.getvalue()}),
    "absolute": _zip({"/tmp/pwned.npy": fine.getvalue()}),
    "no-array": _zip({"pwned.py": b"import os"}),
    "many": _zip({f"{i}.npy": b"" for i in range(3000)}),
    "nested": _zip({"a.npy": _zip({"b.npy": fine.getvalue()})}),
    "other-names": _zip({"x.npy": fine.getvalue()}),
  }


class Trap:
  """Unpickled, it would leave a file behind."""

  def __reduce__(self):
    return os.system, ("touch pwned",)


def _pickles(lz4):
  plain = {
    "trap-0": pickle.dumps(Trap(), 0),
    "trap-2": pickle.dumps(Trap(), 2),
    "trap-4": pickle.dumps(Trap(), 4),
    "trap-list": pickle.dumps([Trap()] * 3, 4),
    "inst": b"(S'touch pwned'\nios\nsystem\n.",
    "obj": b"(cos\nsystem\nS'touch pwned'\no.",
    "global": b"cbuiltins\neval\n(S'1'\ntR.",
    "stack-global": b"\x8c\x08builtins\x8c\x04eval\x93.",
    "persistent": b"Pos.system\n.",
    "extension": b"\x82\x01.",
    "buffer": b"\x80\x05\x97.",
    "build": b"]}b.",
    "memo": b"h\xff.",
    "pop": b"0.",
    "stop": b".",
    "no-stop": b"]",
    "empty": b"",
    "long": b"\x8b\xff\xff\xff\x7f",
    "text": b"X\xff\xff\xff\x7f",
    "bytes": b"\x8e" + b"\xff" * 8,
    "frame": b"\x80\x04\x95" + b"\xff" * 8 + b".",
    "deep": b"]" * 100_000 + b"a" * 99_999 + b".",
    "self": b"]q\0h\0a.",
    "tuples": b"N" + b"\x85" * 100_000 + b".",
    "digits": b"I" + b"9" * 5000 + b"\n.",
    "zip": _zip({"archive/data.pkl": pickle.dumps(Trap())}),
  }
  if not lz4:
    return plain
  import lz4.frame

  packed = {k: lz4.frame.compress(v) for k, v in plain.items()}
  return packed | {
    "raw": plain["trap-4"],
    "bomb": lz4.frame.compress(bytes(2**27)),
    "cut": packed["trap-4"][:-6],
  }


def _arguments():
  texts = (
    "view=__import__('os').system('touch pwned')",
    "view=" + "a" * 100_000,
    "=", "==", ",,,,", "view", "view=frontal=multi", "standin=2",
    "view=frontal,view=multi", "\0", "view=\x1b[2J", "sta\nndin", "🙂=1",
    "small=True;import os", "{{7*7}}", "../../x", "seeds=1e9", "seeds=-",
  )  # fmt: skip
  return {str(i): text.encode() for i, text in enumerate(texts)}


def _overrides():
  texts = (
    "gan.width=wide", "gan.width=1e3", "gan.width=", "gan.width=[1]",
    "gan.width=-1", "gan.width=" + "9" * 5000, "gan.width=0x10",
    "gan.width=True", "gan.learning_rate=fast", "gan.learning_rate=nan",
    "gan.learning_rate=1e999", "gan=3", "gan", "gan.", "", "=", ".=",
    "gan.width.deeper=1", "gan.__class__=x", "__class__=x", "gan.lock=1",
    "gan.wide=4", "run.seed=" + "(" * 5000, "run.seed={}", "run.seed=1,2",
    "run.seed=__import__('os').system('touch pwned')", "run.seed=\0",
    "run.experiment=../../pwned", "run.experiment=\x1b[2J\n", "svm.folds=()",
    "data.standin.draw=maybe", "data.standin.draw=2", "gan.compute=float7",
    "gan.collapse.every=x", "crop.boxes=/dev/zero", "svm.evaluations=🙂",
  )  # fmt: skip
  return {str(i): text.encode() for i, text in enumerate(texts)}


def _expected_state():
  """What a checkpoint should hold: shapes and types of a small DCGAN."""
  import jax

  from jaxfer.learn import learners

  gan = types.SimpleNamespace(
    learner="dcgan", width=2, latent=5, learning_rate=2e-4, beta1=0.5
  )
  return jax.eval_shape(lambda: learners.create(gan, image_size=8, seed=0)[1])


def _checkpoints():
  """Checkpoints of one step; their arrays lie in files that say their size."""
  import jax
  import orbax.checkpoint as ocp

  from jaxfer.learn import checkpoints

  state = jax.tree.map(lambda x: np.zeros(x.shape, x.dtype), _expected_state())
  arrays = checkpoints.named(state)
  kernel = next(name for name, x in arrays.items() if x.ndim == 4)
  with tempfile.TemporaryDirectory() as folder:
    whole = Path(folder)
    saved = checkpoints.Checkpoints(whole)
    saved.save(state)
    saved.close()
    (step,) = whole.iterdir()
    shutil.rmtree(step / "state")
    with ocp.PyTreeCheckpointer(use_ocdbt=False) as plain:
      plain.save((step / "state").absolute(), {**arrays, "stray": np.ones(3)})
    files = {
      path.relative_to(whole).as_posix(): path.read_bytes()
      for path in whole.rglob("*")
      if path.is_file()
    }
  record, tree = f"{step.name}/check/metadata", f"{step.name}/state/_METADATA"
  extra = {k: v for k, v in files.items() if "/stray/" in k}
  fine = {k: v for k, v in files.items() if k not in extra}
  known = json.loads(files[tree])
  stray = [k for k in known["tree_metadata"] if "stray" in k]
  for name in stray:
    del known["tree_metadata"][name]
  fine[tree] = json.dumps(known).encode()

  def said(**changes):
    told = json.loads(files[record])
    told["leaves"] |= {k.replace("/", "."): v for k, v in changes.items()}
    return {record: json.dumps(told).encode()}

  def shaped(name, **changes):
    path = f"{step.name}/state/{name}/.zarray"
    return {path: json.dumps(json.loads(files[path]) | changes).encode()}

  wide = [2**34]
  four = [2**10, 2**10, 2**10, 2**4]
  found = {
    "fine": fine,
    "extra-leaf": files,
    "giant-extra": files | shaped("stray", shape=wide),
    "giant-said": files
    | shaped("stray", shape=wide)
    | said(stray=f"float64{wide}"),
    "giant-leaf": fine | shaped(kernel, shape=four),
    "giant-leaf-said": fine
    | shaped(kernel, shape=four)
    | said(**{kernel: f"float32{four}"}),
    "giant-chunk": fine | shaped(kernel, chunks=four),
    "negative": fine | shaped(kernel, shape=[-1, 2, 2, 2]),
    "type": fine | shaped(kernel, dtype="|O"),
    "filter": fine | shaped(kernel, compressor={"id": "pickle"}),
    "empty": {},
    "no-record": {k: v for k, v in fine.items() if k != record},
    "no-tree": {k: v for k, v in fine.items() if k != tree},
  }
  for name, content in _json().items():
    found[f"record-{name}"] = fine | {record: content}
    found[f"tree-{name}"] = fine | {tree: content}
  return {name: _zip(members) for name, members in found.items()}


# Reading.


def readers(place: Path):
  """By kind, a function that reads one file."""
  from absl import flags

  from jaxfer import artifacts, config, logs, main, untrusted
  from jaxfer.configs import base, paper
  from jaxfer.data import detect, images, label_files
  from jaxfer.data.journal import Journal
  from jaxfer.data.mtcnn import networks, weights
  from jaxfer.data.readers import labelled, raf_db
  from jaxfer.diff import runs
  from jaxfer.learn import checkpoints
  from jaxfer.metrics.inception import weights as inception
  from jaxfer.svm import final
  from jaxfer.svm import weights as units

  def index(path):
    table = labelled.read(path.parent, path.name)
    for face in table.faces:
      with table.open(face) as file:
        images.load(file, max_megapixels=MEGAPIXELS)

  def image(path):
    with path.open("rb") as file:
      images.load(file, max_megapixels=MEGAPIXELS)

  def label(path):
    list(label_files.read_rows(path.parent, path.name))
    home = place / f"raf-{path.name}"
    (home / "EmoLabel").mkdir(parents=True)
    (home / "EmoLabel" / "list_patition_label.txt").write_bytes(
      path.read_bytes()
    )
    raf_db.read(home)

  def record(path):
    home = place / f"json-{path.name}"
    home.mkdir()
    for name in (artifacts.PROVENANCE, "metrics.jsonl"):
      (home / name).write_bytes(path.read_bytes() + b"\n")
    logs.MetricsLog(home / "metrics.jsonl", 5).close()
    (home / "results.json").write_bytes(path.read_bytes())
    for read in (
      lambda: artifacts.verify(home),
      lambda: runs.load(home),
      lambda: untrusted.parse_json(path.read_bytes()),
    ):
      _expect(read)

  def npz(path):
    home = place / f"npz-{path.name}"
    home.mkdir()
    np.save(home / "support.npy", np.ones((2, 2), np.float32))
    for name in ("machine.npz", units.FILE, "piece-000000000.npz"):
      (home / name).write_bytes(path.read_bytes())
    Journal(home, (2, 2, 3)).close()
    _expect(lambda: units.load(home))
    final.load(home)

  def npy(path):
    home = place / f"npy-{path.name}"
    home.mkdir()
    np.savez(home / "machine.npz", emotions=np.array(["happy"]))
    (home / "support.npy").write_bytes(path.read_bytes())
    final.load(home)

  expected = _expected_state()

  def checkpoint(path):
    home = place / f"checkpoint-{path.name}"
    (home / "checkpoints").mkdir(parents=True)
    with zipfile.ZipFile(path) as archive:
      archive.extractall(home / "checkpoints")
    checkpoints.load(home, expected)

  def override(path):
    text = path.read_bytes().decode()
    words = ["main", f"--config={ROOT}/configs/radboud.py:standin"]
    said = io.StringIO()
    try:
      with contextlib.redirect_stderr(said):
        main._parse([*words, f"--config.{text}"])
      config.validate(main._CONFIG.value, base.get_config())
    except SystemExit as end:
      assert end.code == 1
      raise ValueError(said.getvalue()) from end
    finally:
      flags.FLAGS.unparse_flags()

  return {
    "image": image,
    "index": index,
    "boxes": detect.read_boxes,
    "label": label,
    "json": record,
    "npz": npz,
    "npy": npy,
    "mtcnn": lambda path: weights.read(
      path, networks.SHAPES["pnet"], weights.SHA256["pnet"]
    ),
    "torch": inception.load,
    "argument": lambda path: paper.get_config(
      path.read_bytes().decode(errors="surrogateescape")
    ),
    "override": override,
    "checkpoint": checkpoint,
  }


def _expect(read):
  try:
    read()
  except (ValueError, OSError) as error:
    assert str(error)


def _inside(place: Path, path: str | bytes) -> bool:
  try:
    return Path(os.fsdecode(path)).resolve().is_relative_to(place)
  except ValueError:  # no path, and nothing comes of it
    return True


def _resident() -> int:
  """The most memory that this process has had, in bytes."""
  return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _main():
  sys.path.insert(0, str(ROOT))
  folder, place = (Path(text).resolve() for text in sys.argv[1:3])
  os.chdir(place)
  found = readers(place)
  # What Orbax needs for itself does not count.
  _expect(lambda: found["checkpoint"](folder / "checkpoint" / "fine"))
  shutil.rmtree(place / "checkpoint-fine")
  events = []

  def watch(event, args):
    if event in FORBIDDEN:
      events.append(event)
    elif event in CHANGES:
      for path in (args[k] for k in CHANGES[event]):
        if isinstance(path, str | bytes) and not _inside(place, path):
          events.append(f"{event} {path!r}")
    elif event == "open" and isinstance(args[0], str | bytes):
      written = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
      if written and not _inside(place, args[0]):
        events.append(f"writes {args[0]!r}")

  def hang(number, frame):
    raise HungError

  signal.signal(signal.SIGALRM, hang)
  size = int(Path("/proc/self/statm").read_text().split()[0])
  most = size * resource.getpagesize() + MOST_BYTES
  resource.setrlimit(resource.RLIMIT_AS, (most, most))
  resource.setrlimit(resource.RLIMIT_CPU, (300, 300))
  sys.addaudithook(watch)
  before = _resident()
  for kind, read in found.items():
    for path in sorted((folder / kind).iterdir()):
      events.clear()
      signal.alarm(MOST_SECONDS)
      try:
        read(path)
        said = "read"
      except (ValueError, OSError) as error:
        said = f"refused: {error}" if str(error) else "refused without a word"
      except BaseException:
        said = "crashed: " + traceback.format_exc()
      signal.alarm(0)
      line = {"kind": kind, "name": path.name, "said": said, "events": events}
      print(json.dumps(line), flush=True)  # noqa: T201
  print(json.dumps({"bytes": _resident() - before}))  # noqa: T201


if __name__ == "__main__":
  _main()
