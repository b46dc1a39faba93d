//! Benchmarks of the checker against its peers.
