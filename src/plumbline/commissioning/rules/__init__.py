"""What the law and the council's own rules say of tenders: plain values in, decisions with their reasons out."""
