"""What is done to tenders, bids, scores, awards and plans, a module for each matter."""
