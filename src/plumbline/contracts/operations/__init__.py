"""What is done with contracts, one module for each matter."""
