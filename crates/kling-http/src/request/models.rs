//! Written by `cargo xtask codegen` from the contracts. Change those, not this.
//!
//! All models.

#[path = "kling_v3.rs"]
pub mod kling_v3;
#[path = "kling_v3_fast.rs"]
pub mod kling_v3_fast;
#[path = "kling_v3_omni.rs"]
pub mod kling_v3_omni;

pub use kling_v3::KlingV3;
pub use kling_v3_fast::KlingV3Fast;
pub use kling_v3_omni::KlingV3Omni;
