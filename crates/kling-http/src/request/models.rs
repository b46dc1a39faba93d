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

any_request! {
    /// Kling V3 Omni. Text-to-video, and video from reference images, videos and subjects that the
    /// prompt names by placeholders.
    KlingV3Omni,
    /// Kling V3. Text-to-video, image-to-video, and video between a first and a last frame.
    KlingV3,
    /// Kling V3 Fast. Text-to-video, and video from a first frame.
    KlingV3Fast,
}
