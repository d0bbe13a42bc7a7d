"""The audit log as a transparency log: who did what, provable to others."""
