"""The variables that place a process, and what is said where they cannot."""

import pytest

from jaxfer import address

GIVEN = {
  "JAXFER_COORDINATOR": "node1:61440",
  "JAXFER_PROCESSES": "4",
  "JAXFER_PROCESS": "3",
}


def test_the_address_is_read_from_the_environment():
  assert address.read(GIVEN) == address.Address("node1:61440", 4, 3)


@pytest.mark.parametrize(
  "given",
  [
    {},
    GIVEN | dict.fromkeys(GIVEN, ""),
    GIVEN | {"JAXFER_PROCESSES": "1", "JAXFER_PROCESS": "0"},
  ],
)
def test_a_process_without_company_is_alone(given):
  assert address.read(given) is None


@pytest.mark.parametrize("missing", GIVEN)
def test_a_missing_variable_is_named(missing):
  rest = {name: value for name, value in GIVEN.items() if name != missing}
  with pytest.raises(ValueError, match=f"^{missing} is not set"):
    address.read(rest)


@pytest.mark.parametrize(
  ("name", "value", "said"),
  [
    ("JAXFER_COORDINATOR", "node1", "HOST:PORT"),
    ("JAXFER_COORDINATOR", ":61440", "HOST:PORT"),
    ("JAXFER_COORDINATOR", "node1:0", "HOST:PORT"),
    ("JAXFER_COORDINATOR", "node1:65536", "HOST:PORT"),
    ("JAXFER_PROCESSES", "four", "not a number"),
    ("JAXFER_PROCESSES", "-4", "not a number"),
    ("JAXFER_PROCESS", "1.5", "not a number"),
    ("JAXFER_PROCESS", "4", "from 0 to 3"),
    ("JAXFER_PROCESSES", "0", "JAXFER_PROCESS=3"),
  ],
)
def test_a_variable_that_cannot_be_is_named_with_its_value(name, value, said):
  with pytest.raises(ValueError, match=said) as error:
    address.read(GIVEN | {name: value})
  assert f"{name}={value}" in str(error.value)
