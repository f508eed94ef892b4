"""The database: base, session, transactions, and what differs between SQLite and PostgreSQL."""
