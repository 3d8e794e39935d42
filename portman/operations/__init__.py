"""One file per verb: gather facts, ask core, apply. Operations return reports and never print."""
