"""The local page in a headless Chromium: a face and a broken file dropped."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path

import pytest

from jaxfer import serve

pytestmark = pytest.mark.browser

# Where pictures of the page are left to be looked at, if anywhere.
_SHOTS = os.environ.get("JAXFER_SCREENSHOTS", "")


@pytest.fixture
def address(searching):
  """Where the page is served."""
  serving = serve.server(searching, "127.0.0.1", 0)
  thread = threading.Thread(target=serving.run, daemon=True)
  thread.start()
  yield f"http://127.0.0.1:{serving.effective_port}/"
  serving.task_dispatcher.shutdown()
  for channel in [*serving.active_channels.values()]:
    channel.handle_close()  # what the browser keeps open
  serving.close()


def drop(browser, path):
  data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
  for kind in ("dragEnter", "dragOver", "drop"):
    browser.send("Input.dispatchDragEvent", type=kind, x=150, y=150, data=data)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_face_and_a_broken_file_are_dropped(
  browser, address, photograph, tmp_path, width
):
  browser.send("Page.navigate", url=address)
  browser.until("document.readyState === 'complete' && at('drop')")
  browser.screen(width, 860)
  browser.send("Emulation.setTouchEmulationEnabled", enabled=False)
  drop(browser, photograph)
  browser.until("at('said').textContent === 'one face'")
  browser.until("document.querySelectorAll('#faces li').length === 1")
  assert browser.run("document.querySelectorAll('#faces meter').length") == 3
  assert browser.run("at('picture').width") > 100
  colours = "new Set(at('picture').getContext('2d').getImageData(0, 0,"
  colours += " at('picture').width, at('picture').height).data).size"
  assert browser.run(colours) > 50  # the photograph is seen
  wide = "document.documentElement"
  assert browser.run(f"{wide}.scrollWidth - {wide}.clientWidth") == 0
  if _SHOTS:
    shot = browser.send("Page.captureScreenshot", captureBeyondViewport=True)
    path = Path(_SHOTS, f"serve-{width}.png")
    path.write_bytes(base64.b64decode(shot["data"]))
  broken = tmp_path / "broken.jpg"
  broken.write_bytes(b"\xff\xd8\xff and nothing more")
  drop(browser, broken)
  browser.until("at('said').className === 'bad'")
  assert "image" in browser.run("at('said').textContent")
  assert browser.run("document.querySelectorAll('#faces li').length") == 0
  assert browser.run("at('picture').hidden")
  # Chromium notes each refusal of the server's as an error of loading.
  assert [c for c in browser.complaints if "422" not in c] == []
  outside = [
    url
    for url in browser.requests
    if not url.startswith((address, "data:", "about:", "blob:"))
  ]
  assert outside == []
