"""What `portman doctor` looks at: one subject per file, Surroundings -> findings."""
