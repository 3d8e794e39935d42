# The tasks of this repository: `just` lists them. `just` comes with the test requirements
# (rust-just), on Windows too; scripts/ has what each task runs, for who has no `just`.
set positional-arguments

venv := env("PORTMAN_TEST_VENV", ".venv-test")
bin := venv / (if os_family() == "windows" { "Scripts" } else { "bin" })

[private]
default:
    @just --list --unsorted

# install the Python packages of the tests, and nothing else
setup:
    bash scripts/setup --no-install

# every test; as root on Debian this installs the servers they talk to
test *arguments:
    bash scripts/test "$@"

# unit and contract tests: under a minute
fast *arguments: setup
    PATH="{{ bin }}:$PATH" {{ bin }}/python -m pytest -q -n logical tests/unit tests/contract "$@"

# format, lint, types for the three systems, layout, prose
lint: setup
    {{ bin }}/ruff check .
    {{ bin }}/ruff format --check .
    for system in linux darwin win32; do {{ bin }}/mypy --platform $system || exit 1; done
    {{ bin }}/python scripts/measure
    {{ bin }}/python scripts/prose
    {{ bin }}/python scripts/workflows

# remake docs/commands.md, docs/errors.md and the schemas; check links
docs: setup
    {{ bin }}/python scripts/docs.py

# compare with the bars of docs/performance.md
bench *arguments: setup
    {{ bin }}/python benchmarks/run.py "$@"

# version, changelog, tag, build, check: just release 0.2.0
release *arguments: setup
    {{ bin }}/python scripts/release "$@"

# remake tests/golden: what every screen shows
screens: setup
    PORTMAN_SCREENS=write {{ bin }}/python -m pytest -q tests/integration/test_screens.py
