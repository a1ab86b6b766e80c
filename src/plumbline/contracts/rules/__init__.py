"""What the rules of contracts say, from plain values: no tables, no clock."""
