//! Laws of the generators over every embedded contract and one they were not written for.

mod broken;
mod printing;
mod support;
mod valid;
