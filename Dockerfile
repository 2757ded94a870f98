# One image for every service; the command says which.
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY src ./src
RUN pip install --no-cache-dir -c constraints.txt . && useradd --system --no-create-home dispatch
USER dispatch
ENTRYPOINT ["dispatch"]
CMD ["--help"]
