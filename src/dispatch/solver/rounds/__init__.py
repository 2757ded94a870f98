"""Patrol rounds: starts and orders drawn by a recorded seed, guards found for them, proof of the draw, the watch."""
