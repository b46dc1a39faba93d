//! Requests built in code, and the exact text that is sent for them.

use kling_check::Checker;
use kling_http::Body;
use kling_http::request::kling_v3::{self, KlingV3};
use kling_http::request::kling_v3_fast::{self, KlingV3Fast};
use kling_http::request::kling_v3_omni::{
    Duration, Element, Image, ImageType, KlingV3Omni, Metadata, Mode, Video,
    VideoKeepOriginalSound, VideoReferType,
};

/// Asserts that a request is written as this text, and that the checker finds nothing in it.
#[track_caller]
fn assert_sent(text: &str, expected: &str) {
    assert_eq!(text, expected);
    assert!(Checker::embedded().is_clean(text), "{text}");
}

#[test]
fn only_what_is_given_is_written() {
    let request = KlingV3Omni::builder().prompt("a paper boat").build();
    assert_sent(
        &request.to_json(),
        r#"{"model":"kling-v3-omni","prompt":"a paper boat"}"#,
    );
}

#[test]
fn omni_with_first_and_end_frame() {
    let request = KlingV3Omni::builder()
        .prompt("Transition from <<<image_1>>> to <<<image_2>>>")
        .mode(Mode::Pro)
        .duration(Duration::Seconds5)
        .metadata(
            Metadata::builder()
                .image_list([
                    Image::builder()
                        .image_url("https://example.com/start.jpg")
                        .r#type(ImageType::FirstFrame)
                        .build(),
                    Image::builder()
                        .image_url("https://example.com/end.jpg")
                        .r#type(ImageType::EndFrame)
                        .build(),
                ])
                .build(),
        )
        .build();
    assert_sent(
        &request.to_json(),
        concat!(
            r#"{"model":"kling-v3-omni","prompt":"Transition from <<<image_1>>> to <<<image_2>>>","#,
            r#""mode":"pro","duration":5,"metadata":{"image_list":["#,
            r#"{"image_url":"https://example.com/start.jpg","type":"first_frame"},"#,
            r#"{"image_url":"https://example.com/end.jpg","type":"end_frame"}]}}"#
        ),
    );
}

#[test]
fn omni_with_video_and_element() {
    let video = Video::builder()
        .video_url("https://example.com/motion.mp4")
        .refer_type(VideoReferType::Feature)
        .keep_original_sound(VideoKeepOriginalSound::No)
        .build();
    let element = Element::builder()
        .url("https://example.com/character.jpg")
        .r#type("image")
        .role("subject")
        .build();
    let request = KlingV3Omni::builder()
        .prompt("Make <<<element_1>>> imitate the motion from <<<video_1>>>")
        .aspect_ratio("9:16")
        .video_list(vec![video])
        .metadata(
            Metadata::builder()
                .element_list([element])
                .watermark(false)
                .build(),
        )
        .build();
    assert_sent(
        &request.to_json(),
        concat!(
            r#"{"model":"kling-v3-omni","#,
            r#""prompt":"Make <<<element_1>>> imitate the motion from <<<video_1>>>","aspect_ratio":"9:16","#,
            r#""video_list":[{"video_url":"https://example.com/motion.mp4","refer_type":"feature","keep_original_sound":"no"}],"#,
            r#""metadata":{"element_list":[{"url":"https://example.com/character.jpg","type":"image","role":"subject"}],"watermark":false}}"#
        ),
    );
}

#[test]
fn v3_between_two_frames_with_an_id_of_the_caller() {
    let request = KlingV3::builder()
        .prompt("From bud to blossom")
        .duration(kling_v3::Duration::Seconds10)
        .image_urls([
            "https://example.com/bud.jpg",
            "https://example.com/blossom.jpg",
        ])
        .audio(true)
        .metadata(
            kling_v3::Metadata::builder()
                .negative_prompt("people")
                .build(),
        )
        .client_business_id("order-17")
        .build();
    assert_sent(
        &request.to_json(),
        concat!(
            r#"{"model":"kling-v3","prompt":"From bud to blossom","duration":10,"#,
            r#""image_urls":["https://example.com/bud.jpg","https://example.com/blossom.jpg"],"audio":true,"#,
            r#""metadata":{"negative_prompt":"people"},"client_business_id":"order-17"}"#
        ),
    );
}

#[test]
fn the_body_of_a_submit_has_the_text_and_the_id_of_the_caller() {
    let request = KlingV3::builder()
        .prompt("From bud to blossom")
        .client_business_id("order-17")
        .build();
    let body = Body::from_request(&request).unwrap();
    assert_eq!(body.text(), request.to_json());
    assert_eq!(body.client_business_id(), Some("order-17"));
}

#[test]
fn fast_from_one_frame() {
    let request = KlingV3Fast::builder()
        .prompt("The kettle boils")
        .reference_images([String::from("https://example.com/kettle.png")])
        .resolution(kling_v3_fast::Resolution::P1080)
        .duration(kling_v3_fast::Duration::Seconds15)
        .build();
    assert_sent(
        &request.to_json(),
        concat!(
            r#"{"model":"kling-v3-fast","prompt":"The kettle boils","#,
            r#""reference_images":["https://example.com/kettle.png"],"resolution":"1080p","duration":15}"#
        ),
    );
}

#[test]
fn fast_from_text_alone() {
    let request = KlingV3Fast::builder()
        .prompt("The kettle boils")
        .aspect_ratio(kling_v3_fast::AspectRatio::Ratio1x1)
        .watermark(false)
        .build();
    assert_sent(
        &request.to_json(),
        r#"{"model":"kling-v3-fast","prompt":"The kettle boils","aspect_ratio":"1:1","watermark":false}"#,
    );
}

#[test]
fn what_may_be_absent_can_be_given_as_an_option() {
    let id: Option<String> = None;
    let request = KlingV3::builder()
        .prompt("a paper boat")
        .maybe_client_business_id(id)
        .build();
    assert_eq!(request, KlingV3::builder().prompt("a paper boat").build());
}

#[test]
fn a_field_can_be_read_and_changed() {
    let mut request = KlingV3::builder().prompt("a paper boat").build();
    assert_eq!(request.mode, None);
    request.mode = Some(kling_v3::Mode::Pro);
    request.duration = Some(kling_v3::Duration::Seconds15);
    request.aspect_ratio = Some("9:16".into());
    assert_sent(
        &request.to_json(),
        r#"{"model":"kling-v3","prompt":"a paper boat","mode":"pro","duration":15,"aspect_ratio":"9:16"}"#,
    );
}
