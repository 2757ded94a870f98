# One image for every service; the command says which.
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY src ./src
RUN pip install --no-cache-dir -c constraints.txt . && useradd --system --no-create-home dispatch
ENV DISPATCH_CACHE_DIR=/var/cache/dispatch
RUN mkdir /var/cache/dispatch && chown dispatch /var/cache/dispatch
USER dispatch
RUN dispatch warm
ENTRYPOINT ["dispatch"]
CMD ["--help"]
