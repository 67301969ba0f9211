"""A headless Chromium, driven over the pipe that its DevTools offer.

Chromium reads commands from file descriptor 3 and answers on 4: JSON, each
message ended by a NUL byte. See
https://chromedevtools.github.io/devtools-protocol/.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

FOUND = shutil.which("chromium") or shutil.which("chromium-browser")

_SECONDS = 60  # longest wait for anything
_FLAGS = (
  "--headless --no-sandbox --disable-gpu --no-first-run --disable-sync"
  " --disable-background-networking --disable-component-update"
  " --remote-debugging-pipe"
)


class Browser:
  """One tab.

  Args:
    folder: an existing folder for its profile and its downloads.
  """

  def __init__(self, folder: Path):
    self.downloads = folder / "downloads"
    self.downloads.mkdir()
    self.complaints: list[str] = []
    self.requests: list[str] = []
    self._count = 0
    self._rest = b""
    self._session: str | None = None
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    self._in, self._out = ours_in, ours_out
    # The shell gives the pipes the two numbers that Chromium looks for.
    script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
    self._process = subprocess.Popen(
      [
        *("bash", "-c", script, "bash", FOUND, *_FLAGS.split()),
        f"--user-data-dir={folder / 'profile'}",
        "about:blank",
      ],
      pass_fds=(theirs_in, theirs_out),
      stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    target = self.send("Target.createTarget", url="about:blank")
    attached = self.send(
      "Target.attachToTarget", targetId=target["targetId"], flatten=True
    )
    self._session = attached["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
      self.send(f"{domain}.enable")
    self.send(
      "Browser.setDownloadBehavior",
      behavior="allow",
      downloadPath=str(self.downloads),
    )

  def close(self) -> None:
    os.close(self._out)  # on which Chromium ends
    try:
      self._process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
      self._process.kill()
      self._process.wait()
    os.close(self._in)

  def send(self, method: str, **parameters: Any) -> dict[str, Any]:
    """One command, and its answer."""
    self._count += 1
    message = {"id": self._count, "method": method, "params": parameters}
    if self._session is not None:
      message["sessionId"] = self._session
    os.write(self._out, json.dumps(message).encode() + b"\0")
    while True:
      answer = self._receive()
      if answer.get("id") == self._count:
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]
      self._note(answer)

  def _note(self, event: dict[str, Any]) -> None:
    method, about = event.get("method"), event.get("params", {})
    if method == "Runtime.exceptionThrown":
      self.complaints.append(str(about["exceptionDetails"]))
    elif method == "Runtime.consoleAPICalled":
      self.complaints.append(str(about["args"]))
    elif method == "Log.entryAdded":
      self.complaints.append(about["entry"]["text"])
    elif method == "Network.requestWillBeSent":
      self.requests.append(about["request"]["url"])

  def _receive(self) -> dict[str, Any]:
    while b"\0" not in self._rest:
      ready, _, _ = select.select([self._in], [], [], _SECONDS)
      assert ready, "Chromium says nothing"
      piece = os.read(self._in, 2**16)
      assert piece, "Chromium has ended"
      self._rest += piece
    message, _, self._rest = self._rest.partition(b"\0")
    return json.loads(message)

  def open(self, path: Path) -> None:
    self.send("Page.navigate", url=path.as_uri())
    self.until("document.readyState === 'complete'")

  def fresh(self) -> None:
    """As when it was started: no emulation, no storage, no complaints."""
    self.send("Emulation.clearDeviceMetricsOverride")
    self.send("Emulation.setTouchEmulationEnabled", enabled=False)
    self.send("Page.navigate", url="about:blank")
    self.until("location.href === 'about:blank'")
    self.send(
      "Storage.clearDataForOrigin", origin="file://", storageTypes="all"
    )
    for path in self.downloads.iterdir():
      path.unlink()
    self.complaints.clear()
    self.requests.clear()

  def reload(self) -> None:
    self.run("window.old = true")
    self.send("Page.reload")
    self.until("!window.old && document.readyState === 'complete'")

  def screen(self, width: int, height: int) -> None:
    self.send(
      "Emulation.setDeviceMetricsOverride",
      width=width,
      height=height,
      deviceScaleFactor=2,
      mobile=width < 600,
    )
    self.send("Emulation.setTouchEmulationEnabled", enabled=width < 600)

  def run(self, script: str) -> Any:
    """The value of an expression in the page."""
    done = self.send(
      "Runtime.evaluate",
      expression=script,
      returnByValue=True,
      awaitPromise=True,
    )
    assert "exceptionDetails" not in done, f"{script}: {done}"
    return done["result"].get("value")

  def until(self, script: str) -> None:
    """Waits until an expression in the page is true."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
      if self.run(f"Boolean({script})"):
        return
      time.sleep(0.01)
    raise AssertionError(f"never came true: {script}")

  def press(self, key: str) -> None:
    code = {
      "Enter": 13,
      "Space": 32,
      "ArrowLeft": 37,
      "ArrowUp": 38,
      "ArrowRight": 39,
    }[key]
    typed = {"Enter": "\r", "Space": " "}.get(key)
    text = {"text": typed} if typed else {}
    named = " " if key == "Space" else key
    common = {"key": named, "code": key, "windowsVirtualKeyCode": code}
    self.send("Input.dispatchKeyEvent", type="keyDown", **common, **text)
    self.send("Input.dispatchKeyEvent", type="keyUp", **common)

  def box(self, selector: str) -> dict[str, float]:
    """Where an element lies in the window, in CSS pixels."""
    return self.run(
      f"document.querySelector({selector!r}).getBoundingClientRect().toJSON()"
    )

  def tap(self, selector: str) -> None:
    """Touches the middle of an element, wherever it has to be scrolled to."""
    x, y = self._middle(selector)
    self.send(
      "Input.dispatchTouchEvent",
      type="touchStart",
      touchPoints=[{"x": x, "y": y}],
    )
    self.send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

  def click(self, selector: str) -> None:
    x, y = self._middle(selector)
    for kind in ("mousePressed", "mouseReleased"):
      self.send(
        "Input.dispatchMouseEvent",
        type=kind,
        x=x,
        y=y,
        button="left",
        clickCount=1,
      )

  def _middle(self, selector: str) -> tuple[float, float]:
    found = f"document.querySelector({selector!r})"
    self.run(f"{found}.scrollIntoView({{block: 'nearest'}})")
    at = self.box(selector)
    assert at["width"] > 0, f"{selector} is not shown"
    return at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
