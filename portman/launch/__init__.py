"""Start a command with its ports held: environment, holds, exec; used by `run`, `hold`, the API."""
