"""What a viewer may read of contracts, one module for each matter."""
