"""The smallest changes by which a project's own programs take their ports. Pure."""
