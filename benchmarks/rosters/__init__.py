"""The roster benchmarks: ``python -m benchmarks curtois`` and ``inrc2``, costed again from what they write down."""
