"""Starting a command with its ports held."""
