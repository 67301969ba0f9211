"""The page as a file: closed to the network, escaping what it is given."""

import base64
import hashlib
import html.parser
import re

import pytest

from jaxfer.study import page
from jaxfer.study.items import Item, Settings

HOSTILE = "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


def render(settings=None, standin=False, consent="", study="study-1"):
  settings = settings or Settings(count=2, practice=2, checks=1)
  practice = [Item(b"p1", "real", 0), Item(b"p2", "generated", 0)]
  judged = {"i1": Item(b"1", "real", 1), "i2": Item(b"2", "generated", 2)}
  return page.render(
    study, settings, practice, judged, standin=standin, consent=consent
  )


class Tags(html.parser.HTMLParser):
  def __init__(self, source):
    super().__init__()
    self.found = []
    self.feed(source)

  def handle_starttag(self, tag, attrs):
    self.found.append((tag, dict(attrs)))


def test_nothing_is_fetched_and_the_policy_forbids_it():
  source = render()
  assert not re.search(r"(https?:)?//\w", source.replace("// ", ""))
  tags = Tags(source).found
  for tag, attributes in tags:
    for name in ("src", "href"):
      assert attributes.get(name, "#")[:5] in ("#", "data:"), tag
  (policy,) = (
    attributes["content"]
    for tag, attributes in tags
    if attributes.get("http-equiv") == "Content-Security-Policy"
  )
  assert "default-src 'none'" in policy
  assert "unsafe" not in policy
  for tag in ("script", "style"):
    (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", source, re.S)
    sha = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    assert f"{tag}-src 'sha256-{sha}'" in policy


def test_consent_is_text_whatever_it_holds():
  source = render(consent=f"One {HOSTILE}\n\n\nTwo")
  plain = render(consent="One\n\nTwo")
  assert [tag for tag, _ in Tags(source).found] == [
    tag for tag, _ in Tags(plain).found
  ]
  assert "&lt;img src=x onerror=alert(1)&gt;" in source
  assert "Taking part is voluntary" not in source
  assert "Taking part is voluntary" in render()


def test_a_name_cannot_end_the_element_that_holds_the_data():
  source = render(study=HOSTILE)
  assert [tag for tag, _ in Tags(source).found] == [
    tag for tag, _ in Tags(render()).found
  ]


def test_what_is_asked_is_what_will_come():
  assert "for 1.5 seconds" in render(
    Settings(count=2, practice=2, seconds=1.5, checks=1)
  )
  assert "Take the time" in render()
  bare = render(Settings(count=2, practice=0, checks=0))
  assert "practice" not in bare.partition("<script")[0]
  assert "a word instead of a face" not in bare
  assert "a word instead of a face" in render()


@pytest.mark.parametrize("standin", [True, False])
def test_drawn_faces_are_called_drawn(standin):
  source = render(standin=standin)
  assert ("[drawn faces]" in source) == standin
  assert ('class="banner"' in source) == standin
  assert ("not photographed" in source) == standin
