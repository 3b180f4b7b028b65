# One image for everything: the supervisor with web and jobs (the default), the web alone
# (gunicorn ...), or the consumer alone (python huey_consumer.py). The data is in /rastro/instance.

FROM python:3.11-slim-bookworm AS libraries
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --no-deps --no-compile --require-hashes -r requirements.lock && \
    /venv/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /rastro --shell /usr/sbin/nologin rastro && \
    install -d -o rastro -g rastro -m 0700 /rastro/instance
WORKDIR /rastro
COPY --from=libraries /venv /venv
COPY config.py wsgi.py huey_consumer.py pyproject.toml ./
COPY migrations migrations
COPY static static
COPY templates templates
COPY app app

# HOST: inside a container the loopback address is reached by nobody.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FLASK_APP=wsgi \
    ENVIRONMENT=production \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
VOLUME /rastro/instance
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health\", timeout=4)"]
CMD ["python", "app/supervisor.py"]
