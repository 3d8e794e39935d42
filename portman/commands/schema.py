"""`portman schema`: the JSON Schemas that describe ports.toml and our own JSON."""

from __future__ import annotations

from portman.base.report import Report


def schema(*, envelope: bool = False) -> Report:
    """Return the schema of the manifest, or of the `--json` envelope."""
    if envelope:
        from portman.commands.envelope_schema import envelope_schema

        return Report("schema", {"schema": envelope_schema()})
    from portman.manifest.schema import manifest_schema

    return Report("schema", {"schema": manifest_schema()})
