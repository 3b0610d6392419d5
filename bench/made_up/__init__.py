"""Made-up organisations of any size: whole copies of the pack's example, on any day, with breaches where one asks."""
