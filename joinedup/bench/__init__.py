"""`joinedup bench`: what the real processes do on this machine, side by side with a floor measured in the same run."""
