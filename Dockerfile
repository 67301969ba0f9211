# jaxfer for CPUs, or with EXTRAS for NVIDIA GPUs:
#
#   docker build -t jaxfer .
#   docker build -t jaxfer:cuda12 --build-arg EXTRAS=serve,cuda12 .
#   docker run --rm -v "$PWD:/work" jaxfer run --config=configs/radboud.py:standin
#
# The wheels of JAX bring CUDA with them, so both have the same base.
ARG PYTHON=3.11
FROM python:${PYTHON}-slim

ARG EXTRAS=serve
COPY pyproject.toml setup.py README.md LICENSE constraints.txt /opt/jaxfer/
COPY configs /opt/jaxfer/configs
COPY jaxfer /opt/jaxfer/jaxfer
RUN pip install --no-cache-dir --constraint /opt/jaxfer/constraints.txt \
      "/opt/jaxfer[${EXTRAS}]" \
 && rm -r /opt/jaxfer \
 && useradd --create-home --uid 1000 jaxfer

USER 1000
WORKDIR /work
ENTRYPOINT ["jaxfer"]
CMD ["--help"]
