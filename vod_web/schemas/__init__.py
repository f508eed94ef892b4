"""What comes in and what goes out, apart from the tables: one schema validates a field for form and JSON alike."""
