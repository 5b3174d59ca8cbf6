"""When it is busy, how busy, and what should run: functions of data and of a given instant. No I/O, no clock."""
