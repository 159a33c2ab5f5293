FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PERHEKESKUS_DATABASE_URL=sqlite:////data/perhekeskus.db

WORKDIR /srv/perhekeskus

COPY requirements.lock ./
RUN pip install --require-hashes --no-deps -r requirements.lock

COPY pyproject.toml README.md alembic.ini ./
COPY app ./app
COPY migrations ./migrations
RUN pip install --no-build-isolation --no-deps -e . \
 && python -m compileall -q app migrations \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin perhekeskus \
 && install --directory --owner=perhekeskus --mode=0750 /data

USER 10001
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]

CMD ["sh", "-c", "perhekeskus migrate && perhekeskus load-plan && exec perhekeskus serve --host 0.0.0.0 --port 8000"]
