//! Checks a Kling video request against its model's contract, offline.
