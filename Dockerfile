# Amur with its index baked in: docker build -t amur . && docker run -p 7860:7860 amur   (see docs/deploy.md)
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# PyTorch's CPU wheels: the default package index serves several gigabytes of CUDA libraries on Linux.
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
ENV PIP_EXTRA_INDEX_URL=$PIP_EXTRA_INDEX_URL
RUN python -m venv /opt/amur
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE amur.py ./
COPY corpus/ corpus/
COPY index/ index/
COPY bot/ bot/
COPY evals/ evals/
RUN /opt/amur/bin/pip install -c constraints.txt .
ENV AMUR_HOME=/var/lib/amur
RUN /opt/amur/bin/amur index build

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/amur amur && install -d -o amur -g amur /data
COPY --from=build /opt/amur /opt/amur
COPY --from=build --chown=amur:amur /var/lib/amur /var/lib/amur
ENV PATH=/opt/amur/bin:$PATH AMUR_HOME=/var/lib/amur AMUR_HOST=0.0.0.0 AMUR_FEEDBACK_URL=sqlite:////data/feedback.sqlite3 \
    GRADIO_TEMP_DIR=/tmp/gradio PYTHONUNBUFFERED=1
USER amur
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/api/v1/ready', timeout=4)"]
CMD ["amur", "serve"]
