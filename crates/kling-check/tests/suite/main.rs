//! Laws of the checker, over generated requests and over texts that nobody would write.

mod agreement;
mod billing;
mod fourth_model;
mod hostile;
mod laws;
mod patterns;
mod planted;
mod settled;
mod slips;
mod support;
