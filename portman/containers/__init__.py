"""Container engines: which one, what it runs, which ports its containers claim."""
