# One image for every part: web, workers, beat and the migration. It runs without root.
FROM python:3.12-slim AS built

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/shop

COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY . .
# Translations and static files belong to the image; the build needs no secret and no server.
RUN python -m config.translations compile \
 && SECRET_KEY=only-for-the-build STATIC_DIR=/srv/static DEMO=1 \
    DATABASE_URL=postgres://app:x@localhost/none REDIS_URL=redis://localhost/0 \
    python manage.py collectstatic --noinput --verbosity=0

RUN useradd --system --uid 10001 --home-dir /var/lib/shop --create-home shop
USER shop
ENV STATIC_DIR=/srv/static VAR_DIR=/var/lib/shop DEMO=0 LOG_FORMAT=json
EXPOSE 8000

CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--timeout", "60", "--graceful-timeout", "25", \
     "--keep-alive", "30", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
