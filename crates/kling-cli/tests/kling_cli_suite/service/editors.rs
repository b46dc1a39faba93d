//! Members of a request that are only for editors and people.

use crate::service::raw::{Raw, accepted, answer};
use crate::service::stage::Stage;
use crate::specs::CONTRACT;

#[test]
fn what_is_for_editors_is_neither_sent_nor_another_request() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        // The service would refuse the member.
        if request.contains("$schema") {
            answer(
                "400 Bad Request",
                r#"{"error":{"message":"unknown field"}}"#,
            )
        } else {
            accepted("video_1")
        }
    });
    stage.folder.write(
        "with.json",
        r#"{"$schema": "kling-v3.schema.json", "model": "kling-v3", "prompt": "a paper boat on a pond"}"#,
    );
    for file in ["with.json", "request.json"] {
        let ran = stage.run(&server.url, &["submit", file]);
        assert_eq!(
            (ran.code, ran.json()["id"].as_str()),
            (0, Some("video_1")),
            "{}",
            ran.err
        );
    }
    assert_eq!(server.posts(), 1);
}

#[test]
fn what_a_contract_marks_as_for_editors_is_not_sent_either() {
    let stage = Stage::new();
    let server = Raw::start(false, |request| {
        assert!(!request.contains("shelf"), "{request}");
        accepted("video_1")
    });
    let marked = r#"
[field.shelf]
type = "string"
for-editors = true
about = "Where the file is filed."
source = "Parameters"
"#;
    stage.folder.write("own.toml", [CONTRACT, marked].concat());
    for (name, shelf) in [("a.json", "left"), ("b.json", "right")] {
        stage.folder.write(
            name,
            format!(r#"{{"model": "own-model", "prompt": "a boat", "shelf": "{shelf}"}}"#),
        );
    }
    for name in ["a.json", "b.json"] {
        let ran = stage.run(&server.url, &["submit", name, "--spec", "own.toml"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    // It does not make it a different request.
    assert_eq!(server.posts(), 1);
}
