"""The same numbers in other runtimes."""

import numpy as np
import pytest

from jaxfer import errors
from jaxfer.errors import UserError
from jaxfer.recogniser import onnx


def expected(model, faces):
  vectors = model.features(faces)
  return vectors, model.score(vectors)[0]


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_the_plain_form_is_the_network(model, pictures, task):
  faces = pictures[0]
  found = onnx.function(model(task))(faces.astype(np.float32))
  for own, other in zip(expected(model(task), faces), found, strict=True):
    np.testing.assert_allclose(own, other, atol=1e-4)


# jax2onnx asks for 64 bits where there are none, which is no fault here.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("task", ["emotion", "au"])
def test_onnxruntime_gives_the_same(model, pictures, tmp_path, task):
  pytest.importorskip("jax2onnx")
  runtime = pytest.importorskip("onnxruntime")
  path, faces = tmp_path / "a.onnx", pictures[0]
  onnx.write(path, model(task))
  session = runtime.InferenceSession(path)
  given = {session.get_inputs()[0].name: faces.astype(np.float32)}
  found = session.run(None, given)
  for own, other in zip(expected(model(task), faces), found, strict=True):
    np.testing.assert_allclose(own, other, atol=1e-4)


def test_without_the_extra_it_says_what_to_install(
  model, tmp_path, monkeypatch
):
  def refuse(name):
    raise ImportError(name)

  monkeypatch.setattr(errors.importlib, "import_module", refuse)
  with pytest.raises(UserError, match="pip install"):
    onnx.write(tmp_path / "a.onnx", model())
