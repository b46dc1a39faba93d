//! Requests built in code, and the exact text that is sent for them.

use kling_http::Body;
use kling_http::request::kling_v3::{self, KlingV3};
use kling_http::request::kling_v3_fast::{self, KlingV3Fast};
use kling_http::request::kling_v3_omni::{
    AspectRatio, Duration, Element, Image, ImageType, KlingV3Omni, Metadata, Mode, Video,
    VideoKeepOriginalSound, VideoReferType,
};
use kling_http::request::{Request, UnknownValue};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::TestRunner;
use proptest::{collection, option, prop_assert_eq};

use crate::support::{config, has_null, parse, specs};

#[test]
fn only_what_is_given_is_written() {
    let request = KlingV3Omni::builder().prompt("a paper boat").build();
    assert_eq!(
        request.to_json(),
        r#"{"model":"kling-v3-omni","prompt":"a paper boat"}"#
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
    assert_eq!(
        request.to_json(),
        concat!(
            r#"{"model":"kling-v3-omni","prompt":"Transition from <<<image_1>>> to <<<image_2>>>","#,
            r#""mode":"pro","duration":5,"metadata":{"image_list":["#,
            r#"{"image_url":"https://example.com/start.jpg","type":"first_frame"},"#,
            r#"{"image_url":"https://example.com/end.jpg","type":"end_frame"}]}}"#
        )
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
        .aspect_ratio("4:3")
        .video_list(vec![video])
        .metadata(
            Metadata::builder()
                .element_list([element])
                .watermark(false)
                .build(),
        )
        .build();
    assert_eq!(
        request.to_json(),
        concat!(
            r#"{"model":"kling-v3-omni","#,
            r#""prompt":"Make <<<element_1>>> imitate the motion from <<<video_1>>>","aspect_ratio":"4:3","#,
            r#""video_list":[{"video_url":"https://example.com/motion.mp4","refer_type":"feature","keep_original_sound":"no"}],"#,
            r#""metadata":{"element_list":[{"url":"https://example.com/character.jpg","type":"image","role":"subject"}],"watermark":false}}"#
        )
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
    assert_eq!(
        request.to_json(),
        concat!(
            r#"{"model":"kling-v3","prompt":"From bud to blossom","duration":10,"#,
            r#""image_urls":["https://example.com/bud.jpg","https://example.com/blossom.jpg"],"audio":true,"#,
            r#""metadata":{"negative_prompt":"people"},"client_business_id":"order-17"}"#
        )
    );
}

#[test]
fn the_body_of_a_submit_has_the_text_and_the_id_of_the_caller() {
    for spec in specs() {
        let text = format!(
            r#"{{"model":"{}","prompt":"a","client_business_id":"order-17"}}"#,
            spec.id()
        );
        let request: Request = serde_json::from_str(&text).unwrap();
        let body = Body::from_request(&request).unwrap();
        assert_eq!(body.text(), text);
        assert_eq!(body.client_business_id(), Some("order-17"));
    }
}

#[test]
fn fast_from_one_frame() {
    let request = KlingV3Fast::builder()
        .prompt("The kettle boils")
        .reference_images([String::from("https://example.com/kettle.png")])
        .resolution(kling_v3_fast::Resolution::P1080)
        .duration(kling_v3_fast::Duration::Seconds15)
        .aspect_ratio(kling_v3_fast::AspectRatio::Ratio1x1)
        .build();
    assert_eq!(
        request.to_json(),
        concat!(
            r#"{"model":"kling-v3-fast","prompt":"The kettle boils","#,
            r#""reference_images":["https://example.com/kettle.png"],"resolution":"1080p","duration":15,"aspect_ratio":"1:1"}"#
        )
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
    request.mode = "pro".parse().ok();
    request.duration = Some(kling_v3::Duration::try_from(15).unwrap());
    request.aspect_ratio = Some("9:16".into());
    assert_eq!(
        request.to_json(),
        r#"{"model":"kling-v3","prompt":"a paper boat","mode":"pro","duration":15,"aspect_ratio":"9:16"}"#
    );
}

#[test]
fn closed_values_come_from_text_and_number_and_go_back() {
    for value in Mode::ALL {
        assert_eq!(value.as_str().parse(), Ok(*value));
        assert_eq!(value.to_string(), value.as_str());
    }
    for value in kling_v3::Duration::ALL {
        assert_eq!(kling_v3::Duration::try_from(i64::from(*value)), Ok(*value));
        assert_eq!(value.to_string(), value.get().to_string());
    }
    let error: UnknownValue = "ultra".parse::<Mode>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "not among the values: expected one of `std`, `pro`"
    );
    let error = Duration::try_from(7).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not among the values: expected one of `5`, `10`"
    );
}

#[test]
fn an_open_value_with_a_name_is_equal_to_its_text() {
    let named = AspectRatio::Ratio16x9;
    assert_eq!(AspectRatio::Other("16:9".to_owned()), named);
    assert!(matches!(AspectRatio::from("16:9"), AspectRatio::Ratio16x9));
    assert!(matches!(
        AspectRatio::from(String::from("21:9")),
        AspectRatio::Other(_)
    ));
    assert_eq!(AspectRatio::COMMON.len(), 3);
}

#[test]
fn a_request_to_any_model_is_told_apart_by_its_model() {
    let request = KlingV3Fast::builder().prompt("The kettle boils").build();
    let any = Request::from(request.clone());
    assert_eq!(any.model(), KlingV3Fast::MODEL);
    assert_eq!(any.to_json(), request.to_json());
    assert_eq!(
        serde_json::from_str::<Request>(&any.to_json()).unwrap(),
        any
    );
    assert_eq!(
        serde_json::from_str::<KlingV3Fast>(&any.to_json()).unwrap(),
        request
    );
    assert!(serde_json::from_str::<KlingV3>(&any.to_json()).is_err());
}

/// Any request that the builder can make.
fn built() -> impl Strategy<Value = KlingV3> {
    let ratio = prop_oneof![
        Just(kling_v3::AspectRatio::Ratio1x1),
        any::<String>().prop_map(kling_v3::AspectRatio::Other),
    ];
    let metadata = (option::of(any::<String>()), option::of(any::<bool>())).prop_map(
        |(negative_prompt, watermark)| {
            kling_v3::Metadata::builder()
                .maybe_negative_prompt(negative_prompt)
                .maybe_watermark(watermark)
                .build()
        },
    );
    let duration = (0..kling_v3::Duration::ALL.len()).prop_map(|at| kling_v3::Duration::ALL[at]);
    let mode = (0..kling_v3::Mode::ALL.len()).prop_map(|at| kling_v3::Mode::ALL[at]);
    (
        any::<String>(),
        option::of(mode),
        option::of(duration),
        option::of(ratio),
        option::of(collection::vec(any::<String>(), 0..4)),
        option::of(any::<bool>()),
        option::of(metadata),
        option::of(any::<String>()),
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
            },
        )
}

#[test]
fn whatever_is_built_reads_back_and_holds_no_null() {
    let law = TestRunner::new(config(6, 400)).run(&built(), |request| {
        let text = request.to_json();
        prop_assert_eq!(has_null(&parse(&text)), false);
        prop_assert_eq!(&serde_json::from_str::<KlingV3>(&text)?, &request);
        prop_assert_eq!(
            serde_json::from_str::<Request>(&text)?,
            Request::from(request)
        );
        Ok(())
    });
    law.unwrap_or_else(|error| panic!("{error}"));
}
