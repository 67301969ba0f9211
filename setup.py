"""What pyproject.toml cannot say: configs/ is installed as jaxfer.configs."""

from setuptools import find_namespace_packages, setup

setup(
  packages=[
    *find_namespace_packages(include=["jaxfer*"], exclude=["*.__pycache__"]),
    "jaxfer.configs",
  ],
  package_dir={"jaxfer.configs": "configs"},
)
