"""An explanation of one address: facts, meaning, current use, problems, causes."""
