"""What may be done with toolkits: one module for each matter."""
