"""The business: plain functions that own the transactions and the permissions; no Flask, no SQL elsewhere."""
