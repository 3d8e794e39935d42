"""One file a verb: its options, its help and its view. It calls one operation of commands/."""
