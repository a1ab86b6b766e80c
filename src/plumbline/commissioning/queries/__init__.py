"""What is read of tenders, bids, scores, awards and plans, a module for each matter; each begins with the viewer."""
