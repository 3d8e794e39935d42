"""All leases of this machine, behind one Protocol."""
