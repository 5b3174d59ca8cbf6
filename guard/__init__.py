"""Whether a change is allowed now: the one answer for the program, the policies, `wedops` and the pipeline.

No network, no clock: whoever asks says when. Files and git are read in `repository` alone, for all that ask.
"""
