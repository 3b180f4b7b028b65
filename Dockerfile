# One image for everything: the supervisor with web and jobs (the default), the web alone
# (gunicorn ...), or the consumer alone (python huey_consumer.py). The data is in /rastro/instance.
# tools/try_image.py runs all of it where there is no container engine.

FROM python:3.11-slim-bookworm AS libraries
WORKDIR /build
COPY requirements.lock .
# Of the services of Amazon that botocore describes (28 MB), S3 and signing in are used.
RUN python -m venv /venv && \
    /venv/bin/pip install --no-cache-dir --no-deps --no-compile --require-hashes -r requirements.lock && \
    /venv/bin/pip uninstall --yes --quiet setuptools pip && \
    find /venv/lib/python3.11/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
        ! -name s3 ! -name sts ! -name 'sso*' ! -name signin -exec rm -rf {} +

FROM python:3.11-slim-bookworm
# Reads scans and photos of papers. Debian keeps one version of each, which a number here would outlive.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-spa && \
    rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /rastro --shell /usr/sbin/nologin rastro && \
    install -d -o rastro -g rastro -m 0700 /rastro/instance
WORKDIR /rastro
COPY --from=libraries /venv /venv
COPY config.py config_reader.py wsgi.py huey_consumer.py pyproject.toml ./
COPY migrations migrations
COPY static static
COPY templates templates
COPY app app
# What the programs import is compiled here, once: nothing can be written when they run.
RUN ENVIRONMENT=test SECRET_KEY=none INSTANCE_DIR=/tmp/build \
    /venv/bin/python -c "import wsgi, huey_consumer, boto3, flask.cli, gunicorn.app.wsgiapp" && \
    rm -rf /tmp/build

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
