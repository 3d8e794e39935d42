"""The commands, a few to a file: declare options, call one operation. No decisions."""
