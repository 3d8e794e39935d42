"""Choosing ports: the pool, the plan, the leases of a workspace."""
