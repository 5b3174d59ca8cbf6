"""The region stack as one flat program of literals: what the real program's time and memory are compared with."""
