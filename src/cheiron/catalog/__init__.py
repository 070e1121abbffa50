"""Behavior as data: program models now; roles, instruments, toolkits and the library as they come."""
