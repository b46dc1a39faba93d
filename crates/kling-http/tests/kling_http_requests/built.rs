//! Any request that the builders can make, with any texts, as it is sent.

use std::fmt::Debug;

use kling_http::request::{
    KlingV3, KlingV3Fast, KlingV3Omni, kling_v3, kling_v3_fast, kling_v3_omni,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::select;

/// The id of each model and the texts of requests to it.
pub(crate) fn all() -> [(&'static str, BoxedStrategy<String>); 3] {
    [
        ("kling-v3", v3().boxed()),
        ("kling-v3-fast", v3_fast().boxed()),
        ("kling-v3-omni", v3_omni().boxed()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

fn maybe_text() -> impl Strategy<Value = Option<String>> {
    option::of(text())
}

fn maybe_switch() -> impl Strategy<Value = Option<bool>> {
    option::of(any::<bool>())
}

fn maybe_texts() -> impl Strategy<Value = Option<Vec<String>>> {
    option::of(vec(text(), 0..4))
}

/// One of the values or none.
fn maybe<T: Clone + Debug>(values: &'static [T]) -> impl Strategy<Value = Option<T>> {
    option::of(select(values))
}

fn v3() -> impl Strategy<Value = String> {
    use kling_v3::{Duration, Metadata, Mode};

    let metadata = (maybe_text(), maybe_switch()).prop_map(|(negative_prompt, watermark)| {
        Metadata::builder()
            .maybe_negative_prompt(negative_prompt)
            .maybe_watermark(watermark)
            .build()
    });
    (
        text(),
        maybe(&[Mode::Std, Mode::Pro]),
        maybe(&[Duration::Seconds5, Duration::Seconds10, Duration::Seconds15]),
        maybe_text(),
        maybe_texts(),
        maybe_switch(),
        option::of(metadata),
        maybe_text(),
    )
        .prop_map(
            |(prompt, mode, duration, aspect_ratio, image_urls, audio, metadata, id)| {
                KlingV3::builder()
                    .prompt(prompt)
                    .maybe_mode(mode)
                    .maybe_duration(duration)
                    .maybe_aspect_ratio(aspect_ratio)
                    .maybe_image_urls(image_urls)
                    .maybe_audio(audio)
                    .maybe_metadata(metadata)
                    .maybe_client_business_id(id)
                    .build()
                    .to_json()
            },
        )
}

fn v3_fast() -> impl Strategy<Value = String> {
    use kling_v3_fast::{AspectRatio, Duration, Resolution};

    (
        text(),
        maybe_texts(),
        maybe(&[Resolution::P720, Resolution::P1080]),
        maybe(&[
            Duration::Seconds3,
            Duration::Seconds4,
            Duration::Seconds5,
            Duration::Seconds6,
            Duration::Seconds7,
            Duration::Seconds8,
            Duration::Seconds9,
            Duration::Seconds10,
            Duration::Seconds11,
            Duration::Seconds12,
            Duration::Seconds13,
            Duration::Seconds14,
            Duration::Seconds15,
        ]),
        maybe(&[
            AspectRatio::Ratio16x9,
            AspectRatio::Ratio9x16,
            AspectRatio::Ratio1x1,
        ]),
        maybe_switch(),
        maybe_text(),
    )
        .prop_map(
            |(prompt, images, resolution, duration, aspect_ratio, watermark, id)| {
                KlingV3Fast::builder()
                    .prompt(prompt)
                    .maybe_reference_images(images)
                    .maybe_resolution(resolution)
                    .maybe_duration(duration)
                    .maybe_aspect_ratio(aspect_ratio)
                    .maybe_watermark(watermark)
                    .maybe_client_business_id(id)
                    .build()
                    .to_json()
            },
        )
}

fn v3_omni() -> impl Strategy<Value = String> {
    use kling_v3_omni::{Duration, Mode};

    (
        text(),
        maybe(&[Mode::Std, Mode::Pro]),
        maybe(&[Duration::Seconds5, Duration::Seconds10]),
        maybe_text(),
        maybe_switch(),
        option::of(vec(video(), 0..3)),
        option::of(omni_metadata()),
        maybe_text(),
    )
        .prop_map(
            |(prompt, mode, duration, aspect_ratio, audio, videos, metadata, id)| {
                KlingV3Omni::builder()
                    .prompt(prompt)
                    .maybe_mode(mode)
                    .maybe_duration(duration)
                    .maybe_aspect_ratio(aspect_ratio)
                    .maybe_audio(audio)
                    .maybe_video_list(videos)
                    .maybe_metadata(metadata)
                    .maybe_client_business_id(id)
                    .build()
                    .to_json()
            },
        )
}

fn video() -> impl Strategy<Value = kling_v3_omni::Video> {
    use kling_v3_omni::{Video, VideoKeepOriginalSound, VideoReferType};

    (
        text(),
        maybe(&[VideoReferType::Base, VideoReferType::Feature]),
        maybe(&[VideoKeepOriginalSound::Yes, VideoKeepOriginalSound::No]),
    )
        .prop_map(|(url, refer_type, sound)| {
            Video::builder()
                .video_url(url)
                .maybe_refer_type(refer_type)
                .maybe_keep_original_sound(sound)
                .build()
        })
}

fn omni_metadata() -> impl Strategy<Value = kling_v3_omni::Metadata> {
    use kling_v3_omni::{Element, Image, ImageType, Metadata};

    let image = (text(), maybe(&[ImageType::FirstFrame, ImageType::EndFrame]))
        .prop_map(|(url, kind)| Image::builder().image_url(url).maybe_type(kind).build());
    let element = (text(), maybe_text(), maybe_text()).prop_map(|(url, kind, role)| {
        Element::builder()
            .url(url)
            .maybe_type(kind)
            .maybe_role(role)
            .build()
    });
    (
        option::of(vec(image, 0..3)),
        option::of(vec(element, 0..3)),
        maybe_switch(),
    )
        .prop_map(|(images, elements, watermark)| {
            Metadata::builder()
                .maybe_image_list(images)
                .maybe_element_list(elements)
                .maybe_watermark(watermark)
                .build()
        })
}
