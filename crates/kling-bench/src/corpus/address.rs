//! URLs of media as in real requests, some of them signed.

use crate::random::Random;

const HEX: &[u8] = b"0123456789abcdef";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Returns a URL of an image.
pub(super) fn image(random: &mut Random) -> String {
    let extension = random.pick(&["jpg", "jpg", "jpeg", "png"]);
    address(random, extension)
}

/// Returns a URL of a video.
pub(super) fn video(random: &mut Random) -> String {
    let extension = random.pick(&["mp4", "mp4", "mov"]);
    address(random, extension)
}

/// Returns the start of an image as base64.
pub(super) fn inline_image(random: &mut Random) -> String {
    let length = random.between(200, 400);
    format!(
        "data:image/png;base64,iVBORw0KGgo{}",
        random.token(BASE64, length)
    )
}

fn address(random: &mut Random, extension: &str) -> String {
    let name = random.pick(&[
        "portrait",
        "frame-001",
        "hero_shot",
        "product",
        "scene-12_final",
        "reference",
        "IMG_4021",
    ]);
    match random.index(10) {
        0 | 1 => format!(
            "https://files.toapis.com/uploads/{}.{extension}",
            random.token(LETTERS, 24)
        ),
        2 | 3 => format!(
            "https://cdn.example.com/media/2026/03/{name}.{extension}?width=1280&v={}",
            random.index(90)
        ),
        4 => {
            let (signature, day) = (random.token(HEX, 64), random.between(10, 28));
            format!(
                "https://studio-renders.s3.eu-central-1.amazonaws.com/jobs/{}/{name}.{extension}?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                 &X-Amz-Date=202603{day}T081500Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}",
                random.token(HEX, 12)
            )
        }
        5 => {
            let (key, signature) = (random.token(BASE64, 16), random.token(BASE64, 27));
            format!(
                "https://my-assets.oss-cn-hangzhou.aliyuncs.com/kling/{name}.{extension}?Expires=1774051200&OSSAccessKeyId={key}\
                 &Signature={signature}%3D"
            )
        }
        6 => format!(
            "https://storage.googleapis.com/film-boards/{}/{name}.{extension}",
            random.token(HEX, 8)
        ),
        7 => format!(
            "https://i.imgur.com/{}.{extension}",
            random.token(BASE64, 7)
        ),
        8 => format!(
            "https://raw.githubusercontent.com/studio/boards/main/shots/{name}-{}.{extension}",
            random.index(40)
        ),
        _ => format!(
            "https://media.example.org/{}/{name}%20copy.{extension}#t=0",
            random.token(LETTERS, 10)
        ),
    }
}
