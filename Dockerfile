# Rastro in one container: the supervisor, the web and the jobs. The data is in /rastro/instance.

FROM python:3.11-slim-bookworm AS libraries
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /rastro --shell /usr/sbin/nologin rastro && \
    install -d -o rastro -g rastro /rastro /rastro/instance
WORKDIR /rastro
COPY --from=libraries /venv /venv
COPY . .

# HOST: inside a container the loopback address is reached by nobody.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
VOLUME /rastro/instance
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health\", timeout=4)"]
CMD ["python", "app/supervisor.py"]
