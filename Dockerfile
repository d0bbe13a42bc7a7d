# The program itself (worker, interface, commands). Search engine, Tika and database are images of their own.

FROM python:3.11.16-slim-bookworm AS packages
COPY requirements/bootstrap.txt requirements/runtime.txt /requirements/
# The hashes cover the build tools too: a few packages come as source, and without isolation nothing else is downloaded.
RUN python -m venv /opt/aktensuche \
 && /opt/aktensuche/bin/pip install --no-cache-dir --require-hashes --requirement /requirements/bootstrap.txt \
 && /opt/aktensuche/bin/pip install --no-cache-dir --require-hashes --no-build-isolation --requirement /requirements/runtime.txt

FROM python:3.11.16-slim-bookworm
# The recognition engine comes with its Python package; Debian's package brings the German model.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tesseract-ocr-deu \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/aktensuche aktensuche \
 && install --directory --owner=aktensuche --group=aktensuche --mode=0700 \
        /var/lib/aktensuche /var/lib/aktensuche/derived

COPY --from=packages /opt/aktensuche /opt/aktensuche
WORKDIR /app
COPY aktensuche aktensuche
COPY casefile casefile
COPY engine engine
COPY indexer indexer
COPY mappings mappings
COPY oversight oversight
COPY search_ui search_ui

# One thread per recognition: the program runs one process per core already.
ENV PATH=/opt/aktensuche/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_THREAD_LIMIT=1 \
    AKTENSUCHE_HOME=/var/lib/aktensuche \
    AKTENSUCHE_NO_INSTALL=1

USER aktensuche
EXPOSE 8080
ENTRYPOINT ["python", "-m", "aktensuche"]
CMD ["serve"]
# For `serve`; docker-compose.yml has other checks for the other commands.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/live', timeout=4)"]
