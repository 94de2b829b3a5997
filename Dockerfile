# One part of Zvonok: `--build-arg PART=appservice`.
FROM python:3.11.13-slim-bookworm AS build
ARG PART
WORKDIR /src
COPY constraints.txt ./
COPY core core
COPY ${PART} ${PART}
COPY scripts/catalogs scripts/catalogs
RUN python -m venv /opt/zvonok \
    && /opt/zvonok/bin/pip install --no-cache-dir -c constraints.txt babel \
    && /opt/zvonok/bin/python scripts/catalogs \
    && /opt/zvonok/bin/pip install --no-cache-dir -c constraints.txt './core[config,db]' ./${PART}

FROM python:3.11.13-slim-bookworm
RUN useradd --uid 991 --create-home zvonok
COPY --from=build /opt/zvonok /opt/zvonok
USER zvonok
WORKDIR /data
ENTRYPOINT ["/opt/zvonok/bin/zvonok-appservice"]
CMD ["run"]
