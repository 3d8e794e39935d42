"""One file per verb: gather facts, apply the rules, return a report. Nothing here prints."""
